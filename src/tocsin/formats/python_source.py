"""Python source: bytes to text to tree.

The parser of the running Python is asked first. What it refuses (syntax newer than itself, or older, or broken) goes
to tree-sitter, whose tree is turned into the same `ast` nodes (formats/python_newer.py). What nothing parses is named.
"""

import ast
import io
import tokenize
import warnings
from dataclasses import dataclass

from tocsin.formats.python_newer import newer

MAX_BYTES = 4 << 20  # a source file over this is data or generated; parsing one takes seconds and a GB of nodes


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Lines that nothing parses, from first to last, both counted from 1."""

    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """A source text and its tree.

    `gaps` are the lines that are missing from the tree; `refused` is what the running Python said of them.
    """

    text: str
    tree: ast.Module
    gaps: tuple[Gap, ...] = ()
    refused: str = ""


@dataclass(frozen=True, kw_only=True)
class Unparsed:
    """A source of which there is no tree, and why."""

    why: str
    line: int | None = None


def parse(raw: bytes) -> Parsed | Unparsed:
    """Return the tree of Python source, whatever is in the bytes.

    Line ends become LF. Columns are offsets in UTF-8, as in `ast`.
    """
    if len(raw) > MAX_BYTES:
        return Unparsed(why=f"Python source of {len(raw) >> 20} MiB, over the bound of {MAX_BYTES >> 20} MiB")
    text = decode(raw)
    if isinstance(text, Unparsed):
        return text
    try:
        return Parsed(text=text, tree=_parse(text))
    except SyntaxError as error:
        refused, line = error.msg or "syntax error", error.lineno
    except (RecursionError, MemoryError):
        refused, line = "nested too deeply", None
    except ValueError as error:  # NUL characters, lone surrogates
        refused, line = str(error), None
    return _with_tree_sitter(text, refused, line)


def decode(raw: bytes) -> str | Unparsed:
    """Return the text of a source by its mark or cookie (PEP 263), else as UTF-8.

    LF is the only line end in it.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Unparsed(why="UTF-16 text, which Python does not read as source")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        text = raw.decode(encoding)
    except (SyntaxError, LookupError) as error:
        return Unparsed(why=f"unknown encoding: {str(error)[:80]}", line=1)
    except UnicodeDecodeError as error:
        return Unparsed(why=f"byte {error.start} is not {error.encoding}", line=raw.count(b"\n", 0, error.start) + 1)
    except ValueError as error:  # codecs that do not give text
        return Unparsed(why=f"unusable encoding: {str(error)[:80]}", line=1)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes and the like are the linter's
        return ast.parse(text)


def _with_tree_sitter(text: str, refused: str, line: int | None) -> Parsed | Unparsed:
    found = newer(text)
    if found is None:
        return Unparsed(why=f"no parser reads it: {refused}", line=line)
    tree, broken = found
    lines = text.count("\n") + 1
    gaps = tuple(Gap(first=first, last=min(last, lines)) for first, last in broken)
    if sum(gap.last - gap.first + 1 for gap in gaps) * 2 > lines:  # mostly not Python at all
        return Unparsed(why=f"no parser reads it: {refused}", line=line)
    return Parsed(text=text, tree=tree, gaps=gaps, refused=refused)
