"""An SQL statement is put together from text.

**Sees** `execute`, `executemany`, `executescript`, `raw`, `read_sql`, `sqlalchemy.text` with a statement built by
f-string, `%`, `+` or `format` from what is not constant. It says where the text comes from when that is seen.

**Why it is bad.** A quote in the text ends the value and begins SQL: reading, changing or dropping other tables.

**Misses** statements put together in another module, and query builders. Quiet for lists of placeholders, constants of
the module, numbers, and for names in `create`, `drop`, `alter`, `grant`, which take no parameters, unless they come
from outside.

Bad: `db.execute(f"select * from hits where ip = '{address}'")`
Good: `db.execute("select * from hits where ip = ?", (address,))`

See: https://cheatsheetseries.owasp.org/cheatsheets/SQL_Injection_Prevention_Cheat_Sheet.html
"""

import ast
import re
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_METHODS = {"execute", "executemany", "executescript", "raw", "read_sql", "read_sql_query", "exec_driver_sql", "text"}
_SQL = re.compile(
    r"\s*(?:select\b.+?\bfrom\b|insert\s+into\b|replace\s+into\b|update\b.+?\bset\b|delete\s+from\b|create\s+\w+\b|"
    r"drop\s+\w+\b|alter\s+\w+\b|with\b.+?\bas\b|grant\b.+?\bto\b|truncate\s+\w+|attach\s+|union\b)",
    re.IGNORECASE | re.DOTALL,
)
_NAMES_THINGS = re.compile(r"\s*(?:create|drop|alter|grant|truncate|attach)\b", re.IGNORECASE)  # takes no parameters
_GAP = "\0"


@check(
    nodes=("Call",),
    title="SQL is put together from text",
    severity="medium",
    confidence="medium",
    cwe=89,
    remedy="Pass values beside the statement (?, %s, :name); choose names of tables from a fixed list.",
    aliases=("B608", "S608"),
    references=("https://cheatsheetseries.owasp.org/cheatsheets/SQL_Injection_Prevention_Cheat_Sheet.html",),
    tags=("attack.t1190",),
)
def code_sql(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for a statement that is built from text."""
    if not isinstance(node.func, ast.Attribute | ast.Name) or not node.args:
        return
    last = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
    if last not in _METHODS or (last == "text" and module.resolve(node.func) not in _TEXTS):
        return
    statement = _built(node.args[0], module)
    if statement is None or not _SQL.match(_pieces(statement, module)):
        return
    origin = module.origin(statement)
    if origin.is_outside:
        yield module.finding(node, f"{origin.says} becomes SQL", severity="high", source=origin.node)
    elif not origin.is_constant and not _NAMES_THINGS.match(_pieces(statement, module)):
        yield module.finding(node, "SQL is put together from text", confidence="low")


_TEXTS = {"sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text"}


def _built(node: ast.expr, module: Module) -> ast.expr | None:
    """Return the expression that builds a statement, here or where its name is bound."""
    if isinstance(node, ast.Name):
        values = [binding.value for binding in module.bindings(node) if binding.value is not None]
        node = next((value for value in values if not isinstance(value, ast.Name | ast.Constant)), node)
    match node:
        case ast.JoinedStr() | ast.BinOp(op=ast.Add() | ast.Mod()):
            return node
        case ast.Call(func=ast.Attribute(attr="format")):
            return node
    return None


def _pieces(node: ast.AST, module: Module, deep: int = 0) -> str:
    """Return the constant text of a built statement, with a gap for what is not known."""
    known = module.constant(node)
    if isinstance(known, str):
        return known
    if deep > 20:
        return _GAP
    match node:
        case ast.JoinedStr(values=values):
            return "".join(_pieces(value, module, deep + 1) for value in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _pieces(left, module, deep + 1) + _pieces(right, module, deep + 1)
        case ast.BinOp(left=inner) | ast.Call(func=ast.Attribute(value=inner)):
            return _pieces(inner, module, deep + 1)
    return _GAP
