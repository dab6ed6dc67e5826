"""Names of a Python module: which scope binds them, to what, and what a dotted expression stands for.

One walk files every node under its type and remembers its parent. All else is made when first asked for.
"""

import ast
import builtins
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

Scope = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Function = ast.FunctionDef | ast.AsyncFunctionDef

_SCOPES = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BUILTINS = frozenset(dir(builtins))
_LEAVES = {"ctx", "op", "ops", "type_ignores", "type_comment", "conversion", "kind"}
_DEEP = 12  # steps of re-assignment that are followed; real code has two or three


class How(Enum):
    """How a name comes to its value."""

    IMPORT = auto()
    WHOLE = auto()  # `name = value`, `with value as name`
    PART = auto()  # an element of value: `for name in value`, `name, other = value`
    PARAMETER = auto()
    DEFINITION = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Binding:
    """One place where a name gets a value; `target` is the dotted name of an import."""

    how: How
    node: ast.AST
    value: ast.expr | None = None
    target: str = ""


class Fields(dict[type, tuple[str, ...]]):
    """The fields of a node type that can hold nodes worth a visit."""

    def __missing__(self, kind: type) -> tuple[str, ...]:
        """Return and keep the fields of a type."""
        if kind in {ast.Name, ast.Constant, ast.alias, ast.Global, ast.Nonlocal, ast.Pass}:
            fields: tuple[str, ...] = ()
        else:
            fields = tuple(f for f in getattr(kind, "_fields", ()) if f not in _LEAVES)
        self[kind] = fields
        return fields


_FIELDS = Fields()


class Scopes:
    """The nodes of a module by type, their parents, the names that scopes bind."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.found: dict[type, list[Any]] = {}
        self.parents: dict[ast.AST, ast.AST] = {}
        self._names: dict[ast.AST, dict[str, list[Binding]]] | None = None
        self._members: dict[tuple[ast.AST, str], list[ast.expr]] | None = None
        self._resolved: dict[ast.AST, str | None] = {}
        self._walk()

    def _walk(self) -> None:
        found, parents = self.found, self.parents
        stack: list[ast.AST] = [self.tree]
        pop, push = stack.pop, stack.append
        while stack:
            node = pop()
            kind = node.__class__
            try:
                found[kind].append(node)
            except KeyError:
                found[kind] = [node]
            for name in _FIELDS[kind]:
                value = getattr(node, name, None)
                if value is None or value.__class__ is str:
                    continue
                if value.__class__ is list:
                    for item in value:
                        if isinstance(item, ast.AST):
                            parents[item] = node
                            push(item)
                elif isinstance(value, ast.AST):
                    parents[value] = node
                    push(value)

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes that hold a node, innermost first."""
        parents = self.parents
        holder = parents.get(node)
        while holder is not None:
            yield holder
            holder = parents.get(holder)

    def scope(self, node: ast.AST) -> Scope:
        """Return the innermost scope around a node."""
        for holder in self.above(node):
            if isinstance(holder, _SCOPES):
                return holder
        return self.tree

    def lookup(self, name: str, node: ast.AST) -> tuple[ast.AST, Sequence[Binding]]:
        """Return the scope that binds a name as seen from a node, and the bindings."""
        names = self.names
        scope: ast.AST = self.scope(node)
        innermost = scope
        while True:
            bound = names.get(scope, {}).get(name)
            if bound and (scope is innermost or not isinstance(scope, ast.ClassDef)):
                return scope, bound
            if scope is self.tree:
                return scope, ()
            scope = self.scope(scope)

    @property
    def names(self) -> dict[ast.AST, dict[str, list[Binding]]]:
        """Return the bindings of every scope."""
        if self._names is None:
            self._names = {}
            for scope, name, binding in self._bindings():
                self._names.setdefault(scope, {}).setdefault(name, []).append(binding)
            for bound in self._names.values():
                for bindings in bound.values():
                    if len(bindings) > 1:
                        bindings.sort(key=lambda b: (b.node.lineno, b.node.col_offset))  # type: ignore[attr-defined]  # all have a place
        return self._names

    def _bindings(self) -> Iterator[tuple[ast.AST, str, Binding]]:
        found = self.found
        outer = {(self.scope(node), name) for node in found.get(ast.Global, ()) for name in node.names}
        for node in (*found.get(ast.Import, ()), *found.get(ast.ImportFrom, ())):
            scope = self.scope(node)
            for name, target in imported(node):
                yield scope, name, Binding(How.IMPORT, node, target=target)
        for kind in (*_FUNCTIONS, ast.ClassDef):
            for node in found.get(kind, ()):
                yield self.scope(node), node.name, Binding(How.DEFINITION, node)
        for node in found.get(ast.arg, ()):
            yield self.scope(node), node.arg, Binding(How.PARAMETER, node)
        for node in found.get(ast.ExceptHandler, ()):
            if node.name:
                yield self.scope(node), node.name, Binding(How.OTHER, node)
        for node in found.get(ast.Name, ()):
            if node.ctx.__class__ is ast.Store:
                scope = self.scope(node)
                if (scope, node.id) in outer:
                    scope = self.tree
                yield scope, node.id, self._stored(node)

    def _stored(self, node: ast.expr) -> Binding:
        """Return how a stored name gets its value."""
        child: ast.AST = node
        whole = True
        trail: list[int] = []
        for holder in self.above(node):
            match holder:
                case ast.Tuple() | ast.List():
                    whole = False
                    trail.append(holder.elts.index(child))  # type: ignore[arg-type]  # a child of elts is an expr
                case ast.Starred():
                    whole = False
                case ast.Assign(value=value) | ast.NamedExpr(value=value) | ast.AugAssign(value=value):
                    return _unpacked(node, value, trail) if trail else Binding(How.WHOLE, node, value)
                case ast.AnnAssign(value=value):
                    return Binding(How.WHOLE if value is not None else How.OTHER, node, value)
                case ast.withitem(context_expr=value):
                    return Binding(How.WHOLE if whole else How.PART, node, value)
                case ast.For(iter=value) | ast.AsyncFor(iter=value) | ast.comprehension(iter=value):
                    return Binding(How.PART, node, value)
                case _:
                    break
            child = holder
        return Binding(How.OTHER, node)

    def members(self, node: ast.Attribute) -> Sequence[ast.expr]:
        """Return the values that methods of the class around `self.name` give it."""
        if self._members is None:
            self._members = {}
            for stored in self.found.get(ast.Attribute, ()):
                if stored.ctx.__class__ is ast.Store and (home := self.home(stored)) is not None:
                    binding = self._stored(stored)
                    if binding.how is How.WHOLE and binding.value is not None:
                        self._members.setdefault((home, stored.attr), []).append(binding.value)
        home = self.home(node)
        return self._members.get((home, node.attr), ()) if home is not None else ()

    def home(self, node: ast.Attribute) -> ast.ClassDef | None:
        """Return the class that `self.name` or `cls.name` is about."""
        if not isinstance(node.value, ast.Name) or node.value.id not in {"self", "cls"}:
            return None
        return next((holder for holder in self.above(node) if isinstance(holder, ast.ClassDef)), None)

    def resolve(self, node: ast.AST, deep: int = 0) -> str | None:
        """Return what a dotted expression stands for: `subprocess.run`, `eval`."""
        if node in self._resolved:
            return self._resolved[node]
        self._resolved[node] = None  # while it is being resolved: a name that is bound to itself stands for nothing
        base, tail = None, []
        inner: ast.AST | None = node
        while inner is not None:
            match inner:
                case ast.Attribute(value=value, attr=attr):
                    if members := self.members(inner):
                        base, inner = self._same(members, deep), None
                    else:
                        tail.append("." + attr)
                        inner = value
                case ast.Call(func=function):
                    tail.append("()")
                    inner = function
                case ast.Await(value=value):
                    inner = value
                case ast.Name():
                    base, inner = self._named(inner, deep), None
                case _:
                    inner = None
        name = base + "".join(reversed(tail)) if base is not None else None
        if name is not None and name.startswith("builtins."):
            name = name[9:]
        self._resolved[node] = name
        return name

    def _named(self, node: ast.Name, deep: int) -> str | None:
        _, bound = self.lookup(node.id, node)
        if not bound:
            if node.id in _BUILTINS:
                return node.id
            stars = [n for n in self.found.get(ast.ImportFrom, ()) if n.names and n.names[0].name == "*" and n.module]
            return f"{stars[0].module}.{node.id}" if len(stars) == 1 and not stars[0].level else None
        if imports := [binding for binding in bound if binding.how is How.IMPORT]:
            return imports[-1].target
        if all(binding.how is How.WHOLE for binding in bound):
            return self._same([binding.value for binding in bound if binding.value is not None], deep)
        if len(bound) == 1 and isinstance(argument := bound[0].node, ast.arg) and argument.annotation is not None:
            kind = self.resolve(argument.annotation, deep + 1)
            return f"{kind}()" if kind is not None and "." in kind else None
        return None

    def _same(self, values: Sequence[ast.expr], deep: int) -> str | None:
        """Return the one name that all values stand for."""
        if deep > _DEEP:
            return None
        names = {self.resolve(value, deep + 1) for value in values[:_DEEP]}
        return names.pop() if len(names) == 1 else None


def imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """Yield each name that an import binds, and what it stands for."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            first = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (first, first)
        return
    source = "." * node.level + (node.module or "")
    for alias in node.names:
        if alias.name != "*":
            joined = source + alias.name if source.endswith(".") else f"{source}.{alias.name}"
            yield alias.asname or alias.name, joined


def _unpacked(node: ast.expr, value: ast.expr, trail: list[int]) -> Binding:
    """Return the binding of an unpacked name: the element of a written tuple, else a part of the value."""
    written = value.elts if isinstance(value, ast.Tuple | ast.List) else []
    if len(trail) == 1 and trail[0] < len(written) and not any(isinstance(e, ast.Starred) for e in written):
        return Binding(How.WHOLE, node, written[trail[0]])
    return Binding(How.PART, node, value)
