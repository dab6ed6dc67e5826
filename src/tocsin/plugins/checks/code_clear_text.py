"""A password or token crosses the network in the clear.

**Sees** `login` over ftplib.FTP, smtplib.SMTP without `starttls`, imaplib.IMAP4 and poplib.POP3; telnetlib; requests to
`http://` addresses with `auth=` or an authorization header. Quiet for this machine's own addresses.

**Why it is bad.** Everyone on the way reads it.

**Misses** addresses from settings.

Bad: `requests.get("http://tickets.example.org/api", auth=(user, password))`
Good: `requests.get("https://tickets.example.org/api", auth=(user, password))`

See: https://docs.python.org/3/library/ftplib.html#ftplib.FTP_TLS
"""

import ast
import re
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_LOGINS = {
    "ftplib.FTP().login": "FTP",
    "smtplib.SMTP().login": "SMTP",
    "imaplib.IMAP4().login": "IMAP",
    "poplib.POP3().pass_": "POP3",
}
_VERBS = {"get", "post", "put", "patch", "delete", "head", "request"}
_HTTP = re.compile(r"http://(?!localhost\b|127\.|\[::1\]|0\.0\.0\.0|host\.docker|169\.254\.)", re.IGNORECASE)
_TOKEN = re.compile(r"authorization|x-api-key|bearer|api[-_]?key|token", re.IGNORECASE)


@check(
    nodes=("Call",),
    title="Secret crosses the network in the clear",
    severity="medium",
    confidence="high",
    cwe=319,
    remedy="Use the protected twin: https, FTP_TLS or SFTP, starttls() or SMTP_SSL, IMAP4_SSL, SSH.",
    aliases=("B312", "B321", "B402", "B401", "S312", "S321", "S402", "S401"),
    references=("https://docs.python.org/3/library/ftplib.html#ftplib.FTP_TLS",),
    tags=("attack.t1040",),
)
def code_clear_text(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for a secret that is sent in the clear."""
    name = module.resolve(node.func) or ""
    if name == "telnetlib.Telnet":
        yield module.finding(node, "telnet sends all in the clear")
    elif name in _LOGINS:
        if (name.startswith("ftplib") and not node.args and not node.keywords) or _is_protected(node, module):
            return  # anonymous, or after starttls
        yield module.finding(node, f"the password crosses {_LOGINS[name]} in the clear")
    elif isinstance(node.func, ast.Attribute) and node.func.attr in _VERBS and name.startswith(("requests.", "httpx.")):
        address = module.argument(node, 1 if node.func.attr == "request" else 0, "url")
        if address is not None and _HTTP.match(_begins(address, module)) and _sends_secret(node, module):
            yield module.finding(node, "a token goes to an http:// address")


def _is_protected(node: ast.Call, module: Module) -> bool:
    scope = module.function(node) or module.tree
    return any(isinstance(part, ast.Attribute) and part.attr in {"starttls", "stls"} for part in ast.walk(scope))


def _begins(address: ast.expr, module: Module) -> str:
    """Return what is known of the beginning of an address."""
    known = module.constant(address)
    if isinstance(known, str):
        return known
    match address:
        case ast.JoinedStr(values=[first, *_]) | ast.BinOp(left=first):
            return str(module.constant(first) or "")
    return ""


def _sends_secret(node: ast.Call, module: Module) -> bool:
    if module.keyword(node, "auth") is not None:
        return True
    headers = module.keyword(node, "headers")
    values = [headers] if headers is not None else []
    if isinstance(headers, ast.Name):
        values += [binding.value for binding in module.bindings(headers) if binding.value is not None]
    return any(_TOKEN.search(module.segment(value)) for value in values)
