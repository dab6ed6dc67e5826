"""Python source that the running Python cannot parse: tree-sitter's tree, turned into `ast` nodes.

Statements are turned here, expressions in formats/python_newer_expressions.py. The nodes are those that a reader of
calls, imports, assignments and scopes needs. What has no counterpart keeps its parts: an unknown statement becomes an
expression, an unknown expression a tuple, so that a call inside it is still seen.
"""

import ast
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import tree_sitter
import tree_sitter_python
from tree_sitter import Node

from tocsin.formats.python_newer_expressions import Expressions, children, place, stored

Broken = list[tuple[int, int]]  # first and last lines that tree-sitter could not read either

_LANGUAGE = tree_sitter.Language(tree_sitter_python.language())
_EMPTY = {"pass_statement": ast.Pass, "break_statement": ast.Break, "continue_statement": ast.Continue}
_SPARED = {"type_parameter", "type"}  # a default of a type parameter (PEP 696) breaks nothing that we look at


def newer(text: str) -> tuple[ast.Module, Broken] | None:
    """Return the tree and the lines missing from it; None when nested too deeply."""
    raw = text.encode("utf-8", "surrogatepass")
    root = tree_sitter.Parser(_LANGUAGE).parse(raw).root_node
    turn = Statements(raw)
    try:
        body = turn.block(root)
    except RecursionError:
        return None
    return ast.Module(body=body, type_ignores=[]), _broken(root) if root.has_error else []


def _broken(root: Node) -> Broken:
    """Return the lines of errors, joined where they touch; only subtrees that hold an error are entered."""
    spans: Broken = []
    stack = [root]
    while stack:
        node = stack.pop()
        if (node.is_error or node.is_missing) and not _harmless(node):
            spans.append((node.start_point[0] + 1, max(node.end_point[0], node.start_point[0]) + 1))
        elif node.has_error:
            stack.extend(node.children)
    joined: Broken = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _harmless(node: Node) -> bool:
    parent, after = node.parent, node.next_sibling
    if parent is not None and parent.type in _SPARED:
        return True
    lazy = node.is_error and node.text == b"lazy"  # `lazy import x` (PEP 810)
    return lazy and after is not None and after.type in {"import_statement", "import_from_statement"}


class Statements(Expressions):
    """Turns the statements of one source."""

    def block(self, node: Node | None) -> list[ast.stmt]:
        """Return the statements of a module or block; `pass` for none."""
        made: list[ast.stmt] = []
        for child in children(node):
            made.extend(self.statements(child))
        return made or [ast.Pass(lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)]

    def statements(self, node: Node) -> Iterable[ast.stmt]:
        """Return the statement of one node, or the parts of an unknown one."""
        turn = self._STATEMENTS.get(node.type)
        if node.type == "decorated_definition":
            return [self._decorated(node)]
        if turn is not None:
            return [place(turn(self, node), node)]
        if node.type == "expression_statement":
            return [self._expression_statement(node, child) for child in children(node)]
        if node.type in _EMPTY:
            return [place(_EMPTY[node.type](), node)]
        if node.type in {"ERROR", "block", "module"}:
            return self.block(node)
        return [place(ast.Expr(value=self.expression(node)), node)]

    def _expression_statement(self, node: Node, child: Node) -> ast.stmt:
        if child.type == "assignment":
            return place(self._assignment(child), node)
        if child.type == "augmented_assignment":
            target = stored(self.expression(child.child_by_field_name("left")))
            value = self.expression(child.child_by_field_name("right"))
            changed = ast.AugAssign(target=target, op=ast.Add(), value=value)  # type: ignore[arg-type]  # any target
            return place(changed, node)
        return place(ast.Expr(value=self.expression(child)), node)

    def _assignment(self, node: Node) -> ast.stmt:
        left, right, kind = (node.child_by_field_name(name) for name in ("left", "right", "type"))
        target = stored(self.expression(left))
        if kind is not None:
            value = self.expression(right) if right is not None else None
            annotation = self.expression(kind)
            made: ast.stmt = ast.AnnAssign(target, annotation, value, simple=1)  # type: ignore[call-overload]  # any target
            return made
        targets = [target]
        while right is not None and right.type == "assignment":
            targets.append(stored(self.expression(right.child_by_field_name("left"))))
            right = right.child_by_field_name("right")
        return ast.Assign(targets=targets, value=self.expression(right), lineno=node.start_point[0] + 1)

    def _function(self, node: Node) -> ast.stmt:
        is_async = any(child.type == "async" for child in node.children)
        make = ast.AsyncFunctionDef if is_async else ast.FunctionDef
        kind = node.child_by_field_name("return_type")
        made: ast.stmt = make(
            name=self.text(node.child_by_field_name("name")),
            args=self.parameters(node.child_by_field_name("parameters")),
            body=self.block(node.child_by_field_name("body")),
            decorator_list=[],
            returns=self.expression(kind) if kind is not None else None,
            lineno=node.start_point[0] + 1,
        )
        return made

    def _class(self, node: Node) -> ast.stmt:
        args, keywords = self.arguments(node.child_by_field_name("superclasses"))
        made: ast.stmt = ast.ClassDef(
            name=self.text(node.child_by_field_name("name")),
            bases=args,
            keywords=keywords,
            body=self.block(node.child_by_field_name("body")),
            decorator_list=[],
        )
        return made

    def _decorated(self, node: Node) -> ast.stmt:
        definition = node.child_by_field_name("definition")
        if definition is None:
            return place(ast.Pass(), node)
        made = next(iter(self.statements(definition)))
        if isinstance(made, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            marks = [child for child in children(node) if child.type == "decorator"]
            made.decorator_list = [self.expression(inner) for mark in marks for inner in children(mark)]
        return made

    def _import(self, node: Node) -> ast.stmt:
        return ast.Import(names=self._aliases(node.children_by_field_name("name")))

    def _from(self, node: Node) -> ast.stmt:
        named = node.child_by_field_name("module_name")
        source = "".join(self.text(named).split()) if named is not None else "__future__"
        level = len(source) - len(source.lstrip("."))
        names = self._aliases(node.children_by_field_name("name")) or [ast.alias(name="*")]
        return ast.ImportFrom(module=source[level:] or None, names=names, level=level)

    def _aliases(self, nodes: Iterable[Node]) -> list[ast.alias]:
        made = []
        for node in nodes:
            alias = node.child_by_field_name("alias")
            name = node.child_by_field_name("name") if node.type == "aliased_import" else node
            made.append(place(ast.alias(name=self.text(name), asname=self.text(alias) if alias else None), node))
        return made

    def _if(self, node: Node) -> ast.stmt:
        made = ast.If(
            test=self.expression(node.child_by_field_name("condition")),
            body=self.block(node.child_by_field_name("consequence")),
            orelse=[],
        )
        last = made
        for other in node.children_by_field_name("alternative"):
            if other.type == "elif_clause":
                inner = self._if(other)
                last.orelse = [place(inner, other)]
                last = inner  # type: ignore[assignment]  # _if makes an If
            else:
                last.orelse = self.block(other.child_by_field_name("body"))
        return made

    def _while(self, node: Node) -> ast.stmt:
        test = self.expression(node.child_by_field_name("condition"))
        return ast.While(test=test, body=self.block(node.child_by_field_name("body")), orelse=self._else(node))

    def _for(self, node: Node) -> ast.stmt:
        make = ast.AsyncFor if any(child.type == "async" for child in node.children) else ast.For
        made: ast.stmt = make(
            target=stored(self.expression(node.child_by_field_name("left"))),
            orelse=self._else(node),
            iter=self.expression(node.child_by_field_name("right")),
            body=self.block(node.child_by_field_name("body")),
        )
        return made

    def _else(self, node: Node) -> list[ast.stmt]:
        other = node.child_by_field_name("alternative")
        return self.block(other.child_by_field_name("body")) if other is not None else []

    def _try(self, node: Node) -> ast.stmt:
        made = ast.Try(body=self.block(node.child_by_field_name("body")), handlers=[], orelse=[], finalbody=[])
        for child in children(node):
            blocks = [part for part in children(child) if part.type == "block"]
            if child.type in {"except_clause", "except_group_clause"}:
                made.handlers.append(place(self._handler(child, blocks), child))
            elif child.type == "else_clause":
                made.orelse = self.block(child.child_by_field_name("body"))
            elif child.type == "finally_clause":
                made.finalbody = self.block(blocks[0] if blocks else None)
        return made

    def _handler(self, node: Node, blocks: list[Node]) -> ast.ExceptHandler:
        name = None
        kinds: list[ast.expr] = []
        for value in node.children_by_field_name("value"):
            if value.type == "as_pattern":
                alias = value.child_by_field_name("alias")
                name = self.text(alias) if alias is not None else None
                value = next(iter(children(value)), value)
            kinds.append(self.expression(value))
        kind = kinds[0] if len(kinds) == 1 else place(ast.Tuple(elts=kinds, ctx=ast.Load()), node) if kinds else None
        return ast.ExceptHandler(type=kind, name=name, body=self.block(blocks[-1] if blocks else None))

    def _with(self, node: Node) -> ast.stmt:
        items = []
        for item in (part for clause in children(node) if clause.type == "with_clause" for part in children(clause)):
            value = item.child_by_field_name("value") or item
            target = None
            if value.type == "as_pattern":
                alias = value.child_by_field_name("alias")
                target = stored(self.expression(next(iter(children(alias)), alias))) if alias is not None else None
                value = next(iter(children(value)), value)
            items.append(ast.withitem(context_expr=self.expression(value), optional_vars=target))
        make = ast.AsyncWith if any(child.type == "async" for child in node.children) else ast.With
        made: ast.stmt = make(items=items, body=self.block(node.child_by_field_name("body")))
        return made

    def _return(self, node: Node) -> ast.stmt:
        value = next(iter(children(node)), None)
        return ast.Return(value=self.expression(value) if value is not None else None)

    def _raise(self, node: Node) -> ast.stmt:
        parts = [self.expression(child) for child in children(node)]
        return ast.Raise(exc=parts[0] if parts else None, cause=parts[1] if len(parts) > 1 else None)

    def _assert(self, node: Node) -> ast.stmt:
        parts = [self.expression(child) for child in children(node)] or [self.expression(None)]
        return ast.Assert(test=parts[0], msg=parts[1] if len(parts) > 1 else None)

    def _global(self, node: Node) -> ast.stmt:
        return ast.Global(names=[self.text(child) for child in children(node)])

    def _match(self, node: Node) -> ast.stmt:
        subject = self.expression(node.child_by_field_name("subject"))
        cases: list[ast.stmt] = []
        for clause in children(node.child_by_field_name("body")):
            guard = clause.child_by_field_name("guard")
            test = self.expression(next(iter(children(guard)), None)) if guard is not None else self.expression(None)
            body = self.block(clause.child_by_field_name("consequence"))
            cases.append(place(ast.If(test=test, body=body, orelse=[]), clause))
        return ast.If(test=subject, body=cases or [place(ast.Pass(), node)], orelse=[])

    def _statement_call(self, node: Node) -> ast.stmt:
        """Return `print x` and `exec x` of Python 2 as the calls that they mean."""
        name = place(ast.Name(id=node.type.partition("_")[0], ctx=ast.Load()), node)
        args = [self.expression(child) for child in children(node)]
        return ast.Expr(value=place(ast.Call(func=name, args=args, keywords=[]), node))

    _STATEMENTS: ClassVar[dict[str, Callable[[Any, Node], ast.stmt]]] = {
        "function_definition": _function,
        "class_definition": _class,
        "import_statement": _import,
        "import_from_statement": _from,
        "future_import_statement": _from,
        "if_statement": _if,
        "while_statement": _while,
        "for_statement": _for,
        "try_statement": _try,
        "with_statement": _with,
        "return_statement": _return,
        "raise_statement": _raise,
        "assert_statement": _assert,
        "global_statement": _global,
        "nonlocal_statement": _global,
        "match_statement": _match,
        "print_statement": _statement_call,
        "exec_statement": _statement_call,
    }
