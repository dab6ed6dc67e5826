"""Constants of a Python module: what an expression is known to be without running anything."""

import ast
from collections.abc import Callable
from typing import Any

from tocsin.kit.scopes import How, Scopes

_DEEP = 24  # nested expressions that are folded; what is deeper counts as unknown
_LONG = 1 << 16  # characters of a folded text or elements of a sequence


class Unknown:
    """The answer for what is not constant."""

    def __repr__(self) -> str:
        """Return how the answer is shown."""
        return "UNKNOWN"

    def __bool__(self) -> bool:
        """Return False: an unknown value is no reason to speak."""
        return False


UNKNOWN = Unknown()


class Constants:
    """Folds literals, their sums and formats, and names bound to them once."""

    def __init__(self, scopes: Scopes) -> None:
        self.scopes = scopes
        self._known: dict[ast.AST, Any] = {}

    def value(self, node: ast.AST | None, deep: int = 0) -> Any:
        """Return the value, or UNKNOWN; dictionaries are not folded."""
        if isinstance(node, ast.Constant):
            return node.value
        if node is None or deep > _DEEP:
            return UNKNOWN
        if node in self._known:
            return self._known[node]
        self._known[node] = UNKNOWN
        fold = _FOLDS.get(type(node))
        known = fold(self, node, deep + 1) if fold is not None else UNKNOWN
        self._known[node] = known
        return known

    def name(self, node: ast.Name, deep: int) -> Any:
        """Return the value of a name that is bound once, to a constant."""
        _, bound = self.scopes.lookup(node.id, node)
        if len(bound) != 1 or bound[0].how is not How.WHOLE or isinstance(bound[0].value, ast.AugAssign):
            return UNKNOWN
        if isinstance(self.scopes.parents.get(bound[0].node), ast.AugAssign | ast.withitem):
            return UNKNOWN
        return self.value(bound[0].value, deep)

    def joined(self, node: ast.JoinedStr, deep: int) -> Any:
        """Return the text of an f-string whose parts are known."""
        parts = [self.value(part, deep) for part in node.values]
        return "".join(map(str, parts)) if all(isinstance(p, str | int) for p in parts) else UNKNOWN

    def formatted(self, node: ast.FormattedValue, deep: int) -> Any:
        """Return the text of a part of an f-string; formats are not applied."""
        known = self.value(node.value, deep)
        return str(known) if isinstance(known, str | int) and node.format_spec is None else UNKNOWN

    def binary(self, node: ast.BinOp, deep: int) -> Any:
        """Return the sum of texts, bytes or whole numbers, or a union of whole numbers."""
        left, right = self.value(node.left, deep), self.value(node.right, deep)
        if isinstance(left, int) and isinstance(right, int):
            match node.op:
                case ast.Add():
                    return left + right
                case ast.BitOr():
                    return left | right
                case ast.BitAnd():
                    return left & right
            return UNKNOWN
        if isinstance(node.op, ast.Add) and type(left) is type(right) and isinstance(left, str | bytes | tuple | list):
            return left + right if len(left) + len(right) < _LONG else UNKNOWN
        if isinstance(node.op, ast.Mod) and isinstance(left, str) and right is not UNKNOWN:
            return _percent(left, right)
        return UNKNOWN

    def sequence(self, node: ast.Tuple | ast.List, deep: int) -> Any:
        """Return a tuple or list whose elements are known."""
        parts = [self.value(part, deep) for part in node.elts[:_LONG]]
        if any(part is UNKNOWN for part in parts):
            return UNKNOWN
        return tuple(parts) if isinstance(node, ast.Tuple) else parts

    def unary(self, node: ast.UnaryOp, deep: int) -> Any:
        """Return the negative or the negation."""
        known = self.value(node.operand, deep)
        if known is UNKNOWN:
            return UNKNOWN
        if isinstance(node.op, ast.Not):
            return not known
        return -known if isinstance(node.op, ast.USub) and isinstance(known, int | float) else UNKNOWN

    def either(self, node: ast.IfExp, deep: int) -> Any:
        """Return the value when both branches are known and equal."""
        first, second = self.value(node.body, deep), self.value(node.orelse, deep)
        return first if type(first) is type(second) and first == second else UNKNOWN


def _percent(form: str, values: Any) -> Any:
    """Return a `%` format of short plain values."""
    parts = values if isinstance(values, tuple) else (values,)
    if len(form) > _LONG or form.count("%s") != len(parts) or form.count("%") != len(parts):
        return UNKNOWN
    if not all(isinstance(part, str | int) for part in parts):
        return UNKNOWN
    pieces = form.split("%s")
    return pieces[0] + "".join(str(part) + piece for part, piece in zip(parts, pieces[1:], strict=True))


_FOLDS: dict[type, Callable[[Constants, Any, int], Any]] = {
    ast.Name: Constants.name,
    ast.JoinedStr: Constants.joined,
    ast.FormattedValue: Constants.formatted,
    ast.BinOp: Constants.binary,
    ast.Tuple: Constants.sequence,
    ast.List: Constants.sequence,
    ast.UnaryOp: Constants.unary,
    ast.IfExp: Constants.either,
}
