"""MD5 or SHA-1 where a hash must withstand an attacker.

**Sees** MD5, MD4 and SHA-1 of hashlib, pycryptodome and cryptography without `usedforsecurity=False`. It is *medium*
where the names around speak of passwords, tokens or signatures, else *info*. Quiet where they speak of caches, ETags,
indicators, samples or files: such hashes name things, they do not protect them.

**Why it is bad.** Two texts with the same MD5 or SHA-1 are made in hours to days; a password hashed with them is
guessed by the billion a second.

**Misses** fast but unbroken hashes over passwords (plain SHA-256), and HMAC, which is not affected.

Bad: `stored = hashlib.md5(password.encode()).hexdigest()`
Good: `stored = hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)`

See: https://docs.python.org/3/library/hashlib.html#key-derivation
"""

import ast
import re
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_WEAK = {
    "hashlib.md5": "MD5",
    "hashlib.sha1": "SHA-1",
    "hashlib.md4": "MD4",
    "Crypto.Hash.MD5.new": "MD5",
    "Crypto.Hash.SHA1.new": "SHA-1",
    "Crypto.Hash.SHA.new": "SHA-1",
    "Crypto.Hash.MD4.new": "MD4",
    "cryptography.hazmat.primitives.hashes.MD5": "MD5",
    "cryptography.hazmat.primitives.hashes.SHA1": "SHA-1",
}
_PROTECTS = re.compile(r"passw|pwd|secret|token|sign|auth|credential|session|licen[sc]e|verify|certificate|salt")
_NAMES = re.compile(
    r"cache|etag|ioc|indicator|sample|file|path|chunk|dedup|checksum|fingerprint|md5|sha1|uuid|color|bucket|git|"
    r"content|digest|blob|hash|ident|seed|filename|version|key"
)


@check(
    nodes=("Call",),
    title="Broken hash",
    severity="info",
    confidence="low",
    cwe=328,
    remedy="Use SHA-256 or BLAKE2; for passwords scrypt or argon2; usedforsecurity=False where nothing is protected.",
    aliases=("B303", "B324", "S303", "S324"),
    references=("https://docs.python.org/3/library/hashlib.html#key-derivation",),
)
def code_weak_hash(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for a broken hash, graver where names speak of protection."""
    name = module.resolve(node.func)
    if name == "hashlib.new":
        kind = str(module.constant(module.argument(node, 0, "name"))).lower().replace("-", "")
        weak = {"md5": "MD5", "sha1": "SHA-1", "md4": "MD4"}.get(kind)
    else:
        weak = _WEAK.get(name or "")
    if weak is None or module.constant(module.keyword(node, "usedforsecurity")) is False:
        return
    hashed = " ".join(module.segment(argument) for argument in node.args).lower()
    around = f"{module.context(node).replace(f'hashlib.{weak.lower()}', '')} {hashed}"
    if _PROTECTS.search(around):
        yield module.finding(node, f"{weak} where names speak of protection", severity="medium", confidence="medium")
    elif not _NAMES.search(around):
        yield module.finding(node, f"{weak} is broken; say usedforsecurity=False if nothing is protected")
