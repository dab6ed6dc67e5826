"""From the bytes of a block of text to its records.

A record begins at a line that starts with neither space nor tab and reaches to the next such line; ingest/frame.py cuts
blocks by the same rule.
"""

import re
from collections.abc import Iterable

from tocsin.ingest.frame import LIMIT, over
from tocsin.kit import Refused

_START = re.compile(r"\n(?=[^ \t\r\n])")


def split(raw: bytes, *, continues: bool) -> tuple[list[str], list[Refused]]:
    """Return the records of a block of text, and those that are refused.

    Blank lines are no records. A record that is not UTF-8 is read as Latin-1, which any bytes are.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = "\n".join(_decoded(line) for line in raw.split(b"\n"))
    many = continues and ("\n " in text or "\n\t" in text)  # seldom; a plain split is ten times as fast
    found = _START.split(text) if many else text.split("\n")
    if many:
        found = [_trimmed(record) for record in found]
    elif "\r" in text:
        found = [record.rstrip("\r") for record in found]
    texts = [record for record in found if record and not record.isspace()]
    if len(raw) <= LIMIT:
        return texts, []
    return _within_limit(texts)


def _trimmed(record: str) -> str:
    """Return a record without the blank lines at its end."""
    end = record.find("\n", len(record.rstrip()))
    return (record if end < 0 else record[:end]).rstrip("\r")


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _within_limit(texts: Iterable[str]) -> tuple[list[str], list[Refused]]:
    """Return records with those over the bound cut at line ends, and the lines that are over it refused."""
    kept: list[str] = []
    refused: list[Refused] = []
    for text in texts:
        if len(text) * 4 <= LIMIT or len(text.encode()) <= LIMIT:
            kept.append(text)
            continue
        for part in _packed(text):
            if len(part.encode()) > LIMIT:
                refused.append(Refused(len(kept) + len(refused), over(len(part.encode()))))
            else:
                kept.append(part)
    return kept, refused


def _packed(text: str) -> Iterable[str]:
    """Yield a record's lines, as many together as the bound allows."""
    parts: list[str] = []
    size = 0
    for line in text.split("\n"):
        length = len(line.encode()) + 1
        if parts and size + length > LIMIT:
            yield "\n".join(parts)
            parts, size = [], 0
        parts.append(line)
        size += length
    yield "\n".join(parts)
