"""A password stands in the code.

**Sees** a constant text given to a parameter or variable named like a password, or compared with one. Long random
values are seen by the secret kinds, which then speak alone.

**Why it is bad.** Everyone who reads the code, its history or its backups has the password, and it cannot be changed
without changing the code.

**Misses** passwords under names that say nothing. Quiet for empty texts, prompts, names of fields, placeholders.

Bad: `smtp.login("alerts", password="Winter24")`
Good: `smtp.login("alerts", password=os.environ["SMTP_PASSWORD"])`

See: https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html
"""

import ast
import re
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_NAME = re.compile(r"(?:^|_)(?:password|passwd|passphrase|pwd)(?:_?(?:prod|admin|root|db|\d{1,2}))?$", re.IGNORECASE)
_NONE = re.compile(
    r"passw|pwd|passphrase|secret|example|changeme|change_me|placeholder|dummy|your|xxx|\*\*\*|<|>|\{|\}|\$|%|:$|^\W*$|"
    r"^(?:none|null|true|false|required|optional|test|str|string|text|basic|hidden|input)$|\s|/|^-",
    re.IGNORECASE,
)


@check(
    nodes=("keyword", "Assign", "AnnAssign", "Compare"),
    title="Password in the code",
    severity="medium",
    confidence="medium",
    cwe=798,
    remedy="Read it from the environment or a secret store, and change it now.",
    aliases=("B105", "B106", "B107", "S105", "S106", "S107"),
    references=("https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",),
    tags=("attack.t1552.001",),
)
def code_password(node: ast.keyword | ast.Assign | ast.AnnAssign | ast.Compare, module: Module) -> Iterator[Finding]:
    """Yield a finding for a constant password."""
    for name, value in _given(node):
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and _is_password(name, value.value):
            shown = "compared with" if isinstance(node, ast.Compare) else "given to"
            yield module.finding(value, f"a constant text is {shown} {name}", key=name)


def _given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.keyword(arg=str(name), value=value):
            yield name, value
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield _name(target), value
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield _name(target), value
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right]):
            yield _name(left), right
            yield _name(right), left


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return ""


def _is_password(name: str, value: str) -> bool:
    return bool(_NAME.search(name)) and 4 <= len(value) <= 200 and not _NONE.search(value)
