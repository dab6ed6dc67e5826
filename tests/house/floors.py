"""Rules on imports, read from every import statement: lazy and type-only ones count.

import-linter holds the same floors (pyproject.toml); these add what its contracts cannot say: who plug-ins are for,
that content is no code, and that modules form no cycle.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence

from tests.house.sources import Source

FLOORS: Sequence[Sequence[str]] = (
    ("cli",),
    ("web", "testing"),
    ("app",),
    ("ingest", "detect", "intel", "posture", "mail", "network", "respond", "cases", "tools", "compliance", "training"),
    ("runtime",),
    ("match",),
    ("store", "sandbox", "secrets", "durable"),
    ("formats",),
    ("kit",),
    ("model",),
)
HEIGHT = {name: len(FLOORS) - number for number, floor in enumerate(FLOORS) for name in floor}
PLUGINS_MAY = frozenset({"kit", "model", "formats"})
SIDES = frozenset({"plugins", "content"})

Graph = Mapping[str, Mapping[str, int]]  # module -> module that it imports -> line


def graph(sources: Sequence[Source]) -> dict[str, dict[str, int]]:
    """Return who imports whom among some modules of the package."""
    known = {source.module for source in sources}
    edges: dict[str, dict[str, int]] = {source.module: {} for source in sources}
    for source in sources:
        package = source.module if source.path.endswith("/__init__.py") else source.module.rpartition(".")[0]
        for line, names in statements(source.tree, package):
            # `from a.b import c` runs a.b, and a.b.c when c is a module; the most precise name counts
            for name in names:
                target = name if name in known else name.rpartition(".")[0]
                if target in known and target != source.module:
                    edges[source.module].setdefault(target, line)
    return edges


def statements(tree: ast.Module, package: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line and the dotted names of each import, relative ones made absolute."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield node.lineno, [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            stem = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [stem, node.module or ""]))
            yield node.lineno, [f"{module}.{alias.name}" for alias in node.names]


def area(module: str) -> str:
    """Return the floor or side that a module belongs to, empty for the package itself; `__main__` is the cli's."""
    name = module.split(".")[1] if "." in module else ""
    return "cli" if name == "__main__" else name


def upward(edges: Graph) -> Iterator[str]:
    """Name an import that goes up, or sideways between two areas of one floor."""
    for module, targets in edges.items():
        for target, line in targets.items():
            here, there = area(module), area(target)
            if here in HEIGHT and there in HEIGHT and here != there and HEIGHT[there] >= HEIGHT[here]:
                yield f"{module}:{line}: {here} may not import {there}"


def homeless(edges: Graph) -> Iterator[str]:
    """Name a package that stands on no floor: a new floor needs a decision note."""
    for name in sorted({area(module) for module in edges} - {""} - set(HEIGHT) - SIDES):
        yield f"tocsin.{name} stands on no floor"


def plugin_imports(edges: Graph) -> Iterator[str]:
    """Name an import of a plug-in, and one by a plug-in of what is not for authors."""
    for module, targets in edges.items():
        for target, line in targets.items():
            here, there = area(module), area(target)
            if there == "plugins" and target != "tocsin.plugins":
                yield f"{module}:{line}: {target} is found through the index, nobody imports it"
            if here == "plugins" and there not in PLUGINS_MAY | {"plugins"}:
                yield f"{module}:{line}: a plug-in imports kit, model and formats only, not {target}"


def content_code(edges: Graph) -> Iterator[str]:
    """Name a module in content/: it holds data."""
    yield from (f"{module} is code among content" for module in edges if module.startswith("tocsin.content."))


def cycles(edges: Graph) -> Iterator[str]:
    """Name each ring of imports once."""
    for ring in rings(edges):
        path = [*ring, ring[0]]
        yield " -> ".join(path) + f" (line {edges[ring[0]][path[1]]})"


def rings(edges: Graph) -> Iterator[list[str]]:
    """Yield one ring of each strongly connected group, starting at its first name."""
    for start in sorted(edges):
        trail = way_back(edges, start)
        if trail and start == min(trail):
            yield trail


def way_back(edges: Graph, start: str) -> list[str]:
    """Return the shortest way from a module to itself, without the last step; empty when there is none."""
    before: dict[str, str] = {}
    waiting = [start]
    while waiting:
        here = waiting.pop(0)
        for target in sorted(edges.get(here, {})):
            if target == start:
                trail = [here]
                while trail[-1] != start:
                    trail.append(before[trail[-1]])
                return trail[::-1]
            if target not in before:
                before[target] = here
                waiting.append(target)
    return []
