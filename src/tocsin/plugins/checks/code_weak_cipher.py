"""A broken cipher, or a mode that shows patterns.

**Sees** DES, triple DES, RC2, RC4, Blowfish, IDEA of pycryptodome and cryptography, and the mode ECB.

**Why it is bad.** Keys of 56 bits are tried through, RC4 leaks its beginning, blocks of 64 bits repeat within
gigabytes, and ECB shows which blocks are equal.

**Misses** ciphers chosen by a name at run time, and openssl as a program.

Bad: `AES.new(key, AES.MODE_ECB)`
Good: `AESGCM(key).encrypt(nonce, data, None)`

See: https://cryptography.io/en/latest/hazmat/primitives/aead/
"""

import ast
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_BROKEN = {
    "DES": "DES",
    "DES3": "triple DES",
    "ARC2": "RC2",
    "ARC4": "RC4",
    "Blowfish": "Blowfish",
    "TripleDES": "triple DES",
    "IDEA": "IDEA",
    "CAST": "CAST",
    "RC4": "RC4",
    "CAST5": "CAST5",
    "SEED": "SEED",
}
_PLACES = ("cryptography.hazmat.primitives.ciphers.algorithms.", "cryptography.hazmat.decrepit.ciphers.algorithms.")


@check(
    nodes=("Call",),
    title="Broken cipher or mode",
    severity="medium",
    confidence="high",
    cwe=327,
    remedy="Use AES-GCM or ChaCha20-Poly1305.",
    aliases=("B304", "B305", "S304", "S305"),
    references=("https://cryptography.io/en/latest/hazmat/primitives/aead/",),
)
def code_weak_cipher(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for a broken cipher or mode."""
    name = module.resolve(node.func) or ""
    if name == "cryptography.hazmat.primitives.ciphers.modes.ECB":
        yield module.finding(node, "ECB shows which blocks are equal")
    elif name.startswith(_PLACES) and name.rpartition(".")[2] in _BROKEN:
        yield module.finding(node, f"{_BROKEN[name.rpartition('.')[2]]} is broken")
    elif name.startswith(("Crypto.Cipher.", "Cryptodome.Cipher.")) and name.endswith(".new"):
        kind = name.split(".")[2]
        if kind in _BROKEN:
            yield module.finding(node, f"{_BROKEN[kind]} is broken")
        elif (module.resolve(module.argument(node, 1, "mode")) or "").endswith(".MODE_ECB"):
            yield module.finding(node, "ECB shows which blocks are equal")
