"""Which files are Python, and what a Python file is made of."""

import ast
import re
import sys
from pathlib import PurePath

from tocsin.kit.code import Module
from tocsin.posture.results import PythonFile

_ENDS = {".py", ".pyw", ".pyi", ".pyx", ".wsgi"}
_SHEBANG = re.compile(rb"#![^\n]{0,200}?\bpython[0-9.]*\b|#![^\n]{0,200}?\buv run\b")
_INLINE = re.compile(rb"^# /// script\s*$", re.MULTILINE)  # PEP 723
_HOST = re.compile(
    r"\b(?:https?|wss?|ftps?|ldaps?|s?mtps?)://(?:[^\s/@]{0,80}@)?"
    r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.\-]{0,250}[A-Za-z0-9])?)"
)
_APPLE_DOUBLE = b"\0\x05\x16\x07"  # `._name.py` beside `name.py`, as macOS packs what its file system knows of it
_MOST = 200  # hosts and packages listed of one file


def is_python(path: str, head: bytes) -> bool:
    """Return whether a file is Python: by ending, first line, or PEP 723 block."""
    if PurePath(path.replace("\\", "/")).suffix.lower() in _ENDS:
        return not head.startswith(_APPLE_DOUBLE)  # other bytes in a file of that name are code that cannot be read
    head = head.removeprefix(b"\xef\xbb\xbf")
    if head.startswith(b"#!"):
        return _SHEBANG.match(head) is not None
    return _INLINE.search(head[:4096]) is not None and not path.lower().endswith((".md", ".rst", ".txt"))


def about(module: Module) -> PythonFile:
    """Return what a module says of itself."""
    return PythonFile(
        path=module.path,
        lines=len(module.lines) - module.text.endswith("\n"),
        hosts=_hosts(module),
        packages=_packages(module),
    )


def _hosts(module: Module) -> tuple[str, ...]:
    hosts: dict[str, None] = {}
    for node in module.nodes(ast.Constant):
        text = node.value
        if isinstance(text, str) and "://" in text and not isinstance(module.parent(node), ast.Expr):
            hosts.update(dict.fromkeys(host.lower() for host in _HOST.findall(text[:4000])))
    return tuple(sorted(hosts))[:_MOST]


def _packages(module: Module) -> tuple[str, ...]:
    names: set[str] = set()
    for node in module.nodes(ast.Import):
        names.update(alias.name.partition(".")[0] for alias in node.names)
    for node in module.nodes(ast.ImportFrom):
        if not node.level and node.module:
            names.add(node.module.partition(".")[0])
    return tuple(sorted(names - sys.stdlib_module_names - {"__future__"}))[:_MOST]
