"""A signed token is read without checking its signature.

**Sees** `jwt.decode` (PyJWT, python-jose) with `verify=False`, `options={"verify_signature": False}`, or the algorithm
`none`.

**Why it is bad.** Anyone writes a token that says what they like: user, role, expiry.

**Misses** tokens taken apart by hand. Quiet for `get_unverified_header`, which is how the key is chosen.

Bad: `claims = jwt.decode(token, options={"verify_signature": False})`
Good: `claims = jwt.decode(token, key, algorithms=["RS256"], audience="tool")`

See: https://pyjwt.readthedocs.io/en/stable/usage.html
"""

import ast
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_DECODES = {"jwt.decode", "jwt.decode_complete", "jose.jwt.decode", "jwt.PyJWT().decode", "jose.jws.verify"}


@check(
    nodes=("Call",),
    title="Token's signature is not checked",
    severity="high",
    confidence="high",
    cwe=347,
    remedy="Pass the key and the algorithms that you issue; leave verify_signature on.",
    references=("https://pyjwt.readthedocs.io/en/stable/usage.html",),
    tags=("attack.t1550.001",),
)
def code_jwt(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for a token that is read unchecked."""
    if module.resolve(node.func) not in _DECODES:
        return
    if module.constant(module.keyword(node, "verify")) is False:
        yield module.finding(node, "verify=False: anybody may have written the token")
    elif _is_off(module.keyword(node, "options"), module):
        yield module.finding(node, "verify_signature is off: anybody may have written the token")
    else:
        named = module.constant(module.argument(node, 2, "algorithms"))
        if isinstance(named, list | tuple) and any(str(name).lower() == "none" for name in named):
            yield module.finding(node, "the algorithm none is allowed: anybody may have written the token")


def _is_off(options: ast.expr | None, module: Module) -> bool:
    if isinstance(options, ast.Name):
        values = [binding.value for binding in module.bindings(options)]
        options = values[0] if len(values) == 1 else None
    if not isinstance(options, ast.Dict):
        return False
    pairs = zip(options.keys, options.values, strict=True)
    return any(module.constant(k) == "verify_signature" and module.constant(v) is False for k, v in pairs)
