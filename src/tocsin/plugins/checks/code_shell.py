"""Text from outside reaches a shell.

**Sees** a command that is not constant in `os.system`, `os.popen`, `subprocess.getoutput`, in any call of `subprocess`
with `shell=True`, in `asyncio.create_subprocess_shell`, and after `sh -c` in an argument list. It says where the text
comes from when that is seen in the same file: command line, network, a feed, a file, typed input, a web request.

**Why it is bad.** A shell reads `;`, `|`, `$(...)` and newlines as its own. Whoever chooses the text chooses a command,
with the rights of the script: a feed entry, a host name in a log, a file name.

**Misses** what comes through another module, a container or an attribute set elsewhere; programs that start a shell
themselves (`ssh host COMMAND`, `find -exec sh -c`).

Bad: `subprocess.run(f"iptables -A INPUT -s {address} -j DROP", shell=True)`
Good: `subprocess.run(["iptables", "-A", "INPUT", "-s", address, "-j", "DROP"], check=True)`

See: https://docs.python.org/3/library/subprocess.html#security-considerations
"""

import ast
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.kit.known_origins import Source
from tocsin.model import Finding

_ALWAYS = {
    "os.system",
    "os.popen",
    "os.popen2",
    "os.popen3",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "commands.getoutput",
    "commands.getstatusoutput",
    "popen2.popen2",
    "asyncio.create_subprocess_shell",
    "invoke.run",
    "fabric.Connection().run",
    "fabric.Connection().sudo",
}
_ASKED = {f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen")}
_SHELLS = {"sh", "bash", "dash", "zsh", "ksh", "cmd", "cmd.exe", "powershell", "powershell.exe", "pwsh"}
_FLAGS = ("-c", "-lc", "-ec", "-Command", "/c", "/C")


@check(
    nodes=("Call",),
    title="Text from outside reaches a shell",
    severity="high",
    confidence="high",
    cwe=78,
    remedy="Pass a list of arguments without shell=True; where a shell is needed, quote each part with shlex.quote.",
    aliases=("B602", "B605", "B604", "S602", "S604", "S605"),
    references=("https://docs.python.org/3/library/subprocess.html#security-considerations",),
    tags=("attack.t1059",),
)
def code_shell(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for a command that is not constant and reaches a shell."""
    name = module.resolve(node.func)
    command = _command(node, name, module) if name in _ALWAYS or name in _ASKED else None
    if command is None:
        return
    origin = module.origin(command)
    if origin.is_constant:
        return
    if not origin.is_outside:
        yield module.finding(
            node, "a command put together at run time reaches a shell", severity="medium", confidence="low"
        )
        return
    severity = "medium" if origin.source is Source.ENVIRONMENT else "high"
    yield module.finding(node, f"{origin.says} reaches a shell", severity=severity, source=origin.node)


def _command(node: ast.Call, name: str | None, module: Module) -> ast.expr | None:
    first = module.argument(node, 0, "args") or module.argument(node, 0, "cmd") or module.argument(node, 0, "command")
    if name in _ALWAYS or first is None:
        return first
    if isinstance(first, ast.List | ast.Tuple):
        return _after_flag(first, module)
    shell = module.keyword(node, "shell")
    return first if shell is not None and module.constant(shell) else None


def _after_flag(arguments: ast.List | ast.Tuple, module: Module) -> ast.expr | None:
    """Return what stands after `sh -c` in a written list."""
    if len(arguments.elts) < 3 or isinstance(arguments.elts[0], ast.Starred):
        return None
    program = str(module.constant(arguments.elts[0])).replace("\\", "/").rpartition("/")[2]
    if program in _SHELLS and module.constant(arguments.elts[1]) in _FLAGS:
        return arguments.elts[2]
    return None
