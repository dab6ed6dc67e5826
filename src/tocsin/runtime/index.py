"""The index of plug-ins: read with `ast`, never by importing.

Built-ins are indexed when the wheel is built (`plugins/index.json`); an editable install and a workspace read their
folders, by size and time first and by content when those changed. The cache holds declarations, nothing of an input.
"""

import ast
import importlib
import importlib.util
import os
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from importlib.abc import SourceLoader
from pathlib import Path
from typing import Any

import msgspec

from tocsin.kit.declare import Declaration, Kind, check_words, declared
from tocsin.model import PluginError

FORMAT = 1  # of the cache; a cache of another number is made anew
_BROKEN = (  # what a module may raise while it is imported
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    NameError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
MAX_PLUGIN = 256 * 1024  # bytes; a plug-in is one small file


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One plug-in as the index knows it; `module` is empty for a file of a workspace."""

    declaration: Declaration
    module: str
    path: str
    doc: str
    digest: str

    @property
    def title(self) -> str:
        """Return the first line of its page."""
        return self.doc.strip().partition("\n")[0]


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """A file in a plug-in folder that could not be read as one."""

    path: str
    why: str


class _File(msgspec.Struct, frozen=True):
    size: int
    time: int
    entries: list[Entry]
    broken: list[Broken]


class _Cache(msgspec.Struct):
    format: int
    files: dict[str, _File]


def read(path: Path, module: str = "") -> list[Entry]:
    """Return the plug-ins that a file declares.

    Raises PluginError naming the line that is wrong.
    """
    raw = path.read_bytes()
    if len(raw) > MAX_PLUGIN:
        raise PluginError(f"{path}: {len(raw)} bytes are too many for one plug-in")
    try:
        tree = ast.parse(raw, filename=str(path))
    except (SyntaxError, ValueError, RecursionError) as error:
        raise PluginError(f"{path}: cannot be parsed: {error}") from error
    digest = sha256(raw).hexdigest()
    doc = ast.get_docstring(tree) or ""
    names = _kit_names(tree)
    return [
        Entry(declaration=declaration, module=module, path=str(path), doc=doc, digest=digest)
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for declaration in _declarations(node, names, path)
    ]


def _kit_names(tree: ast.Module) -> dict[str, Kind]:
    kinds = {kind.value: kind for kind in Kind}
    return {
        (alias.asname or alias.name): kinds[alias.name]
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tocsin.kit")
        for alias in node.names
        if alias.name in kinds
    }


def _declarations(
    node: ast.FunctionDef | ast.AsyncFunctionDef, names: dict[str, Kind], path: Path
) -> Iterator[Declaration]:
    for decorator in node.decorator_list:
        if not (isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name)):
            continue
        kind = names.get(decorator.func.id)
        if kind is None:
            continue
        says: dict[str, Any] = {}
        for word in decorator.keywords:
            try:
                says[word.arg or "**"] = ast.literal_eval(word.value)
            except ValueError as error:
                raise PluginError(
                    f"{path}:{word.value.lineno}: {word.arg or '**'} of {node.name} is no literal",
                    hint="a declaration is read without running the plug-in",
                ) from error
        yield check_words(kind, node.name, says)


def plugin_files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield the Python files of a plug-in folder with their stat, sorted.

    Links are not followed.
    """
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__")))
        for name in sorted(files):
            path = Path(root, name)
            if name.endswith(".py") and not name.startswith("_") and path.is_file() and not path.is_symlink():
                yield path, path.stat()


def scan_folder(folder: Path, cache: Path | None, package: str = "") -> tuple[list[Entry], list[Broken]]:
    """Return the plug-ins below a folder and what could not be read.

    `package` is the dotted name of the folder when it can be imported. Files whose size and time are those of the
    cache are not read again.
    """
    known = _load_cache(cache)
    now: dict[str, _File] = {}
    for path, stat in plugin_files(folder):
        key = str(path)
        old = known.get(key)
        if old is not None and (old.size, old.time) == (stat.st_size, stat.st_mtime_ns):
            now[key] = old
            continue
        module = ".".join((package, *path.relative_to(folder).with_suffix("").parts)) if package else ""
        try:
            now[key] = _File(stat.st_size, stat.st_mtime_ns, read(path, module), [])
        except (PluginError, OSError) as error:
            now[key] = _File(stat.st_size, stat.st_mtime_ns, [], [Broken(path=key, why=str(error))])
    if cache is not None and now != known:
        _save_cache(cache, now)
    return [e for f in now.values() for e in f.entries], [b for f in now.values() for b in f.broken]


def _load_cache(cache: Path | None) -> dict[str, _File]:
    if cache is None:
        return {}
    try:
        found = msgspec.json.decode(cache.read_bytes(), type=_Cache)
    except (OSError, msgspec.MsgspecError):
        return {}
    return found.files if found.format == FORMAT else {}


def _save_cache(cache: Path, files: dict[str, _File]) -> None:
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        part = cache.with_name(f"{cache.name}.{os.getpid()}")
        part.write_bytes(msgspec.json.encode(_Cache(FORMAT, files)))
        part.replace(cache)
    except OSError:
        return  # a cache that cannot be kept costs time, nothing else


def write_builtin_index(package_dir: Path, out: Path) -> None:
    """Write the index of a package's own plug-ins; raises PluginError.

    The build of the wheel does so.
    """
    folder = package_dir / "plugins"
    entries: list[Entry] = []
    for path, _ in plugin_files(folder):
        parts = path.relative_to(folder).with_suffix("").parts
        found = read(path, ".".join((package_dir.name, "plugins", *parts)))
        place = path.relative_to(package_dir).as_posix()
        entries.extend(msgspec.structs.replace(entry, path=place) for entry in found)
    entries.sort(key=lambda e: (e.declaration.kind, e.declaration.name))
    out.write_bytes(msgspec.json.encode(entries))


def builtins(cache_folder: Path | None = None) -> list[Entry]:
    """Return the built-in plug-ins, by kind and name.

    Raises PluginError when one of them is broken.
    """
    package = Path(__file__).parent.parent
    made = package / "plugins" / "index.json"
    if made.is_file():
        return msgspec.json.decode(made.read_bytes(), type=list[Entry])
    cache = cache_folder / "builtins.json" if cache_folder else None
    entries, broken = scan_folder(package / "plugins", cache, "tocsin.plugins")
    if broken:
        raise PluginError(f"{broken[0].path}: {broken[0].why}")
    return sorted(entries, key=lambda e: (e.declaration.kind, e.declaration.name))


def of_kind(entries: Iterable[Entry], kind: Kind) -> list[Entry]:
    """Return the entries of one kind, in their order."""
    return [e for e in entries if e.declaration.kind is kind]


def load(entry: Entry) -> tuple[Declaration, Callable[..., Any]]:
    """Import a plug-in and return its declaration and function; raises PluginError.

    The caller has checked trust: an entry of a workspace runs its file's code here.
    """
    name = entry.declaration.name
    if entry.module:
        module = importlib.import_module(entry.module)
    else:
        raw = Path(entry.path).read_bytes()
        if sha256(raw).hexdigest() != entry.digest:
            raise PluginError(f"{entry.path}: changed while it was being loaded", hint="run it again")
        spec = importlib.util.spec_from_loader(f"tocsin_workspace.{name}", _Source(entry.path, raw))
        if spec is None or spec.loader is None:
            raise PluginError(f"{entry.path}: cannot be imported")
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except _BROKEN as error:
            raise PluginError(f"{entry.path}: cannot be loaded: {error}") from error
    function = getattr(module, name)
    # compared as JSON, since a cache turns tuples to lists
    if msgspec.json.encode(declared(function)) != msgspec.json.encode(entry.declaration):
        raise PluginError(f"{entry.path}: {name} says something else than its file does")
    return entry.declaration, function


class _Source(SourceLoader):
    """Loads just the bytes whose digest was pinned; a `.pyc` lying beside them is never read."""

    def __init__(self, path: str, raw: bytes) -> None:
        self.path = path
        self.raw = raw

    def get_filename(self, fullname: str) -> str:  # noqa: ARG002  # importlib asks by name; there is one
        return self.path

    def get_data(self, path: str | bytes) -> bytes:
        if path != self.path:
            raise OSError(f"{path!r} is not the pinned source")
        return self.raw
