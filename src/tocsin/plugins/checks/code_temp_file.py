"""A file with a predictable name in a folder that everybody may write to.

**Sees** files opened for writing under `/tmp`, `/var/tmp`, `/dev/shm` or `tempfile.gettempdir()` whose name can be
foretold, and `tempfile.mktemp`, `os.tempnam`, `os.tmpnam`.

**Why it is bad.** Another user of the machine puts a link there first, and the script overwrites what the link names,
or reads what the other wrote. Scripts that run as root are the usual prey.

**Misses** names handed to other programs, and folders from settings. Quiet for reading, for mode `x`, and under a
folder made by `mkdtemp`.

Bad: `open("/tmp/report.csv", "w")`
Good: `tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False)`

See: https://docs.python.org/3/library/tempfile.html
"""

import ast
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "c:\\temp", "c:/temp", "c:\\windows\\temp")  # noqa: S108  # looked for
_RACES = {"tempfile.mktemp", "os.tempnam", "os.tmpnam"}
_OPENS = {
    "open": 1,
    "io.open": 1,
    "codecs.open": 1,
    "gzip.open": 1,
    "pathlib.Path().open": 0,
    "zipfile.ZipFile": 1,
    "tarfile.open": 1,
}
_WRITES = {"logging.FileHandler", "shutil.copy", "shutil.copyfile", "shutil.move", "shutil.copy2"}
_METHODS = {"pathlib.Path().write_text", "pathlib.Path().write_bytes", "pathlib.Path().touch"}


@check(
    nodes=("Call",),
    title="Predictable name in a shared folder",
    severity="medium",
    confidence="high",
    cwe=377,
    remedy="Let tempfile choose the name (NamedTemporaryFile, mkdtemp), or write to a folder of the script's own user.",
    aliases=("B108", "B306", "S108", "S306"),
    references=("https://docs.python.org/3/library/tempfile.html",),
)
def code_temp_file(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for a file that is written under a predictable name."""
    name = module.resolve(node.func)
    if name in _RACES:
        yield module.finding(node, f"{name} gives a name that another may take first")
        return
    folder = _folder(_written(node, name, module), module, 0)
    if folder is not None:
        yield module.finding(node, f"predictable name in {folder}")


def _written(node: ast.Call, name: str | None, module: Module) -> ast.expr | None:
    """Return the path that a call writes to."""
    if name in _OPENS:
        mode = module.constant(module.argument(node, _OPENS[name], "mode"))
        if not isinstance(mode, str) or not set(mode) & set("wa+") or "x" in mode:
            return None
        return _path_of(node) if name.startswith("pathlib") else module.argument(node, 0, "file")
    if name in _WRITES:
        return module.argument(node, 0, "filename") if name.startswith("logging") else module.argument(node, 1, "dst")
    return _path_of(node) if name in _METHODS else None


def _path_of(node: ast.Call) -> ast.expr | None:
    return node.func.value if isinstance(node.func, ast.Attribute) else None


def _folder(path: ast.expr | None, module: Module, deep: int) -> str | None:
    """Return the shared folder that a predictable path begins with."""
    known = module.constant(path)
    if isinstance(known, str):
        return next((f for f in _FOLDERS if known.lower().startswith((f + "/", f + "\\"))), None)
    if path is None or deep > 6 or _holds_chance(path, module):
        return None
    match path:
        case ast.JoinedStr(values=[first, *_]) | ast.BinOp(left=first) | ast.Call(args=[first, *_]):
            is_path = not isinstance(path, ast.Call) or (module.resolve(path.func) or "") in _JOINS
            start = module.constant(first)
            if is_path and isinstance(start, str):
                return next((f for f in _FOLDERS if (start + "/").lower().startswith(f + "/")), None)
            return _folder(first, module, deep + 1) if is_path else None
        case ast.Call(func=function) if module.resolve(function) == "tempfile.gettempdir":
            return "the folder for temporary files"
        case ast.Name():
            values = [binding.value for binding in module.bindings(path)]
            return _folder(values[0], module, deep + 1) if len(values) == 1 else None
    return None


_JOINS = {"os.path.join", "pathlib.Path", "str", "os.fspath", "pathlib.PurePath"}
_CHANCE = ("secrets.", "uuid.uuid4", "tempfile.", "os.urandom")


def _holds_chance(path: ast.expr, module: Module) -> bool:
    """Return whether a part of a path cannot be foretold."""
    names = (module.resolve(part.func) or "" for part in ast.walk(path) if isinstance(part, ast.Call))
    return any(name.startswith(_CHANCE) and name != "tempfile.gettempdir" for name in names)
