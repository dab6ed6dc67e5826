"""Jupyter notebooks: the code of their cells as one Python source."""

import json
from typing import Any

_MAGICS = ("%", "!", "?")  # lines of IPython, not of Python; they keep their place as comments


def cells(raw: bytes) -> bytes | str:
    """Return the code cells of a notebook as one source, or why there is none.

    Lines of IPython (`%magic`, `!command`) become comments, cells of another language (`%%bash`) too.
    """
    try:
        notebook = json.loads(raw)
    except (ValueError, RecursionError):
        return "notebook that is no JSON"
    listed = _list(notebook, "cells")
    for sheet in _list(notebook, "worksheets"):  # notebooks of version 3
        listed = listed + _list(sheet, "cells")
    parts = [_python(_source(cell)) for cell in listed if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    return "\n".join(parts).encode("utf-8", "replace")


def _list(owner: Any, key: str) -> list[Any]:
    value = owner.get(key) if isinstance(owner, dict) else None
    return value if isinstance(value, list) else []


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    return "".join(str(line) for line in source) if isinstance(source, list) else str(source)


def _python(source: str) -> str:
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[0].startswith("%%"):
        return "\n".join(f"# {line}" for line in lines)
    return "\n".join(_line(line) for line in lines)


def _line(line: str) -> str:
    bare = line.lstrip()
    if bare.startswith(_MAGICS):
        indent = line[: len(line) - len(bare)]
        return f"{indent}pass  # {bare}"
    return line.removesuffix("?")
