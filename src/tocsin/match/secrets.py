"""The one kernel for secrets: kinds are data (content/secrets), bytes go in, places of secrets come out.

Each kind names the literals that its pattern begins with. Every literal is looked for with `bytes.find`, and the
pattern is tried only where one stands, so that a text without secrets costs a few searches for literals. Patterns are
bounded and begin with a boundary: the whole is linear in the text.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from importlib.resources import files
from pathlib import PurePath

import msgspec

from tocsin.match.placeholders import entropy, is_placeholder
from tocsin.match.tokens import CHECKS
from tocsin.model import ObservableType, UserError
from tocsin.model.observable import entity

MOST = 500  # secrets named in one text; a dump of thousands is one problem
_NEAR = 600  # bytes around a key id in which its secret is looked for: a dozen lines
_NAME = re.compile(
    rb"""([A-Za-z_][\w.\-]{0,60})["'\]]{0,2}[ \t]{0,8}(?::=|=>|[:=])[ \t]{0,8}[bruf]{0,2}["'(\[]{0,3}\Z"""
)

_PLACES = {
    ".py": "python",
    ".pyw": "python",
    ".pyi": "python",
    ".ipynb": "notebook",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".json": "json",
    ".toml": "toml",
    ".ini": "ini",
    ".cfg": "ini",
    ".conf": "ini",
    ".properties": "ini",
    ".env": "env",
    ".sh": "shell",
    ".bash": "shell",
    ".zsh": "shell",
    ".ps1": "shell",
    ".bat": "shell",
    ".tf": "terraform",
    ".tfvars": "terraform",
    ".xml": "xml",
    ".pem": "key",
    ".key": "key",
}
_BARE = {"env", "ini", "yaml", "shell", "text"}  # places where values stand without quotes


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of secret, as its file declares it.

    `pattern` (verbose) begins with one of the `keywords`; its last named group is the secret. A group `bare` counts
    only in places where values stand without quotes. `shows` are the leading and trailing characters that may be
    shown. `check` names a test of tokens.py. `near` is the pattern of a second half, looked for around the first.
    """

    id: str
    title: str
    severity: str
    confidence: str
    what: str
    pattern: str
    keywords: tuple[str, ...]
    rotate: str
    references: tuple[str, ...]
    cwe: int = 798
    shows: tuple[int, int] = (0, 0)
    check: str = ""
    near: str = ""
    is_entity: bool = False
    ignores_case: bool = False
    entropy: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """A secret in a text; its value must not leave the process."""

    kind: Kind
    start: int
    end: int
    value: str = field(repr=False)
    name: str
    near: tuple[int, int] | None = None


class Kinds:
    """Kinds of secret, ready to be looked for."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self.kinds = tuple(kinds)
        self._exact: list[tuple[bytes, Kind, re.Pattern[bytes]]] = []
        self._folded: list[tuple[bytes, Kind, re.Pattern[bytes]]] = []
        self._near: dict[str, re.Pattern[bytes]] = {}
        for kind in self.kinds:
            pattern = re.compile(kind.pattern.encode(), (re.IGNORECASE if kind.ignores_case else 0) | re.VERBOSE)
            for keyword in kind.keywords:
                into = self._folded if kind.ignores_case else self._exact
                into.append((keyword.lower().encode() if kind.ignores_case else keyword.encode(), kind, pattern))
            if kind.near:
                self._near[kind.id] = re.compile(kind.near.encode())

    def find(self, raw: bytes, place: str = "") -> list[Found]:
        """Return the secrets of a text in order, at most MOST of them.

        `place` is what kind of text it is (see `place_of`).
        """
        taken: list[tuple[int, int]] = []
        found: list[Found] = []
        for one in self._candidates(raw, is_bare=place in _BARE):
            spans = [(one.start, one.end), *([one.near] if one.near else [])]
            if any(start < end_ and begin < end for start, end in spans for begin, end_ in taken):
                continue
            taken.extend(spans)
            found.append(one)
            if len(found) >= MOST:
                break
        return sorted(found, key=lambda one: one.start)

    def _candidates(self, raw: bytes, *, is_bare: bool) -> Iterator[Found]:
        """Yield what the kinds see, special kinds first."""
        for keyword, kind, pattern in self._exact:
            for match in _matches(raw, raw, keyword, pattern):
                if (one := self._judge(raw, kind, match)) is not None:
                    yield one
        lowered = raw.lower() if self._folded else b""
        for keyword, kind, pattern in self._folded:
            for match in _matches(raw, lowered, keyword, pattern):
                if (is_bare or match.lastgroup != "bare") and (one := self._judge(raw, kind, match)) is not None:
                    yield one

    def _judge(self, raw: bytes, kind: Kind, match: re.Match[bytes]) -> Found | None:
        """Return the secret unless it is a placeholder or fails its kind's test."""
        group = match.lastgroup or 0
        value = match[group].decode("utf-8", "replace")
        start, end = match.span(group)
        if kind.check and not CHECKS[kind.check](value):
            return None
        if kind.entropy and entropy(value) < kind.entropy:
            return None
        if is_placeholder(value) or (kind.ignores_case and _is_qualified(raw, match.start())):
            return None
        near = self._second_half(raw, kind, start, end)
        name = _name_around(raw, match.start()) if kind.ignores_case else name_before(raw, match.start())
        return Found(kind, start, end, value, name, near)

    def _second_half(self, raw: bytes, kind: Kind, start: int, end: int) -> tuple[int, int] | None:
        pattern = self._near.get(kind.id)
        if pattern is None:
            return None
        for match in pattern.finditer(raw, max(0, start - _NEAR), end + _NEAR):
            value = match[0].decode("ascii", "replace")
            if entropy(value) > 4.0 and not is_placeholder(value):  # random base64 of 40 has about 4.7 bits a character
                return match.span()
        return None

    @cached_property
    def by_id(self) -> Mapping[str, Kind]:
        """Return the kinds by id."""
        return {kind.id: kind for kind in self.kinds}


def _matches(raw: bytes, haystack: bytes, keyword: bytes, pattern: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """Yield the matches of a pattern where its literal stands in the text, or in its folded twin."""
    at = haystack.find(keyword)
    while at >= 0:
        match = pattern.match(raw, at)
        if match is not None:
            yield match
        at = haystack.find(keyword, at + len(keyword))


def place_of(path: str) -> str:
    """Return what kind of text a path names: `python`, `env`, `yaml`, `text`."""
    name = PurePath(path.replace("\\", "/")).name.lower()
    if name == ".env" or name.startswith(".env."):
        return "env"
    return _PLACES.get(PurePath(name).suffix, "text")


def _is_qualified(raw: bytes, begun: int) -> bool:
    """Return whether a name is the end of another: a type (`AWS::SecretsManager::Secret`), a right (`iam:Token`)."""
    before = re.search(rb"[\w.\-]{0,60}\Z", raw[max(0, begun - 60) : begun])
    at = begun - len(before[0]) if before is not None else begun
    return raw[at - 1 : at] == b":" if at else False


def name_before(raw: bytes, start: int) -> str:
    """Return the variable or key to which what stands at `start` is given."""
    line = max(raw.rfind(b"\n", 0, start) + 1, start - 160)
    found = _NAME.search(raw[line:start])
    return found[1].decode("ascii", "replace") if found is not None else ""


def _name_around(raw: bytes, begun: int) -> str:
    """Return the whole name of which a match began in the middle: `DB_PASSWORD` where `PASSWORD` was found."""
    before = re.search(rb"[\w.\-]{0,60}\Z", raw[max(raw.rfind(b"\n", 0, begun) + 1, begun - 60) : begun])
    after = re.match(rb"[\w.\-]{1,60}", raw[begun : begun + 60])
    return ((before[0] if before else b"") + (after[0] if after else b"")).decode("ascii", "replace").strip(".-")


def keyed(value: str, installation_key: bytes, digits: int) -> str:
    """Return hex digits of the keyed hash of a secret, which shows equal values."""
    key = installation_key if len(installation_key) <= 64 else blake2b(installation_key).digest()  # blake2b's bound
    return blake2b(value.encode("utf-8", "surrogatepass"), key=key, digest_size=16).hexdigest()[:digits]


def mask(value: str, installation_key: bytes, shows: tuple[int, int] = (4, 4)) -> str:
    """Return a secret as it may be shown: `AKIA...7Q2M (20 chars, fp 9c1f)`."""
    return f"{ends(value, shows)} ({len(value)} chars, fp {keyed(value, installation_key, 4)})"


def ends(value: str, shows: tuple[int, int] = (4, 4)) -> str:
    """Return the ends of a value around dots; nothing of one that is short."""
    head, tail = shows if len(value) >= 2 * sum(shows) else (0, 0)
    return f"{value[:head]}...{value[len(value) - tail :]}"


def key_entity(value: str, installation_key: bytes) -> str:
    """Return the entity of a key, the same wherever the key is seen."""
    return entity(ObservableType.KEY, f"{ends(value)}(fp {keyed(value, installation_key, 8)})")


def read_kinds(texts: Iterable[tuple[str, str]]) -> Kinds:
    """Return the kinds that files declare; raises UserError for a wrong one."""
    kinds = []
    for name, text in texts:
        try:
            kind = msgspec.convert({"id": name.replace("_", "-"), **tomllib.loads(text)}, Kind)
            if not re.compile(kind.pattern.encode(), re.VERBOSE).groupindex:
                raise UserError(f"{name}: its pattern has no named group", hint="name the secret: (?P<secret>...)")
        except (tomllib.TOMLDecodeError, msgspec.ValidationError, re.error) as error:
            raise UserError(f"{name}: {error}", hint="the keys are those of match/secrets.py: Kind") from error
        if kind.check and kind.check not in CHECKS:
            raise UserError(f"{name}: no check is named {kind.check!r}", hint=f"known: {', '.join(sorted(CHECKS))}")
        kinds.append(kind)
    return Kinds(kinds)


def builtin_kinds() -> Kinds:
    """Return the kinds that come with the package."""
    folder = files("tocsin.content") / "secrets"
    named = sorted((item.name, item) for item in folder.iterdir() if item.name.endswith(".toml"))
    return read_kinds((name.removesuffix(".toml"), item.read_text(encoding="utf-8")) for name, item in named)
