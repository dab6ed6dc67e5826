"""Where a value comes from: a constant, a command line, the network, a file... within one Python module.

This is a small flow: assignments of the same scope in order, parameters through the calls of the same module, returned
values of its functions, elements of what is iterated. It knows no other module, no containers, no conditions.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from tocsin.kit.constants import UNKNOWN, Constants
from tocsin.kit.known_origins import CLEAN, CLEAN_TYPES, FRAMEWORK_MARKS, METHODS, PASSING, SOURCES, WORDS, Source
from tocsin.kit.scopes import Binding, Function, How, Scopes

_DEEP = 10  # steps that are followed
_WORK = 300  # nodes that one question may look at, so that no file makes it slow


class Trust(IntEnum):
    """How far a value can be trusted, least trusted last."""

    CONSTANT = 0
    UNKNOWN = 1
    OUTSIDE = 2


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from: how far it is trusted, which source, its place."""

    trust: Trust
    source: Source | None = None
    node: ast.AST | None = None
    says: str = ""

    @property
    def is_outside(self) -> bool:
        """Return whether text of an outsider is in the value."""
        return self.trust is Trust.OUTSIDE

    @property
    def is_constant(self) -> bool:
        """Return whether only the module's own constants are in the value."""
        return self.trust is Trust.CONSTANT


_CONSTANT = Origin(Trust.CONSTANT)
_UNKNOWN = Origin(Trust.UNKNOWN)


class Origins:
    """Answers for one module; the answers are kept."""

    def __init__(self, scopes: Scopes, constants: Constants) -> None:
        self.scopes = scopes
        self.constants = constants
        self._answers: dict[ast.AST, Origin] = {}
        self._calls: dict[str, list[ast.Call]] | None = None
        self._functions: dict[str, list[Function]] | None = None
        self._returned: dict[ast.AST, list[ast.Return]] | None = None
        self._work = 0

    def of(self, node: ast.AST) -> Origin:
        """Return the origin of an expression: the least trusted of its parts."""
        self._work = 0
        return self._of(node, 0)

    def _of(self, node: ast.AST, deep: int) -> Origin:
        if isinstance(node, ast.Constant):
            return _CONSTANT
        if node in self._answers:
            return self._answers[node]
        self._work += 1
        if deep > _DEEP or self._work > _WORK:
            return _UNKNOWN
        self._answers[node] = _CONSTANT  # a value that feeds itself adds nothing
        answer = self._answer(node, deep + 1)
        self._answers[node] = answer
        return answer

    def _answer(self, node: ast.AST, deep: int) -> Origin:
        if self.constants.value(node) is not UNKNOWN:
            return _CONSTANT
        match node:
            case ast.Name():
                return self._name(node, deep)
            case ast.Attribute():
                return self._attribute(node, deep)
            case ast.Call():
                return self._call(node, deep)
            case ast.Subscript(value=inner) | ast.Starred(value=inner) | ast.Await(value=inner):
                return self._of(inner, deep)
            case ast.NamedExpr(value=inner) | ast.FormattedValue(value=inner):
                return self._of(inner, deep)
            case ast.Compare() | ast.UnaryOp(op=ast.Not()) | ast.Lambda():
                return _CONSTANT
            case ast.IfExp(body=body, orelse=orelse):
                return self._worst((body, orelse), deep)
            case ast.ListComp(elt=inner) | ast.GeneratorExp(elt=inner) | ast.SetComp(elt=inner):
                return self._of(inner, deep)
            case ast.JoinedStr() | ast.BinOp() | ast.BoolOp() | ast.Tuple() | ast.List() | ast.Dict() | ast.Set():
                return self._worst((c for c in ast.iter_child_nodes(node) if isinstance(c, ast.expr)), deep)
            case _:
                return _UNKNOWN

    def _worst(self, nodes: Iterable[ast.AST], deep: int) -> Origin:
        worst = _CONSTANT
        for node in nodes:
            origin = self._of(node, deep)
            if origin.trust > worst.trust:
                worst = origin
                if origin.is_outside:
                    break
        return worst

    def _name(self, node: ast.Name, deep: int) -> Origin:
        scope, bound = self.scopes.lookup(node.id, node)
        if not bound or any(binding.how is How.IMPORT for binding in bound):
            return self._known(self.scopes.resolve(node), node) or _UNKNOWN
        worst = _CONSTANT
        for binding in self._reaching(bound, scope, node):
            origin = self._bound(binding, scope, deep)
            if origin.trust > worst.trust:
                worst = origin
        return worst

    def _reaching(self, bound: Iterable[Binding], scope: ast.AST, use: ast.Name) -> Iterator[Binding]:
        """Yield the bindings that can reach a use, the last before it first; one that is always passed ends it."""
        bound = list(bound)
        if self.scopes.scope(use) is not scope or len(bound) == 1:
            yield from bound
            return
        place = (use.lineno, use.col_offset)
        before = [binding for binding in bound if _done(self._statement(binding.node)) <= place]
        around = {id(use), *(id(holder) for holder in self.scopes.above(use))}
        for binding in reversed(before):
            yield binding
            statement = self._statement(binding.node)
            is_added_to = isinstance(statement, ast.AugAssign)
            if binding.how is How.WHOLE and not is_added_to and self._stands_before(statement, around):
                return
        if not before:
            yield from bound

    def _statement(self, node: ast.AST) -> ast.AST:
        """Return what must be over before the binding holds: a simple statement, or just the target of a block."""
        for holder in self.scopes.above(node):
            if isinstance(holder, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
                return holder
            if isinstance(holder, ast.stmt):
                break
        return node

    def _stands_before(self, statement: ast.AST, around: set[int]) -> bool:
        """Return whether a statement stands in a block in which the use stands too, however deep."""
        holder = self.scopes.parents.get(statement)
        for field in ("body", "orelse", "finalbody"):
            block = getattr(holder, field, None)
            if isinstance(block, list) and any(item is statement for item in block):
                return any(id(item) in around for item in block)
        return False

    def _bound(self, binding: Binding, scope: ast.AST, deep: int) -> Origin:
        if binding.how is How.PARAMETER and isinstance(binding.node, ast.arg):
            return self._parameter(binding.node, scope, deep)
        if binding.value is not None:
            return self._of(binding.value, deep)
        return _UNKNOWN

    def _parameter(self, parameter: ast.arg, scope: ast.AST, deep: int) -> Origin:
        if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            return _UNKNOWN
        for mark in scope.decorator_list:
            named = self.scopes.resolve(mark) or ""
            for ending, source in FRAMEWORK_MARKS.items():
                if named.endswith(ending) or f".{ending}" in f".{ast.unparse(mark)}(":
                    kind = self.scopes.resolve(parameter.annotation) if parameter.annotation is not None else None
                    return _CONSTANT if kind in CLEAN_TYPES else Origin(Trust.OUTSIDE, source, parameter)
        given = [argument for call in self.callers(scope) if (argument := _given(call, scope, parameter)) is not None]
        return self._worst(given, deep) if given else _UNKNOWN

    def callers(self, function: Function) -> list[ast.Call]:
        """Return the calls of a function by its name, or by `self.name` for a method."""
        return [
            call
            for call in self._called(function.name)
            if isinstance(call.func, ast.Name) or (isinstance(call.func, ast.Attribute) and self.scopes.home(call.func))
        ]

    def _called(self, name: str) -> list[ast.Call]:
        """Return the calls of whatever has this last name."""
        if self._calls is None:
            self._calls = {}
            for call in self.scopes.found.get(ast.Call, ()):
                match call.func:
                    case ast.Name(id=last) | ast.Attribute(attr=last):
                        self._calls.setdefault(last, []).append(call)
        return self._calls.get(name, [])

    def _attribute(self, node: ast.Attribute, deep: int) -> Origin:
        known = self._known(self.scopes.resolve(node), node)
        if known is not None and known.source is Source.ARGUMENT and self._is_typed_option(node.attr):
            return _CONSTANT
        if known is not None:
            return known
        if members := self.scopes.members(node):
            return self._worst(members, deep)
        inner = self._of(node.value, deep)
        return _CONSTANT if inner.source is Source.ARGUMENT and self._is_typed_option(node.attr) else inner

    def _is_typed_option(self, name: str) -> bool:
        """Return whether `add_argument` turns an option into a number, a choice, a switch."""
        for call in self._called("add_argument"):
            names = {str(self.constants.value(arg)).lstrip("-").replace("-", "_") for arg in call.args}
            words = {keyword.arg: keyword.value for keyword in call.keywords}
            if name in names or self.constants.value(words.get("dest")) == name:
                kind = self.scopes.resolve(words["type"]) if "type" in words else None
                action = str(self.constants.value(words.get("action")))
                return kind in CLEAN_TYPES or "choices" in words or action.startswith(("store_", "count"))
        return False

    def _call(self, node: ast.Call, deep: int) -> Origin:
        name = self.scopes.resolve(node.func)
        if name in CLEAN:
            return _CONSTANT
        if (known := self._known(f"{name}()" if name else None, node)) is not None:
            return known
        arguments = (*node.args, *(keyword.value for keyword in node.keywords))
        if name in PASSING:
            return self._worst(arguments, deep)
        if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            return self._worst((node.func.value, *arguments), deep)
        if isinstance(node.func, ast.Name | ast.Attribute) and (function := self._local(node.func)) is not None:
            returned = [r.value for r in self._returns(function) if r.value is not None]
            return self._worst(returned, deep) if returned else _UNKNOWN
        return _UNKNOWN

    def _local(self, node: ast.Name | ast.Attribute) -> Function | None:
        name = node.id if isinstance(node, ast.Name) else node.attr
        if isinstance(node, ast.Attribute) and self.scopes.home(node) is None:
            return None
        if self._functions is None:
            self._functions = {}
            for kind in (ast.FunctionDef, ast.AsyncFunctionDef):
                for function in self.scopes.found.get(kind, ()):
                    self._functions.setdefault(function.name, []).append(function)
        named = self._functions.get(name, ())
        return named[0] if len(named) == 1 else None

    def _returns(self, function: Function) -> list[ast.Return]:
        if self._returned is None:
            self._returned = {}
            for node in self.scopes.found.get(ast.Return, ()):
                self._returned.setdefault(self.scopes.scope(node), []).append(node)
        return self._returned.get(function, [])[:_DEEP]

    def _known(self, name: str | None, node: ast.AST) -> Origin | None:
        """Return the origin of a dotted name that the tables know."""
        if name is None:
            return None
        if name in CLEAN:
            return _CONSTANT
        source = SOURCES.get(name)
        while source is None and "." in name:  # what an outside thing has and does is outside too
            name = name.rpartition(".")[0]
            source = SOURCES.get(name)
        if source is None:
            return None
        entry = self._entry(node, name)
        return Origin(Trust.OUTSIDE, source, entry, says=self._says(source, entry))

    def _entry(self, node: ast.AST, name: str) -> ast.AST:
        """Return the node at which a source itself stands: the request whose answer is used here."""
        inner = node
        for _ in range(_DEEP):
            if isinstance(inner, ast.Name):
                values = [b.value for b in self.scopes.lookup(inner.id, inner)[1] if b.value is not None]
                if not values:
                    return inner
                inner = values[0]
            elif self.scopes.resolve(inner) == name:
                holder = self.scopes.parents.get(inner)
                return holder if isinstance(holder, ast.Call) and holder.func is inner else inner
            elif isinstance(inner, ast.Call):
                inner = inner.func
            elif isinstance(inner, ast.Attribute | ast.Await):
                inner = inner.value
            else:
                break
        return node

    def _says(self, source: Source, node: ast.AST) -> str:
        """Return the words for a source; what is fetched by names that speak of a feed is the text of a feed."""
        if source is Source.NETWORK:
            function = next((h for h in self.scopes.above(node) if isinstance(h, Function)), None)
            words = [function.name if function is not None else ""]
            call = next((c for c in (node, *self.scopes.above(node)) if isinstance(c, ast.Call)), None)
            for argument in call.args if call is not None else ():
                words.extend((ast.unparse(argument), str(self.constants.value(argument))))
            if any("feed" in word.lower() for word in words):
                return "text of a feed"
        return WORDS[source]


def _given(call: ast.Call, function: Function, parameter: ast.arg) -> ast.expr | None:
    """Return what a call gives for a parameter, None when it does not say."""
    for keyword in call.keywords:
        if keyword.arg == parameter.arg:
            return keyword.value
    names = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)]
    if parameter.arg not in names:
        return None
    position = names.index(parameter.arg) - (isinstance(call.func, ast.Attribute) and names[0] in {"self", "cls"})
    return call.args[position] if 0 <= position < len(call.args) else None


def _done(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "end_lineno", 0) or 0, getattr(node, "end_col_offset", 0) or 0
