"""A request may wait for ever.

**Sees** calls of requests and its sessions, and `urllib.request.urlopen`, without `timeout`.

**Why it is bad.** A server that never answers stops the script: a block list is not renewed, an alert not sent, a
scheduled job runs into the next one.

**Misses** clients with other ways to set it (adapters, `socket.setdefaulttimeout`: then the file is quiet). httpx has a
timeout of its own.

Bad: `requests.get(url)`
Good: `requests.get(url, timeout=10)`

See: https://requests.readthedocs.io/en/latest/user/advanced/#timeouts
"""

import ast
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")
_CALLS = {f"{client}.{verb}" for client in ("requests", "requests.Session()", "requests.session()") for verb in _VERBS}
_OPEN = {"urllib.request.urlopen": 2, "urllib2.urlopen": 2}


@check(
    nodes=("Call",),
    title="Request may wait for ever",
    severity="low",
    confidence="high",
    cwe=400,
    remedy="Give timeout=SECONDS with each request.",
    aliases=("B113", "S113"),
    references=("https://requests.readthedocs.io/en/latest/user/advanced/#timeouts",),
)
def code_no_timeout(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for a request without a timeout."""
    name = module.resolve(node.func) or ""
    if name not in _CALLS and name not in _OPEN:
        return
    if module.keyword(node, "timeout") is not None or any(keyword.arg is None for keyword in node.keywords):
        return
    if name in _OPEN and (len(node.args) > _OPEN[name] or "setdefaulttimeout" in module.text):
        return
    if name.startswith("requests.") and ".mount(" in module.text and "()" in name:
        return
    yield module.finding(node, f"{name} without timeout")
