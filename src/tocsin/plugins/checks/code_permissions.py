"""A file is made writable for everybody.

**Sees** `chmod` with a constant mode that lets others write, and `umask(0)`.

**Why it is bad.** Any user of the machine changes the file; if it is a script, a unit or a list that root reads, they
act as root.

**Misses** modes from settings and programs (`chmod` in a shell). Quiet for the sticky bit, as on `/tmp`.

Bad: `os.chmod(path, 0o777)`
Good: `os.chmod(path, 0o750)`

See: https://docs.python.org/3/library/os.html#os.chmod
"""

import ast
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_BITS = {"stat.S_IWOTH": 0o002, "stat.S_IRWXO": 0o007, "stat.S_IRWXU": 0o700, "stat.S_IRWXG": 0o070}
_OTHERS_WRITE = 0o002
_STICKY = 0o1000


@check(
    nodes=("Call",),
    title="File is writable for everybody",
    severity="medium",
    confidence="high",
    cwe=732,
    remedy="Give write permission to the owner only (0o640, 0o750); share through a group.",
    aliases=("B103", "S103"),
    references=("https://docs.python.org/3/library/os.html#os.chmod",),
    tags=("attack.t1222",),
)
def code_permissions(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for a mode that lets others write."""
    name = module.resolve(node.func) or ""
    if name == "os.umask" and node.args and module.constant(node.args[0]) == 0:
        if not isinstance(module.parent(node), ast.Assign | ast.NamedExpr):  # kept to be set back: a question
            yield module.finding(node, "umask 0: new files are writable for everybody")
        return
    if name in {"os.chmod", "os.fchmod", "os.lchmod"}:
        mode = module.argument(node, 1, "mode")
    elif isinstance(node.func, ast.Attribute) and node.func.attr == "chmod" and not name.startswith("os."):
        mode = module.argument(node, 0, "mode") if len(node.args) <= 1 else None
    else:
        return
    bits = _bits(mode, module, 0)
    if bits & _OTHERS_WRITE and not bits & _STICKY:
        yield module.finding(node, f"mode {bits:#o} lets everybody write")


def _bits(mode: ast.expr | None, module: Module, deep: int) -> int:
    """Return the bits that are known to be set."""
    known = module.constant(mode)
    if isinstance(known, int):
        return known
    if isinstance(mode, ast.BinOp) and isinstance(mode.op, ast.BitOr) and deep < 12:
        return _bits(mode.left, module, deep + 1) | _bits(mode.right, module, deep + 1)
    return _BITS.get(module.resolve(mode) or "", 0)
