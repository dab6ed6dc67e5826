"""A protocol version that is broken is allowed.

**Sees** `PROTOCOL_SSLv2`, `SSLv3`, `TLSv1`, `TLSv1_1` of ssl and pyOpenSSL in a call or assignment, and
`minimum_version = TLSVersion.SSLv3 / TLSv1 / TLSv1_1`.

**Why it is bad.** These versions can be forced on both sides by somebody between them, and then be broken (POODLE,
BEAST). RFC 8996 withdrew TLS 1.0 and 1.1.

**Misses** ciphers, and versions allowed by the machine's OpenSSL settings.

Bad: `context = ssl.SSLContext(ssl.PROTOCOL_TLSv1)`
Good: `context = ssl.create_default_context()`

See: https://www.rfc-editor.org/rfc/rfc8996
"""

import ast
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_OLD = (
    {f"ssl.PROTOCOL_{name}": name for name in ("SSLv2", "SSLv3", "TLSv1", "TLSv1_1")}
    | {f"ssl.TLSVersion.{name}": name for name in ("SSLv3", "TLSv1", "TLSv1_1")}
    | {f"OpenSSL.SSL.{name}_METHOD": name for name in ("SSLv2", "SSLv3", "TLSv1", "TLSv1_1")}
)


@check(
    nodes=("Call", "Assign"),
    title="An old TLS version is allowed",
    severity="medium",
    confidence="high",
    cwe=326,
    remedy="Use ssl.create_default_context(), which asks for TLS 1.2 or newer.",
    aliases=("B502", "B503", "S502", "S503"),
    references=("https://www.rfc-editor.org/rfc/rfc8996",),
    tags=("attack.t1557",),
)
def code_tls_old(node: ast.Call | ast.Assign, module: Module) -> Iterator[Finding]:
    """Yield a finding for an old protocol version that is handed to a context."""
    if isinstance(node, ast.Assign):
        if any(isinstance(t, ast.Attribute) and t.attr == "minimum_version" for t in node.targets):
            yield from _old([node.value], node, module)
        return
    yield from _old([*node.args, *(keyword.value for keyword in node.keywords)], node, module)


def _old(values: list[ast.expr], node: ast.AST, module: Module) -> Iterator[Finding]:
    for value in values:
        if isinstance(value, ast.Attribute | ast.Name) and (name := module.resolve(value)) in _OLD:
            yield module.finding(node, f"{_OLD[name]} is allowed")
