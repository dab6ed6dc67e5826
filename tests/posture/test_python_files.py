"""Which files are Python."""

import pytest

from tocsin.posture.python_files import is_python


@pytest.mark.parametrize(
    ("path", "head"),
    [
        ("a.py", b""),
        ("A.PY", b"a"),
        ("a.pyw", b"a"),
        ("run", b"#!/usr/bin/env python3\n"),
        ("run", b"#!/usr/bin/python3.12 -I\n"),
        ("run", b"#!/usr/bin/env -S uv run --script\n"),
        ("run", b"\xef\xbb\xbf#!/usr/bin/python\n"),
        ("run", b"# a tool\n# /// script\n# dependencies = []\n# ///\n"),
        ("a.py", "a".encode("utf-16")),
        ("a.py", b"\0\0\0\0"),
    ],
)
def test_endings_first_lines_and_script_headers_make_python(path: str, head: bytes) -> None:
    assert is_python(path, head)


@pytest.mark.parametrize(
    ("path", "head"),
    [
        ("run", b"#!/bin/sh\n# python\n"),
        ("a.txt", b"# /// script\n"),
        ("._a.py", b"\0\x05\x16\x07\0\x02"),
        ("a.md", b"# /// script\n"),
        ("log", b"Jan  1 python started\n"),
        ("run", b"#!/usr/bin/pythonista\n"),
    ],
)
def test_other_files_are_not_python(path: str, head: bytes) -> None:
    assert not is_python(path, head)
