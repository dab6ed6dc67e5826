"""A script is fetched and run in one breath.

**Sees** constant commands that pipe `curl` or `wget` into a shell or Python, in `os.system` and `subprocess`.

**Why it is bad.** Whoever holds the server, or the way to it, runs code here; a browser may be shown another text.

**Misses** the same in two steps, and commands that are not constant (`code-shell` speaks of those).

Bad: `os.system("curl -s https://tools.example.org/install.sh | sh")`
Good: fetch, compare the digest with the one that was reviewed, then run the file

See: https://cwe.mitre.org/data/definitions/494.html
"""

import ast
import re
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_CALLS = {
    "os.system",
    "os.popen",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    *(f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen")),
}
_PIPED = re.compile(
    r"\b(?:curl|wget)\b[^|;&]{0,400}\|\s*(?:sudo\s+(?:-\w+\s+)?)?(?:/[\w/]*/)?(?:(?:ba|z|da|k)?sh|python3?)\b"
)
_NESTED = re.compile(r"\b(?:ba|z|da|k)?sh\b[^|;&]{0,40}(?:<\(|\$\(|`)\s*(?:curl|wget)\b")


@check(
    nodes=("Call",),
    title="Script is fetched and run in one breath",
    severity="high",
    confidence="high",
    cwe=494,
    remedy="Fetch to a file, compare its digest with the one that was reviewed, then run it.",
    references=("https://cwe.mitre.org/data/definitions/494.html",),
    tags=("attack.t1059.004", "attack.t1105"),
)
def code_pipe_to_shell(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for a fetched script that goes straight into a shell."""
    if module.resolve(node.func) not in _CALLS or not node.args:
        return
    known = module.constant(node.args[0])
    text = " ".join(map(str, known)) if isinstance(known, list | tuple) else known
    if isinstance(text, str) and (_PIPED.search(text) or _NESTED.search(text)):
        yield module.finding(node, "what is fetched goes straight into a shell")
