"""An SSH server's key is not checked.

**Sees** `AutoAddPolicy` and `WarningPolicy` of paramiko, `known_hosts=None` of asyncssh, `StrictHostKeyChecking=no` and
`UserKnownHostsFile=/dev/null` among the arguments of a program.

**Why it is bad.** Whoever stands between takes the password, or the forwarded agent, and sees all that is typed.

**Misses** settings in `~/.ssh/config`.

Bad: `client.set_missing_host_key_policy(paramiko.AutoAddPolicy())`
Good: `client.load_system_host_keys()` and the policy as it is (RejectPolicy)

See: https://docs.paramiko.org/en/stable/api/client.html
"""

import ast
import re
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_POLICIES = {"AutoAddPolicy", "WarningPolicy", "AutoAddPolicy()", "WarningPolicy()"}
_OPTION = re.compile(r"StrictHostKeyChecking[ =]no\b|UserKnownHostsFile[ =]/dev/null", re.IGNORECASE)


@check(
    nodes=("Call",),
    title="SSH server's key is not checked",
    severity="medium",
    confidence="high",
    cwe=322,
    remedy="Load known hosts (load_system_host_keys) and keep RejectPolicy; pin the key of the server.",
    aliases=("B507", "S507"),
    references=("https://docs.paramiko.org/en/stable/api/client.html",),
    tags=("attack.t1557",),
)
def code_ssh_host_key(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding where any server key will do."""
    name = module.resolve(node.func) or ""
    last = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if last == "set_missing_host_key_policy" and node.args:
        policy = module.resolve(node.args[0]) or ""
        if policy.startswith("paramiko.") and policy.rpartition(".")[2] in _POLICIES:
            yield module.finding(node, f"{policy.rpartition('.')[2].rstrip('()')} takes any key")
    elif name.startswith("asyncssh.connect") and (known := module.keyword(node, "known_hosts")) is not None:
        if isinstance(known, ast.Constant) and known.value is None:
            yield module.finding(node, "known_hosts=None takes any key")
    elif name.startswith("subprocess.") and node.args:
        words = node.args[0].elts if isinstance(node.args[0], ast.List | ast.Tuple) else [node.args[0]]
        for word in words:
            text = module.constant(word)
            if isinstance(text, str) and (found := _OPTION.search(text)):
                yield module.finding(node, f"{found[0]} takes any key")
                return
