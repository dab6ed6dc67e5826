"""The portable backup: every table as JSON lines in one zstd stream.

It is the same from both databases.
First a line that names the format and the store's version; then for each table a line with its name and columns and a
line for each row (bytes as base64); last a line with the number of rows of each table, without which a file is cut.
"""

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from io import BufferedReader, BufferedWriter
from typing import Any

import msgspec
import zstandard
from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, Table, func, select

from tocsin.model import UserError
from tocsin.store import dialect
from tocsin.store.migrate import version

FORMAT = "tocsin-store"
MAGIC = b"\x28\xb5\x2f\xfd"  # zstd, RFC 8878 section 3.1.1
EARLIER = "use an earlier backup; the store is as it was"
LINE = 256 * 1024 * 1024  # bytes; a longer line is no row of ours
_READ = 1024 * 1024


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line."""

    format: str
    version: int


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """The line before a table's rows."""

    table: str
    columns: tuple[str, ...]


class End(msgspec.Struct, frozen=True, kw_only=True):
    """The last line."""

    rows: dict[str, int]


def write(conn: Connection, file: BufferedWriter) -> None:
    """Write all tables of the store, as the transaction sees them."""
    metadata = tables(conn)
    rows: dict[str, int] = {}
    compressor = zstandard.ZstdCompressor(level=9, write_checksum=True)
    with compressor.stream_writer(file, closefd=False) as out:
        out.write(msgspec.json.encode(Header(format=FORMAT, version=version(conn))) + b"\n")
        for table in sorted(metadata.tables.values(), key=lambda one: one.name):
            name = str(table.name)  # reflected names are a kind of text of SQLAlchemy's own
            columns = tuple(str(column.name) for column in table.columns)
            out.write(msgspec.json.encode(Section(table=name, columns=columns)) + b"\n")
            rows[name] = 0
            for row in conn.execution_options(yield_per=1000).execute(select(table)):
                out.write(msgspec.json.encode(tuple(row)) + b"\n")
                rows[name] += 1
        out.write(msgspec.json.encode(End(rows=rows)) + b"\n")


def read_header(file: BufferedReader, where: str) -> tuple[Header, Iterator[bytes]]:
    """Return the first line and the lines after it.

    Raises UserError for a file that is no backup.
    """
    lines = _lines(file, where)
    try:
        header = msgspec.json.decode(next(lines, b""), type=Header)
    except msgspec.DecodeError as error:
        raise UserError(
            f"{where} is no backup of a store", hint="name a file that tocsin store backup wrote"
        ) from error
    if header.format != FORMAT:
        raise UserError(f"{where} is no backup of a store", hint="name a file that tocsin store backup wrote")
    return header, lines


def load(conn: Connection, lines: Iterator[bytes], where: str) -> dict[str, int]:
    """Fill the store's empty tables from a backup; return the rows of each.

    The backup must be of the store's version.
    Raises UserError for a file that is cut, damaged or of another shape; the caller's transaction then undoes all.
    """
    metadata = tables(conn)
    rows: dict[str, int] = {}
    try:
        line = next(lines, b"")
        while line and not line.startswith(b'{"rows"'):
            section = msgspec.json.decode(line, type=Section)
            table = metadata.tables[section.table]
            if section.columns != tuple(column.name for column in table.columns):
                raise UserError(f"{where}: table {section.table!r} has other columns than its version says")
            batch = _Rows(lines, table)
            dialect.insert_new(conn, table, batch)
            if batch.count != conn.execute(select(func.count()).select_from(table)).scalar_one():
                raise ValueError(section.table)  # a row came twice
            rows[section.table] = batch.count
            line = batch.next
        end = msgspec.json.decode(line, type=End)
    except (msgspec.DecodeError, KeyError, ValueError) as error:
        raise UserError(f"{where} is damaged or cut", hint=EARLIER) from error
    if end.rows != rows:
        raise UserError(f"{where} is damaged: it lacks rows", hint=EARLIER)
    return rows


def tables(conn: Connection) -> MetaData:
    """Return the tables as they are in the store, of whatever version it is."""
    metadata = MetaData()
    metadata.reflect(conn)
    return metadata


class _Rows:
    """The rows of one section; `next` is the line after them."""

    def __init__(self, lines: Iterator[bytes], table: Table) -> None:
        self.lines = lines
        self.columns = [(_READERS[_kind(column)], bool(column.nullable)) for column in table.columns]
        self.count = 0
        self.next = b""

    def __iter__(self) -> Iterator[list[Any]]:
        for line in self.lines:
            if not line.startswith(b"["):
                self.next = line
                return
            row = msgspec.json.decode(line, type=list[Any])
            self.count += 1
            yield [_value(part, *column) for part, column in zip(row, self.columns, strict=True)]


def _kind(column: Column[Any]) -> type:
    if isinstance(column.type, LargeBinary):
        return bytes
    return int if isinstance(column.type, Integer) else str


def _value(part: Any, read: Callable[[Any], Any], nullable: bool) -> Any:  # noqa: FBT001 - private, and a column's own word
    if part is None and nullable:
        return None
    return read(part)


def _number(part: Any) -> int:
    if type(part) is not int or not -(1 << 63) <= part < 1 << 63:
        raise ValueError(part)
    return part


def _text(part: Any) -> str:
    if type(part) is not str or "\0" in part:
        raise ValueError(part)
    return part


def _bytes(part: Any) -> bytes:
    return b64decode(_text(part), validate=True)


_READERS: Mapping[type, Callable[[Any], Any]] = {int: _number, str: _text, bytes: _bytes}


def _lines(file: BufferedReader, where: str) -> Iterator[bytes]:
    rest = b""
    try:
        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(file, closefd=False) as reader:
            while block := reader.read(_READ):
                *whole, rest = (rest + block).split(b"\n")
                yield from whole
                if len(rest) > LINE:
                    raise UserError(f"{where} is no backup of a store: it has a line over {LINE} bytes")
    except zstandard.ZstdError as error:
        raise UserError(f"{where} is damaged or cut", hint=EARLIER) from error
    if rest:
        raise UserError(f"{where} is damaged or cut", hint=EARLIER)
