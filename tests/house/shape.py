"""Rules on size, names and docstrings."""

import ast
import re
from collections.abc import Iterator

from tests.house.sources import Source

MODULE_LINES = 400
FUNCTION_LINES = 50
PLUGIN_LINES = 150
EMPTY_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"})
FIRST_LINE = 80

Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def is_plugin(source: Source) -> bool:
    """Tell whether a file is a plug-in."""
    return source.below("plugins") and not source.path.endswith("__init__.py")


def too_long(source: Source) -> Iterator[str]:
    """Name a module, plug-in or function that is longer than the house allows."""
    lines = len(source.text.splitlines())
    limit = PLUGIN_LINES if is_plugin(source) else MODULE_LINES
    if lines > limit:
        yield f"{source.path}: {lines} lines, {limit} are allowed"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{source.path}:{node.lineno}: {node.name} has {length} lines, {FUNCTION_LINES} are allowed"


def empty_name(source: Source) -> Iterator[str]:
    """Name a module or package whose name says nothing."""
    for part in source.path.removesuffix(".py").split("/"):
        if EMPTY_NAMES & set(part.split("_")):
            yield f"{source.path}: {part!r} says nothing of what it holds"


def public(tree: ast.Module) -> Iterator[tuple[str, Named]]:
    """Yield the public functions, classes and methods with their dotted names."""
    for node in tree.body:
        if isinstance(node, Named) and not node.name.startswith("_"):
            yield node.name, node
            if isinstance(node, ast.ClassDef):
                for part in node.body:
                    if isinstance(part, Named) and not part.name.startswith("_"):
                        yield f"{node.name}.{part.name}", part


def excused(node: Named) -> bool:
    """Tell whether another definition says what this one does: an overload, a setter, an override."""
    words = {ast.unparse(decorator).split("(")[0].split(".")[-1] for decorator in node.decorator_list}
    return bool(words & {"overload", "setter", "override"})


def undocumented(source: Source) -> Iterator[str]:
    """Name a module or public name without a docstring, or whose first line is too long."""
    if not (ast.get_docstring(source.tree) or "").strip():
        yield f"{source.path}: the module has no docstring"
    for name, node in public(source.tree):
        first = (ast.get_docstring(node) or "").strip().partition("\n")[0]
        if not first and not excused(node):
            yield f"{source.path}:{node.lineno}: {name} has no docstring"
        elif len(first) > FIRST_LINE:
            yield f"{source.path}:{node.lineno}: the first line on {name} has {len(first)} characters"


def full_init(source: Source) -> Iterator[str]:
    """Name an `__init__.py` that holds more than its docstring; model and kit list their names, tocsin its version."""
    if not source.path.endswith("/__init__.py"):
        return
    listing = source.path in {"src/tocsin/model/__init__.py", "src/tocsin/kit/__init__.py"}
    for node in source.tree.body[1:]:
        version = source.path == "src/tocsin/__init__.py" and isinstance(node, ast.Assign)
        if not (version or (listing and isinstance(node, ast.ImportFrom | ast.Assign | ast.AnnAssign))):
            yield f"{source.path}:{node.lineno}: __init__.py holds more than a docstring"


def plugin_page(source: Source) -> Iterator[str]:
    """Name a plug-in whose docstring is no page: a title, what it sees and misses, a link to the primary source."""
    if not is_plugin(source):
        return
    doc = ast.get_docstring(source.tree) or ""
    title, _, rest = doc.strip().partition("\n")
    if not title or not rest.strip():
        yield f"{source.path}: the docstring is this plug-in's page, and says too little"
    if not re.search(r"^See:\s+\S", doc, re.MULTILINE):
        yield f"{source.path}: the docstring has no `See:` line with the primary source"


def silent_exception(source: Source) -> Iterator[str]:
    """Name a `type: ignore` or `noqa` without its code or without a reason on the same line."""
    for number, line in enumerate(source.text.splitlines(), 1):
        ignored = re.search(r"#\s*type:\s*ignore(\[[\w, -]+\])?(.*)", line)
        if ignored and (not ignored[1] or not re.search(r"\w{2}", ignored[2])):
            yield f"{source.path}:{number}: `type: ignore` wants its code and a reason on its line"
        waved = re.search(r"#\s*noqa(:\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)?(.*)", line)
        if waved and (not waved[1] or not re.search(r"\w{2}", waved[2])):
            yield f"{source.path}:{number}: `noqa` wants its code and a reason on its line"
