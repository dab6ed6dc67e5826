"""A secret is made with numbers that can be foretold.

**Sees** functions of `random` and `numpy.random` where the names around speak of tokens, passwords, keys, nonces.

**Why it is bad.** The Mersenne Twister is known after 624 of its outputs; a token made with it can be guessed.

**Misses** secrets under names that say nothing. Quiet for `random.SystemRandom`, for samples, jitter, shuffling.

Bad: `token = "".join(random.choices(string.ascii_letters, k=32))`
Good: `token = secrets.token_urlsafe(32)`

See: https://docs.python.org/3/library/secrets.html
"""

import ast
import re
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_MAKES = (
    {
        f"random.{name}"
        for name in (
            "random",
            "randint",
            "randrange",
            "choice",
            "choices",
            "sample",
            "getrandbits",
            "randbytes",
            "uniform",
            "shuffle",
        )
    }
    | {f"random.Random().{name}" for name in ("random", "randint", "choice", "choices", "sample", "getrandbits")}
    | {f"numpy.random.{name}" for name in ("rand", "randint", "choice", "bytes", "random")}
)
_SECRET = re.compile(
    r"passw|passphrase|pwd|(?<![a-z])(?:otp|pin|salt|nonce|csrf|iv)(?![a-z])|token(?!iz)|secret|"
    r"(?:api|secret|session|private|encrypt\w*|aes|signing|access|recovery|reset)[_ ]?(?:key|id|code)"
)


@check(
    nodes=("Call",),
    title="Secret made with foretellable numbers",
    severity="medium",
    confidence="medium",
    cwe=338,
    remedy="Use the secrets module: token_hex, token_urlsafe, choice.",
    aliases=("B311", "S311"),
    references=("https://docs.python.org/3/library/secrets.html",),
)
def code_weak_random(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for a random number that becomes a secret."""
    if (name := module.resolve(node.func)) in _MAKES and _SECRET.search(module.context(node)):
        yield module.finding(node, f"{name} makes what its names call a secret")
