"""Expressions of tree-sitter's tree, turned into `ast` nodes (see formats/python_newer.py)."""

import ast
import contextlib
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar

from tree_sitter import Node

N = TypeVar("N", bound=ast.AST)

_BINARY: dict[str, type[ast.operator]] = {
    "+": ast.Add,
    "-": ast.Sub,
    "*": ast.Mult,
    "/": ast.Div,
    "//": ast.FloorDiv,
    "%": ast.Mod,
    "**": ast.Pow,
    "<<": ast.LShift,
    ">>": ast.RShift,
    "|": ast.BitOr,
    "^": ast.BitXor,
    "&": ast.BitAnd,
    "@": ast.MatMult,
}
_COMPARE: dict[str, type[ast.cmpop]] = {
    "==": ast.Eq,
    "!=": ast.NotEq,
    "<>": ast.NotEq,
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
    "is": ast.Is,
    "is not": ast.IsNot,
    "in": ast.In,
    "not in": ast.NotIn,
}
_WORDS = {"true": True, "false": False, "none": None, "ellipsis": ...}
_QUOTES = {"string_start", "string_end"}


def children(node: Node | None) -> Iterable[Node]:
    """Return the named children of a node without its comments."""
    return [child for child in node.named_children if child.type != "comment"] if node is not None else []


def place(made: N, node: Node) -> N:
    """Give a made node the place of its source."""
    (row, column), (end_row, end_column) = node.start_point, node.end_point
    made.lineno, made.col_offset = row + 1, column  # type: ignore[attr-defined]  # as ast itself does
    made.end_lineno, made.end_col_offset = end_row + 1, end_column  # type: ignore[attr-defined]  # as ast itself does
    return made


def stored(target: ast.expr) -> ast.expr:
    """Return the expression as a target of assignment."""
    if isinstance(target, ast.Name | ast.Attribute | ast.Subscript | ast.Starred | ast.Tuple | ast.List):
        target.ctx = ast.Store()
    if isinstance(target, ast.Tuple | ast.List):
        target.elts = [stored(element) for element in target.elts]
    if isinstance(target, ast.Starred):
        target.value = stored(target.value)
    return target


class Expressions:
    """Turns the expressions of one source."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    def text(self, node: Node | None) -> str:
        """Return the source of a node."""
        return self.raw[node.start_byte : node.end_byte].decode("utf-8", "replace") if node is not None else ""

    def expression(self, node: Node | None) -> ast.expr:
        """Return the expression; an unknown one as a tuple of its parts."""
        if node is None:
            return ast.Constant(value=None, lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)
        turn = self._EXPRESSIONS.get(node.type)
        if turn is not None:
            return place(turn(self, node), node)
        return place(ast.Tuple(elts=self.each(children(node)), ctx=ast.Load()), node)

    def each(self, nodes: Iterable[Node]) -> list[ast.expr]:
        """Return the expressions of several nodes."""
        return [self.expression(node) for node in nodes]

    def field(self, node: Node, name: str) -> ast.expr:
        """Return the expression under a field of a node."""
        return self.expression(node.child_by_field_name(name))

    def arguments(self, node: Node | None) -> tuple[list[ast.expr], list[ast.keyword]]:
        """Return the positional and the keyword arguments of a call or class."""
        args: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        if node is not None and node.type == "generator_expression":
            return [self.expression(node)], keywords
        for child in children(node):
            if child.type == "keyword_argument":
                name = self.text(child.child_by_field_name("name"))
                keywords.append(place(ast.keyword(arg=name, value=self.field(child, "value")), child))
            elif child.type == "dictionary_splat":
                keywords.append(place(ast.keyword(arg=None, value=self._only(child)), child))
            else:
                args.append(self.expression(child))
        return args, keywords

    def parameters(self, node: Node | None) -> ast.arguments:
        """Return the parameters of a function or lambda."""
        made = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        for child in children(node):
            kind = child.child_by_field_name("type")
            value = child.child_by_field_name("value")
            inner = child.child_by_field_name("name") or next(iter(children(child)), child)
            named = next(iter(children(inner)), inner)
            annotation = self.expression(kind) if kind is not None else None
            arg = place(ast.arg(arg=self.text(named), annotation=annotation), child)
            if "list_splat_pattern" in (child.type, inner.type):
                made.vararg = arg
            elif "dictionary_splat_pattern" in (child.type, inner.type):
                made.kwarg = arg
            elif child.type in {"identifier", "default_parameter", "typed_parameter", "typed_default_parameter"}:
                made.args.append(arg)
                if value is not None:
                    made.defaults.append(self.expression(value))
        return made

    def _only(self, node: Node) -> ast.expr:
        return self.expression(next(iter(children(node)), None))

    def _call(self, node: Node) -> ast.expr:
        args, keywords = self.arguments(node.child_by_field_name("arguments"))
        return ast.Call(func=self.field(node, "function"), args=args, keywords=keywords)

    def _attribute(self, node: Node) -> ast.expr:
        name = self.text(node.child_by_field_name("attribute"))
        return ast.Attribute(value=self.field(node, "object"), attr=name, ctx=ast.Load())

    def _subscript(self, node: Node) -> ast.expr:
        inner = self.each(node.children_by_field_name("subscript"))
        key = inner[0] if len(inner) == 1 else place(ast.Tuple(elts=inner, ctx=ast.Load()), node)
        return ast.Subscript(value=self.field(node, "value"), slice=key, ctx=ast.Load())

    def _slice(self, node: Node) -> ast.expr:
        parts: list[ast.expr | None] = [None]
        for child in node.children:
            if child.type == ":":
                parts.append(None)
            elif child.type != "comment":
                parts[-1] = self.expression(child)
        lower, upper, step = (*parts, None, None)[:3]
        return ast.Slice(lower=lower, upper=upper, step=step)

    def _number(self, node: Node) -> ast.expr:
        try:
            return ast.Constant(value=ast.literal_eval(self.text(node)))
        except (SyntaxError, ValueError):  # `0777` and `10L` of Python 2
            return ast.Constant(value=0)

    def _string(self, node: Node) -> ast.expr:
        whole = self.text(node)
        prefix = whole[: len(whole) - len(whole.lstrip("rRbBuUfFtT"))].lower()
        if "f" in prefix or "t" in prefix:
            return ast.JoinedStr(values=[self._part(c, prefix) for c in children(node) if c.type not in _QUOTES])
        try:
            return ast.Constant(value=ast.literal_eval(whole))
        except (SyntaxError, ValueError):  # a backtick or `ur''` of Python 2
            return ast.Constant(value="".join(self.text(c) for c in children(node) if c.type == "string_content"))

    def _part(self, node: Node, prefix: str) -> ast.expr:
        if node.type != "interpolation":
            text = self.text(node).replace("{{", "{").replace("}}", "}")
            if "\\" in text and "r" not in prefix:
                with contextlib.suppress(SyntaxError, ValueError):  # quotes at an edge: as written is near enough
                    text = str(ast.literal_eval(f'"""{text}"""'))
            return place(ast.Constant(value=text), node)
        value = self.field(node, "expression")
        return place(ast.FormattedValue(value=value, conversion=-1, format_spec=None), node)

    def _strings(self, node: Node) -> ast.expr:
        parts = self.each(children(node))
        values = [part.value for part in parts if isinstance(part, ast.Constant)]
        if len(values) == len(parts) and all(isinstance(v, str) for v in values):
            return ast.Constant(value="".join(str(v) for v in values))
        if len(values) == len(parts) and all(isinstance(v, bytes) for v in values):
            return ast.Constant(value=b"".join(v for v in values if isinstance(v, bytes)))
        flat = [inner for part in parts for inner in (part.values if isinstance(part, ast.JoinedStr) else [part])]
        return ast.JoinedStr(values=flat)

    def _binary(self, node: Node) -> ast.expr:
        operator = _BINARY.get(self.text(node.child_by_field_name("operator")), ast.Add)()
        return ast.BinOp(left=self.field(node, "left"), op=operator, right=self.field(node, "right"))

    def _boolean(self, node: Node) -> ast.expr:
        op = ast.And() if self.text(node.child_by_field_name("operator")) == "and" else ast.Or()
        return ast.BoolOp(op=op, values=[self.field(node, "left"), self.field(node, "right")])

    def _compare(self, node: Node) -> ast.expr:
        parts = self.each(children(node)) or [self.expression(None)]
        signs = [" ".join(self.text(o).split()) for o in node.children_by_field_name("operators")]
        ops = [_COMPARE.get(sign, ast.Eq)() for sign in signs]
        return ast.Compare(left=parts[0], ops=ops, comparators=parts[1:])

    def _unary(self, node: Node) -> ast.expr:
        sign = self.text(node.child_by_field_name("operator"))
        op: ast.unaryop = ast.USub() if sign == "-" else ast.Invert() if sign == "~" else ast.UAdd()
        return ast.UnaryOp(op=op, operand=self.field(node, "argument"))

    def _not(self, node: Node) -> ast.expr:
        return ast.UnaryOp(op=ast.Not(), operand=self.field(node, "argument"))

    def _conditional(self, node: Node) -> ast.expr:
        parts = [*self.each(children(node)), *[self.expression(None)] * 3]
        return ast.IfExp(body=parts[0], test=parts[1], orelse=parts[2])

    def _dictionary(self, node: Node) -> ast.expr:
        keys: list[ast.expr | None] = []
        values: list[ast.expr] = []
        for child in children(node):
            is_pair = child.type == "pair"
            keys.append(self.field(child, "key") if is_pair else None)
            values.append(self.field(child, "value") if is_pair else self._only(child))
        return ast.Dict(keys=keys, values=values)

    def _comprehension(self, node: Node) -> ast.expr:
        body = node.child_by_field_name("body")
        loops: list[ast.comprehension] = []
        for child in children(node):
            if child.type == "for_in_clause":
                target = stored(self.field(child, "left"))
                loops.append(ast.comprehension(target=target, iter=self.field(child, "right"), ifs=[], is_async=0))
            elif child.type == "if_clause" and loops:
                loops[-1].ifs.append(self._only(child))
        if body is not None and body.type == "pair":
            return ast.DictComp(key=self.field(body, "key"), value=self.field(body, "value"), generators=loops)
        kinds = {"set_comprehension": ast.SetComp, "generator_expression": ast.GeneratorExp}
        return kinds.get(node.type, ast.ListComp)(elt=self.expression(body), generators=loops)

    def _lambda(self, node: Node) -> ast.expr:
        return ast.Lambda(args=self.parameters(node.child_by_field_name("parameters")), body=self.field(node, "body"))

    def _named(self, node: Node) -> ast.expr:
        target = stored(self.field(node, "name"))
        return ast.NamedExpr(target=target, value=self.field(node, "value"))  # type: ignore[arg-type]  # a Name by grammar

    def _name(self, node: Node) -> ast.expr:
        return ast.Name(id=self.text(node), ctx=ast.Load())

    def _tuple(self, node: Node) -> ast.expr:
        return ast.Tuple(elts=self.each(children(node)), ctx=ast.Load())

    def _list(self, node: Node) -> ast.expr:
        return ast.List(elts=self.each(children(node)), ctx=ast.Load())

    def _set(self, node: Node) -> ast.expr:
        return ast.Set(elts=self.each(children(node)))

    def _starred(self, node: Node) -> ast.expr:
        return ast.Starred(value=self._only(node), ctx=ast.Load())

    def _await(self, node: Node) -> ast.expr:
        return ast.Await(value=self._only(node))

    def _yield(self, node: Node) -> ast.expr:
        return ast.Yield(value=self._only(node))

    def _word(self, node: Node) -> ast.expr:
        return ast.Constant(value=_WORDS[node.type])

    _EXPRESSIONS: ClassVar[dict[str, Callable[[Any, Node], ast.expr]]] = {
        "identifier": _name,
        "keyword_identifier": _name,
        "call": _call,
        "attribute": _attribute,
        "subscript": _subscript,
        "slice": _slice,
        "integer": _number,
        "float": _number,
        "string": _string,
        "concatenated_string": _strings,
        "binary_operator": _binary,
        "boolean_operator": _boolean,
        "comparison_operator": _compare,
        "unary_operator": _unary,
        "not_operator": _not,
        "conditional_expression": _conditional,
        "dictionary": _dictionary,
        "list_comprehension": _comprehension,
        "set_comprehension": _comprehension,
        "dictionary_comprehension": _comprehension,
        "generator_expression": _comprehension,
        "lambda": _lambda,
        "named_expression": _named,
        "tuple": _tuple,
        "expression_list": _tuple,
        "pattern_list": _tuple,
        "tuple_pattern": _tuple,
        "list": _list,
        "list_pattern": _list,
        "set": _set,
        "list_splat": _starred,
        "list_splat_pattern": _starred,
        "await": _await,
        "yield": _yield,
        "true": _word,
        "false": _word,
        "none": _word,
        "ellipsis": _word,
        "parenthesized_expression": _only,
        "type": _only,
        "as_pattern_target": _only,
    }
