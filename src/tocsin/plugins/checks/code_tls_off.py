"""The other side's certificate is not checked.

**Sees** `verify=False` on requests, httpx and their sessions, `ssl=False` on aiohttp, `cert_reqs="CERT_NONE"` and
`assert_hostname=False` on urllib3, `verify_mode = ssl.CERT_NONE`, `check_hostname = False`,
`ssl._create_unverified_context`, `session.verify = False`. It says when the call also sends a token.

**Why it is bad.** Anyone on the way can stand in for the other side, read what is sent (tokens) and choose what comes
back (block lists, updates, commands).

**Misses** certificates switched off by the environment (`PYTHONHTTPSVERIFY`), by curl or by another module.

Bad: `requests.get(url, headers={"Authorization": token}, verify=False)`
Good: `requests.get(url, headers={"Authorization": token}, verify="/etc/ssl/own-ca.pem", timeout=10)`

See: https://requests.readthedocs.io/en/latest/user/advanced/#ssl-cert-verification
"""

import ast
import re
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.kit.constants import UNKNOWN
from tocsin.model import Finding

_VERBS = {"get", "post", "put", "patch", "delete", "head", "options", "request", "send", "stream"}
_SENT = ("headers", "auth", "params", "data", "json", "cookies")
_TOKEN = re.compile(r"authorization|token|api[-_]?key|bearer|secret|passw|credential|cookie", re.IGNORECASE)
_OFF = {  # keyword, its values that switch checks off, and what the callee begins with (empty: a verb of a client)
    "verify": ((False,), ""),
    "ssl": ((False,), "aiohttp."),
    "verify_ssl": ((False,), "aiohttp."),
    "cert_reqs": (("CERT_NONE", "NONE"), "urllib3."),
    "assert_hostname": ((False,), "urllib3."),
    "disable_ssl_certificate_validation": ((True,), "httplib2."),
    "validate_certs": ((False,), ""),
}


@check(
    nodes=("Call", "Assign"),
    title="Certificates are not checked",
    severity="medium",
    confidence="high",
    cwe=295,
    remedy="Leave the check on; for an own certificate authority pass its file (verify=PATH, cafile=PATH).",
    aliases=("B501", "B323", "S501", "S323"),
    references=("https://requests.readthedocs.io/en/latest/user/advanced/#ssl-cert-verification",),
    tags=("attack.t1557",),
)
def code_tls_off(node: ast.Call | ast.Assign, module: Module) -> Iterator[Finding]:
    """Yield a finding where certificate checks are switched off."""
    says = _assigned(node, module) if isinstance(node, ast.Assign) else _called(node, module)
    if says is not None:
        yield module.finding(node, says, confidence="medium" if _is_conditional(node, module) else None)


def _called(node: ast.Call, module: Module) -> str | None:
    name = module.resolve(node.func) or ""
    if name in {"ssl._create_unverified_context", "ssl._create_stdlib_context"}:
        return f"{name} checks no certificate"
    for keyword in node.keywords:
        if keyword.arg not in _OFF:
            continue
        values, library = _OFF[keyword.arg]
        known = module.constant(keyword.value)
        if known is UNKNOWN:
            known = (module.resolve(keyword.value) or "").removeprefix("ssl.")
        last = node.func.attr if isinstance(node.func, ast.Attribute) else name.rpartition(".")[2]
        fits = name.startswith(library) if library else last in _VERBS or name.startswith(("requests.", "httpx."))
        if fits and any(known is value or (isinstance(value, str) and known == value) for value in values):
            sends = " on a call that sends a token" if _sends_token(node, module) else ""
            return f"{keyword.arg}={module.segment(keyword.value)}{sends}" + ("" if sends else ": nobody is checked")
    return None


def _sends_token(node: ast.Call, module: Module) -> bool:
    for keyword in node.keywords:
        if keyword.arg == "auth":
            return True
        if keyword.arg in _SENT:
            values = [keyword.value]
            if isinstance(keyword.value, ast.Name):
                values += [b.value for b in module.bindings(keyword.value) if b.value is not None]
            if any(_TOKEN.search(module.segment(value)) for value in values):
                return True
    return False


def _assigned(node: ast.Assign, module: Module) -> str | None:
    for target in node.targets:
        if not isinstance(target, ast.Attribute):
            continue
        value = module.resolve(node.value) or ""
        off = module.constant(node.value) is False
        if target.attr == "verify_mode" and value == "ssl.CERT_NONE":
            return "verify_mode = CERT_NONE: nobody is checked"
        is_own = isinstance(target.value, ast.Name) and target.value.id == "self"  # a context class of its own
        if target.attr == "check_hostname" and off and not is_own and not _asks_nobody(target, module):
            return "check_hostname = False: any valid certificate will do"
        if target.attr == "verify" and off and _is_session(target.value, module):
            return "verify = False on a session: nobody is checked"
        if target.attr == "_create_default_https_context" and value == "ssl._create_unverified_context":
            return "certificate checks are off for the whole program"
    return None


def _is_session(node: ast.expr, module: Module) -> bool:
    name = module.resolve(node)
    return "session" in (module.segment(node) if name is None else name).lower()


def _asks_nobody(target: ast.Attribute, module: Module) -> bool:
    """Return whether the same context asks for no certificate at all, which is a finding of its own."""
    context, scope = module.segment(target.value), module.scope(target)
    return any(
        isinstance(other, ast.Attribute)
        and other.attr == "verify_mode"
        and module.segment(other.value) == context
        and module.scope(other) == scope
        and module.resolve(assigned.value) == "ssl.CERT_NONE"
        for assigned in module.nodes(ast.Assign)
        for other in assigned.targets
    )


def _is_conditional(node: ast.AST, module: Module) -> bool:
    """Return whether an assignment stands under a condition: then there is more to it than can be seen here."""
    if not isinstance(node, ast.Assign):
        return False
    for holder in module.above(node):
        if isinstance(holder, ast.FunctionDef | ast.AsyncFunctionDef):
            return False
        if isinstance(holder, ast.If):
            return True
    return False
