"""Python source of any age and state becomes a tree, or the reason why not."""

import ast
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.formats.python_newer import newer
from tocsin.formats.python_source import MAX_BYTES, Gap, Parsed, Unparsed, parse


def calls(tree: ast.AST) -> list[str]:
    return sorted(ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))


def parsed(raw: bytes) -> Parsed:
    found = parse(raw)
    assert isinstance(found, Parsed), found
    return found


@pytest.mark.parametrize(
    "raw",
    [
        b"print(1)\n",
        b"\xef\xbb\xbfprint(1)\n",
        b"# coding: latin-1\nprint('\xe9')\n",
        b"a = 1\r\nprint(1)\r\n",
        b"a = 1\rprint(1)",
    ],
)
def test_marks_cookies_and_line_ends_are_read(raw: bytes) -> None:
    assert calls(parsed(raw).tree) == ["print"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ('run(f"{d["a"]}")\n', "run"),
        ("def f[T: int = str](x: T) -> T:\n    run(x)\n", "run"),
        ("type X[T] = list[T]\nrun(1)\n", "run"),
        ("class A[T]:\n    def f(self):\n        run(1)\n", "run"),
        ('x = t"{run(1)}"\n', "run"),
        ("try:\n    run(1)\nexcept A, B:\n    pass\n", "run"),
        ("lazy import json\nrun(1)\n", "run"),
        ("exec 'a' in b\n", "exec"),
        ("print 'a' % run(1)\n", "run"),
        ("def f():\n    try:\n        return\n    except A, e:\n        run(e)\n", "run"),
        ("@mark(1)\ndef f(): print 'a'\n", "mark"),
    ],
)
def test_newer_and_older_syntax_is_read_whole(source: str, name: str) -> None:
    found = parsed(source.encode())
    assert name in calls(found.tree)
    assert not found.gaps


def test_what_nothing_parses_is_a_gap_and_the_rest_is_read() -> None:
    found = parsed(
        b"import os\nos.system(a)\n\n\ndef f(:\n    ) 1 +\n\n\nb = 1\nc = 2\nd = 3\ne = 4\nf = 5\nos.remove(b)\n"
    )
    assert "os.system" in calls(found.tree)
    assert found.gaps
    assert all(1 <= gap.first <= gap.last <= 14 for gap in found.gaps)
    assert found.gaps[0].first in {5, 6}


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("import os\n".encode("utf-16"), "UTF-16"),
        (b"# coding: klingon\n", "unknown encoding"),
        (b"# coding: rot13\n", "encoding"),
        (b"a = 1\nb = '\xff'\n", "is not utf-8"),
        (b"x" * (MAX_BYTES + 1), "over the bound"),
        (b"once upon a time, there was no python\nand so on it went\n", "no parser reads it"),
    ],
    ids=["utf-16", "unknown", "codec", "bytes", "huge", "prose"],
)
def test_what_cannot_be_read_is_named(raw: bytes, why: str) -> None:
    found = parse(raw)
    assert isinstance(found, Unparsed)
    assert why in found.why


@pytest.mark.parametrize(
    "source", ["a = 1\0\n", "(" * 5000, "-" * 100_000 + "1", "a" + ".a" * 50_000, "[" * 90 + "]" * 90]
)
def test_nul_bytes_and_deep_nesting_end_in_an_answer(source: str) -> None:
    assert isinstance(parse(source.encode()), Parsed | Unparsed)


def test_a_gap_counts_lines_from_one() -> None:
    found = parsed(b"a = 1\nb = = 2\nc = 3\nd = 4\n")
    assert found.gaps == (Gap(first=2, last=2),)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail(raw: bytes) -> None:
    assert isinstance(parse(raw), Parsed | Unparsed)


TOKENS = [
    "def",
    "f",
    "(",
    ")",
    ":",
    "\n",
    "    ",
    "=",
    "'",
    '"',
    "{",
    "}",
    "[",
    "]",
    "f'",
    "print",
    "except",
    "import",
    ",",
    "*",
    "match",
    "case",
    "lambda",
    "async",
    "with",
    "as",
    "class",
    "@",
    "\\",
    "#",
    "0",
    "é",
    "type",
    "\t",
    "if",
    "in",
    "for",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=60))
def test_no_heap_of_tokens_makes_it_fail(tokens: list[str]) -> None:
    found = newer(" ".join(tokens))
    if found is not None:
        for node in ast.walk(found[0]):
            if isinstance(node, ast.expr | ast.stmt):
                assert node.lineno >= 1


@pytest.mark.parametrize("name", ["argparse", "tarfile", "ssl", "dataclasses", "asyncio/base_events", "typing"])
def test_both_ways_of_parsing_see_the_same_calls(name: str) -> None:
    text = (Path(ast.__file__).parent / f"{name}.py").read_text(encoding="utf-8")
    found = newer(text)
    assert found is not None
    assert found[1] == []
    ours = [(n.lineno, n.col_offset, n.end_lineno) for n in ast.walk(found[0]) if isinstance(n, ast.Call)]
    theirs = [(n.lineno, n.col_offset, n.end_lineno) for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call)]
    outside_formats = set(theirs) ^ set(ours)
    assert len(outside_formats) <= len(theirs) // 50, sys.version
