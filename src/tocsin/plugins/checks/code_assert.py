"""Access is checked by an assert.

**Sees** `assert` on names that speak of rights, sign-in, signatures. Quiet in tests.

**Why it is bad.** `python -O` and `PYTHONOPTIMIZE` leave all asserts out, and with them the check.

**Misses** checks under names that say nothing.

Bad: `assert user.is_admin`
Good: `if not user.is_admin: raise PermissionError("administrators only")`

See: https://docs.python.org/3/reference/simple_stmts.html#the-assert-statement
"""

import ast
import re
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_RIGHTS = re.compile(
    r"^(?:is_|has_|can_|check_|user_|require_|verify_|valid_)*(?:admin|superuser|staff|authenticated|authorized|"
    r"authorised|perm|perms|permission|permissions|logged_in|allowed_user|password|signature|compare_digest|token_valid|"
    r"valid_token|root|scope|scopes)$",
    re.IGNORECASE,
)
_ALONE = {"password", "signature", "scope", "scopes", "root", "token", "permission", "permissions", "perm", "perms",
          "admin", "staff"}


@check(
    nodes=("Assert",), title="Access is checked by an assert", severity="medium", confidence="medium", cwe=617,
    remedy="Raise an error of your own; asserts are left out under -O.",
    aliases=("B101", "S101"), references=("https://docs.python.org/3/reference/simple_stmts.html#the-assert-statement",),
)
def code_assert(node: ast.Assert, module: Module) -> Iterator[Finding]:
    """Yield a finding for an assert that stands where access is decided."""
    name = module.path.replace("\\", "/").rpartition("/")[2]
    if name.startswith(("test_", "conftest")) or "/tests/" in f"/{module.path}":
        return
    if module.scope(node).startswith("test"):
        return
    for part in ast.walk(node.test):
        word = part.attr if isinstance(part, ast.Attribute) else part.id if isinstance(part, ast.Name) else ""
        is_asked = word.lower() not in _ALONE or isinstance(module.parent(part), ast.Call)
        if word and is_asked and _RIGHTS.match(word):
            yield module.finding(node, f"{word} is checked by an assert, which -O leaves out")
            return
