"""What the tests of ingest share: inputs made of bytes, and all built-in parsers."""

import importlib
import io
import pkgutil
from functools import cache

import tocsin.plugins.parsers
from tocsin.ingest.frame import Block, blocks
from tocsin.ingest.parse import Parsed, parse
from tocsin.ingest.parsers import Parsers
from tocsin.ingest.recognise import Recognised, Recogniser
from tocsin.ingest.stream import Stream
from tocsin.ingest.walk import Input
from tocsin.kit import declared
from tocsin.kit.parse import ParserFunction
from tocsin.model.coverage import Missed, Nothing

NOW = 1_795_392_000_000_000  # 2026-11-23


@cache
def functions() -> tuple[ParserFunction, ...]:
    """Return the built-in parsers."""
    names = sorted(module.name for module in pkgutil.iter_modules(tocsin.plugins.parsers.__path__))
    modules = (importlib.import_module(f"tocsin.plugins.parsers.{name}") for name in names if not name.startswith("_"))
    return tuple(getattr(module, module.__name__.rpartition(".")[2]) for module in modules)


@cache
def parsers() -> Parsers:
    """Return the built-in parsers, ready to read."""
    return Parsers(functions())


@cache
def recogniser() -> Recogniser:
    """Return what the built-in parsers' declarations know."""
    return Recogniser(declared(function) for function in functions())


def given(raw: bytes, path: str = "given.log") -> Input:
    """Return bytes as an input."""
    return Input(path, len(raw), NOW, Stream(lambda: io.BytesIO(raw), limit=1 << 40))


def cut(raw: bytes, path: str = "given.log") -> list[Block]:
    """Return the blocks of a log; raises AssertionError when it is not recognised as one."""
    found = given(raw, path)
    known = recogniser()(found)
    assert isinstance(known, Recognised), known
    return list(blocks(found.open(), path, known))


def recognised(raw: bytes, path: str = "given") -> Recognised | Missed | Nothing:
    """Return what bytes are recognised as."""
    return recogniser()(given(raw, path))


def parsed(raw: bytes, path: str = "given.log") -> list[Parsed]:
    """Return what each block of a log holds."""
    return [parse(block, parsers()) for block in cut(raw, path)]


def rows(raw: bytes, path: str = "given.log") -> list[tuple[str, dict[str, object]]]:
    """Return the records of a log in their order: what each is, and its fields; what was refused is left out."""
    found: list[tuple[int, str, dict[str, object]]] = []
    first = 0
    for block in parsed(raw, path):
        for table in block.tables:
            found.extend((first + n, table.what, table.row(i)) for i, n in enumerate(table.numbers))
        first += block.records
    return [(what, fields) for _, what, fields in sorted(found, key=lambda f: f[0])]
