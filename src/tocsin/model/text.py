"""Text from outside made safe to show: no terminal escapes, no live links, no spreadsheet formulas."""

import re

# C0 and C1 controls, line and paragraph separators, zero-width and bidirectional controls, and lone surrogates:
# each can move the cursor, hide text or reorder it (https://trojansource.codes). Tab stays.
_UNSAFE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]")

# Two-letter names that are file suffixes far more often than they are countries in logs and code.
_SUFFIXES = frozenset("py sh md rs ts js so ps pl cc go cs vb sc ini log txt gz zst bz2 xz zip tar csv json jsonl toml yml yaml html xml cfg conf evtx exe dll sys bat cmd lock pcap eml db key pem service".split())
_HOST = re.compile(r"(?<![\w./\\\[@-])((?:[\w.+-]{1,64}@)?(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,62})\.){1,8})([a-zA-Z]{2,24})(?![\w(\[-]|\.\w)")
_SCHEME = re.compile(r"\b(h)tt(ps?)://([^/\s:?#]*)", re.IGNORECASE)


def safe(text: str) -> str:
    r"""Return a text with every control, hiding or reordering character written as `\x1b` or `\u202e`."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(lambda found: _escape(found[0]), text)


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def defang(text: str, own: frozenset[str] = frozenset()) -> str:
    """Return a text whose URLs and domains cannot be clicked: `hxxps://example[.]net`.

    Addresses stay bare, people paste them; so do names of our own domains (`own`, lower case) and file names.
    """
    text = _SCHEME.sub(lambda found: f"{found[1]}xx{found[2]}://{_HOST.sub(_bracket, found[3])}", text)
    return _HOST.sub(lambda found: _defang_host(found, own), text)


def _bracket(found: re.Match[str]) -> str:
    return f"{found[1][:-1]}[.]{found[2]}"


def _defang_host(found: re.Match[str], own: frozenset[str]) -> str:
    name, top = found[1], found[2]
    host = (name + top).rpartition("@")[2].lower()
    if top.lower() in _SUFFIXES or any(host == domain or host.endswith("." + domain) for domain in own):
        return found[0]
    return _bracket(found)


def cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: a quote stands before `=`, `+`, `-`, `@`, tab."""
    # OWASP, CSV injection: https://owasp.org/www-community/attacks/CSV_Injection
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
