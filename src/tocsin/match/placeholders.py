"""Which values only look like secrets: placeholders, examples, templates, words.

Sources: the forms that vendors print in their documentation (AWS: keys that end in EXAMPLE), template languages, and
what stood in the way when findings were read by hand (docs/measured/python-findings.md).
"""

import math
import re
from collections import Counter
from pathlib import PurePosixPath

_SAYS_SO = re.compile(
    r"example|sample|placeholder|change.?me|replace|your[_\-. ]|my[_\-](?:api|secret|token|pass)|dummy|fake|redacted|"
    r"insert|todo|fixme|foobar|lorem|not.?a.?real|secret.?here|xxxx|\*\*\*\*|\.\.\.|1234567890|abcdefgh|123456789|"
    r"0000000|deadbeef|qwerty|none\b|null\b|undefined|^passw(?:or)?d.{0,3}$|<[^>]*>|^test|test.?(?:key|token|secret|password)|hunter2|p@ssw0rd",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(
    r"\$\{|\$\(|\{\{|\{[A-Za-z_][\w.]*\}|%\(\w+\)|%[sd]\b|^\$[A-Za-z_]|^\[[^\]]*\]$|^@|^env[:.]|^vault:|^arn:|^ref\+"
)
_WORDY = re.compile(r"[_\-.]*[A-Za-z]+(?:[ _\-./:]+[A-Za-z]+)*")
_TURN = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PATHLIKE = re.compile(
    r"(?:[\w.\-]*[/\\]){2,}|^\.{0,2}/|^https?://[^@]*$|"
    r"^[\w.\-]+\.(?:py|json|ya?ml|txt|pem|key|toml|conf|cfg|log)$",
)
_TEST_PARTS = {
    "test",
    "tests",
    "testing",
    "selftest",
    "testdata",
    "fixture",
    "fixtures",
    "example",
    "examples",
    "sample",
    "samples",
    "spec",
    "specs",
    "mock",
    "mocks",
    "docs",
    "doc",
}
_TEST_ENDS = (".example", ".sample", ".template", ".tmpl", ".dist", ".md", ".rst")


def entropy(value: str) -> float:
    """Return Shannon's entropy in bits per character; random base64 has about 4.7."""
    if not value:
        return 0.0
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values())


def is_placeholder(value: str) -> bool:
    """Return whether a value says that it is none, or is a template."""
    if len(set(value)) <= 3:
        return True
    return bool(_SAYS_SO.search(value) or _TEMPLATE.search(value))


def is_wordy(value: str) -> bool:
    """Return whether a value is words, an identifier, a path or an address."""
    if _WORDY.fullmatch(value):
        return len(_TURN.findall(value)) <= len(value) // 5  # words change case once in five letters, noise more often
    return bool(_PATHLIKE.search(value)) and not (len(value) >= 24 and entropy(value) > 4.2)  # base64 has slashes too


def is_test_path(path: str) -> bool:
    """Return whether a path speaks of tests, examples or documentation."""
    parts = PurePosixPath(path.replace("\\", "/").lower())
    name = parts.name
    if any(part in _TEST_PARTS for part in parts.parts[:-1]):
        return True
    return name.startswith(("test_", "conftest")) or name.endswith(("_test.py", *_TEST_ENDS))
