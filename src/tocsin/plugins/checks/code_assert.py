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
    r"(?:is|has|can|check|user|require|verify|valid|validate)_\w{0,30}(?:admin|superuser|staff|perms?|permissions?|access|"
    r"password|signature|logged_in)|(?:has|check|require|verify|valid|validate)_\w{0,30}(?:token|scope|role)|"
    r"(?:is_)?(?:authenticated|authorized|authorised|superuser)|compare_digest|checkpw",
    re.IGNORECASE,
)


@check(
    nodes=("Assert",),
    title="Access is checked by an assert",
    severity="medium",
    confidence="medium",
    cwe=617,
    remedy="Raise an error of your own; asserts are left out under -O.",
    aliases=("B101", "S101"),
    references=("https://docs.python.org/3/reference/simple_stmts.html#the-assert-statement",),
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
        if _RIGHTS.fullmatch(word):
            yield module.finding(node, f"{word} is checked by an assert, which -O leaves out")
            return
