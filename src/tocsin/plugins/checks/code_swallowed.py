"""An error of a security check is swallowed.

**Sees** a handler for everything (`except:`, `except Exception:`) that only passes on, goes on, or returns True, around
a call whose name speaks of verifying, signing in, rights.

**Why it is bad.** The check fails open: whoever makes it stumble is let in, and nobody is told.

**Misses** handlers that log and go on, and checks under names that say nothing.

Bad: `try: verify(signature)` / `except Exception: pass`
Good: `except InvalidSignature: raise Refused("signature is wrong") from None`

See: https://cwe.mitre.org/data/definitions/636.html
"""

import ast
import re
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_CHECKS = re.compile(
    r"^_?(?:verify|authenticate|authorize|authorise|check_(?:password|permission|permissions|signature|access|token|auth)|"
    r"validate_(?:token|signature|cert|certificate|user|access)|compare_digest|check_hostname|match_hostname|"
    r"require_\w+|verify_\w+|ensure_(?:auth|access|perm)\w*)$",
    re.IGNORECASE,
)
_EVERYTHING = {"Exception", "BaseException", None}


@check(
    nodes=("ExceptHandler",),
    title="Error of a security check is swallowed",
    severity="medium",
    confidence="medium",
    cwe=636,
    remedy="Catch the one error that is meant, and refuse; let all others out.",
    aliases=("B110", "B112", "S110", "S112"),
    references=("https://cwe.mitre.org/data/definitions/636.html",),
)
def code_swallowed(node: ast.ExceptHandler, module: Module) -> Iterator[Finding]:
    """Yield a finding for a security check that fails open."""
    if node.type is not None and module.resolve(node.type) not in _EVERYTHING:
        return
    if not all(_lets_in(statement) for statement in node.body):
        return
    guarded = module.parent(node)
    if not isinstance(guarded, ast.Try) or any(_refuses(statement) for statement in guarded.orelse):
        return
    for statement in guarded.body:
        for call in (part for part in ast.walk(statement) if isinstance(part, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if _CHECKS.match(name):
                yield module.finding(node, f"an error of {name} is swallowed", key=name)
                return


def _lets_in(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Continue() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Return(value=ast.Constant(value=True)):
            return True
    return False


def _refuses(statement: ast.stmt) -> bool:
    """Return whether success is what leaves the block: then passing on the error is refusing."""
    return isinstance(statement, ast.Return | ast.Break)
