"""What a filter may ask of one field: how stable the field is, and how much an answer lets through that it should not.

A field that changes from one event to the next (a process's number, a GUID, a moment) would filter these records and
no others; one that whoever attacks can choose (a file's name) would filter too much.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from ipaddress import IPv4Network, IPv6Network, ip_network

import msgspec

from tocsin.match.sigma.predicate import address_of
from tocsin.model.fields import BY_NAME
from tocsin.model.observable import ObservableType

Fields = Mapping[str, str]

MAX_VALUE = 200  # characters; longer values are not readable in a filter
MAX_LIST = 8  # values of one field
SHORT = 6  # characters that a part of a path or command line needs, to say anything
MIN_V4, MIN_V6 = 16, 48  # the widest networks that a filter may name


class Risk(IntEnum):
    """How much more than the false hits a filter may let through."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Atom(msgspec.Struct, frozen=True):
    """One item of a filter: a field, a modifier, the values of which one must fit.

    Its risk, and why it has that.
    """

    field: str
    way: str
    values: tuple[str, ...]
    risk: Risk
    why: str
    is_scope: bool = False  # a machine, account or address: by itself it silences the rule for all that they do

    @property
    def key(self) -> str:
        """Return the item's key in a rule."""
        return f"{self.field}|{self.way}" if self.way else self.field

    def fits(self, fields: Fields) -> bool:
        """Return whether a record has what the item asks for."""
        text = fields.get(self.field)
        if text is None:
            return False
        if self.way == "cidr":
            address = address_of(text)
            return address is not None and any(address in ip_network(one) for one in self.values)
        text = text.lower()
        return any(_TESTS[self.way](text, one.lower()) for one in self.values)


_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "": str.__eq__,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": str.__contains__,
}

_VOLATILE_NAME = re.compile(
    r"(?:pid|guid|uuid|luid|recordid|recordnumber|record_number|threadid|thread\.id|processid|process_id|logonid|"
    r"sessionid|session_id|handleid|handle|sequence|seq|token|cookie|nonce|requestid|request_id|correlationid|activityid|"
    r"bytes|duration|pointer|version|startaddress|callstack|calltrace|(?:source|src_?|ip)\.?port|spt)$",
    re.IGNORECASE,
)
_TIME_NAME = re.compile(r"(?:^@timestamp$|time$|_at$|^time|date$)", re.IGNORECASE)
_VOLATILE_VALUE = re.compile(
    r"\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?|0x[0-9a-f]+|\d{5,}|\d{4}-\d\d-\d\d[T ].*",
    re.IGNORECASE,
)
_RANDOM_PART = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{16,}|\d{6,}|[A-Za-z0-9+/]{40,}={0,2}|\.tmp\b|\\Temp\\[^\\ ]+", re.IGNORECASE
)
_UNSAYING = frozenset({"message", "event.original", "raw", "event.action", "event.code", "winlog.channel"})
_RAW = frozenset({
    "eventid", "channel", "provider_name", "sourcename", "event.provider", "severity", "level", "version", "task",
    "opcode", "keywords", "event.count",
})  # fmt: skip
_HASH = re.compile(r"hash|imphash|sha1|sha256|md5", re.IGNORECASE)
_PROTECTED = re.compile(
    r"(?:c:|%systemroot%|\\device\\harddiskvolume\d+)?\\(?:windows\\(?!temp\\|tasks\\|tracing\\)|program files\\"
    r"|program files \(x86\)\\)|/(?:usr/)?s?bin/|/usr/(?:lib|libexec)/|/opt/",
    re.IGNORECASE,
)
_WRITABLE = re.compile(
    r"\\users\\|\\temp\\|\\programdata\\|\\appdata\\|^/tmp/|^/home/|^/var/tmp/|^/dev/shm/",
    re.IGNORECASE,
)
_RUNNER = re.compile(
    r"[\\/](?:cmd|powershell|powershell_ise|pwsh|wscript|cscript|mshta|rundll32|regsvr32|msbuild|installutil|wmic|wmiprvse|"
    r"explorer|net1?|schtasks|at|msiexec|sc|reg|psexec(?:64)?|psexesvc|winrshost|wsmprovhost|mmc|control|forfiles|"
    r"python[\d.]*w?|perl|ruby|node|java|javaw|php|bash|sh|zsh|dash|ksh|sudo|su|env|xargs|find|ssh|sshd|cron|crond)"
    r"(?:\.exe)?$",
    re.IGNORECASE,
)
_FOLDER = re.compile(r"directory|folder|cwd", re.IGNORECASE)
_SYSTEM = re.compile(r"\\(?:system32|syswow64)\\$|^(?:/usr)?/s?bin/$", re.IGNORECASE)
_COMMAND = re.compile(r"command_?line|parentcommandline|scriptblocktext|payload|argument|query", re.IGNORECASE)
_PATH = re.compile(r"^(?:[a-z]:|\\|/|%\w+%).*[\\/]", re.IGNORECASE)
_SIGNER = re.compile(r"sign(?:ature|er)|company|product|originalfilename|description|publisher", re.IGNORECASE)
_SCOPE = re.compile(
    r"user|account|host|computer|workstation|domain|principal|identity|\bsid\b|integrity", re.IGNORECASE
)
SCOPES = frozenset({ObservableType.HOST, ObservableType.USER, ObservableType.IP, ObservableType.ACCOUNT})
_NAME = re.compile(r"service|task|rule|share|pipe|target|object|operation|action|app|attribute", re.IGNORECASE)


def is_usable(field: str, values: Iterable[str]) -> bool:
    """Return whether a field says something that will be so the next time."""
    lower = field.lower()
    if lower in _UNSAYING or lower in _RAW or _VOLATILE_NAME.search(lower) or _TIME_NAME.search(lower):
        return False
    kept = list(values)
    return bool(kept) and not all(_VOLATILE_VALUE.fullmatch(one) for one in kept)


def atoms(field: str, texts: Sequence[str]) -> Iterator[Atom]:
    """Yield the items that fit all of some values of a field, the narrowest first."""
    distinct = list({text.lower(): text for text in texts}.values())
    if any(not text or text == "-" for text in distinct):
        return
    yield from _equal(field, distinct)
    if networks := _networks(distinct):
        yield Atom(field, "cidr", (str(networks),), *_of_network(networks), is_scope=True)
        return
    if all(_PATH.match(text) for text in distinct) and not _COMMAND.search(field):
        yield from _paths(field, distinct)
    elif _COMMAND.search(field):
        yield from _commands(field, distinct)
    else:
        yield from _ends(field, distinct)


def _equal(field: str, distinct: Sequence[str]) -> Iterator[Atom]:
    if len(distinct) > MAX_LIST or any(len(text) > MAX_VALUE or not text.isprintable() for text in distinct):
        return
    if any(_RANDOM_PART.search(text) or _VOLATILE_VALUE.fullmatch(text) for text in distinct) and not _HASH.search(
        field
    ):
        return
    risk, why = _of_value(field, distinct)
    yield Atom(field, "", tuple(sorted(distinct, key=str.lower)), risk, why, is_scope=_is_scope(field, distinct))


def _is_scope(field: str, texts: Sequence[str]) -> bool:
    known = BY_NAME.get(field)
    who = known is not None and known.entity in SCOPES
    return who or bool(_SCOPE.search(field)) or all(address_of(text) is not None for text in texts)


def _of_value(field: str, texts: Sequence[str]) -> tuple[Risk, str]:
    if _HASH.search(field):
        return Risk.MEDIUM, "a hash changes with the next version of the file"
    if all(_PATH.match(text) for text in texts) and not _COMMAND.search(field):
        if any(text.endswith(("\\", "/")) for text in texts):
            return Risk.HIGH, "a folder, in which anything may be started"
        if any(_RUNNER.search(text) for text in texts):
            return Risk.HIGH, "a program that runs whatever it is told"
        if all(_PROTECTED.search(text) for text in texts):
            return Risk.LOW, "the whole path, in a folder that only administrators write to"
        if any(_WRITABLE.search(text) for text in texts):
            return Risk.HIGH, "the whole path, but in a folder that users write to: anyone can put a file there"
        return Risk.MEDIUM, "the whole path"
    if _COMMAND.search(field):
        return Risk.MEDIUM, "the whole command line: safe, and gone with the next change of an argument"
    if _SIGNER.search(field):
        return Risk.MEDIUM, "what a file says of itself: whoever writes it can write this too"
    if _is_scope(field, texts):
        return Risk.HIGH, "a whole machine, account or address: the rule is silent for all that is done there"
    if _NAME.search(field):
        return Risk.MEDIUM, "a name that someone chose"
    return Risk.HIGH, "a field of which nothing is known"


def _paths(field: str, distinct: Sequence[str]) -> Iterator[Atom]:
    lowered = [text.lower() for text in distinct]
    head = _common_head(distinct, lowered)
    if len(_parts(head)) >= 2 and len(head) >= SHORT and not _RANDOM_PART.search(head):
        yield Atom(field, "startswith", (head,), *_of_folder(field, head, distinct))
    for many, why in ((2, "folder and name of the file, wherever they lie"), (1, "a name that anyone can give a file")):
        tails = [_tail(text, many) for text in distinct]
        named = sorted({tail.lower(): tail for tail in tails}.values(), key=str.lower)
        is_short = any(len(tail) <= 3 or tail == text for tail, text in zip(tails, distinct, strict=True))
        is_random = any(_ends_at_random(text, tail) for text, tail in zip(distinct, tails, strict=True))
        if len(named) <= MAX_LIST and not (is_short or is_random):
            yield Atom(field, "endswith", tuple(named), Risk.HIGH, why)


def _ends_at_random(text: str, tail: str) -> bool:
    """Return whether a random part of a path reaches into its end."""
    return any(found.end() > len(text) - len(tail) + 1 for found in _RANDOM_PART.finditer(text))


def _of_folder(field: str, head: str, texts: Sequence[str]) -> tuple[Risk, str]:
    if _FOLDER.search(field) or any(_RUNNER.search(text) for text in texts) or _SYSTEM.search(head):
        return Risk.HIGH, "a folder with programs that run whatever they are told"
    if _PROTECTED.match(head) is None:
        return Risk.HIGH, "all that lies in a folder"
    deep = len(_parts(head)) >= 3
    return (Risk.LOW if deep else Risk.MEDIUM), "a folder that only administrators write to"


def _commands(field: str, distinct: Sequence[str]) -> Iterator[Atom]:
    """Yield the longest run of words that all have."""
    runs = _common_runs(distinct)
    for run in runs[:2]:
        yield Atom(field, "contains", (run,), Risk.HIGH, "words of a command line, which anyone can write")


def _common_runs(texts: Sequence[str]) -> list[str]:
    """Return runs of words that stand in all texts, the longest first."""
    shortest = min(texts, key=len)
    words = [found.span() for found in re.finditer(r"\S+", shortest)][:60]
    others = [text.lower() for text in texts]
    found: list[str] = []
    for start in range(len(words)):
        for stop in range(len(words), start, -1):
            run = shortest[words[start][0] : words[stop - 1][1]]
            if len(run) < SHORT or len(run) > MAX_VALUE or _RANDOM_PART.search(run) or not run.isprintable():
                continue
            if all(run.lower() in text for text in others):
                found.append(run)
                break
    return sorted(found, key=lambda run: (-len(run), run))


def _ends(field: str, distinct: Sequence[str]) -> Iterator[Atom]:
    """Yield how all values begin and how they end, where they are not one value."""
    if len(distinct) < 2 or _is_scope(field, distinct):
        return
    lowered = [text.lower() for text in distinct]
    for way, part in (
        ("startswith", distinct[0][: _alike(lowered)]),
        ("endswith", distinct[0][len(distinct[0]) - _alike([text[::-1] for text in lowered]) :]),
    ):
        if len(part) >= SHORT and part.isprintable() and not _RANDOM_PART.search(part):
            yield Atom(field, way, (part,), Risk.MEDIUM, "what all of these names have in common")


def _alike(texts: Sequence[str]) -> int:
    """Return how many characters all texts have in common at their beginning."""
    first, last = min(texts), max(texts)
    return next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))


def _parts(path: str) -> list[str]:
    return [part for part in re.split(r"[\\/]", path) if part]


def _common_head(texts: Sequence[str], lowered: Sequence[str]) -> str:
    """Return the folder that all paths begin with, its last separator included."""
    head = texts[0][: _alike(lowered)]
    return head[: max(head.rfind("\\"), head.rfind("/")) + 1]


def _tail(path: str, many: int) -> str:
    """Return the last parts of a path with the separator before them."""
    at = len(path)
    for _ in range(many):
        at = max(path.rfind("\\", 0, at), path.rfind("/", 0, at))
        if at <= 0:
            return path
    return path[at:]


def _networks(texts: Sequence[str]) -> IPv4Network | IPv6Network | None:
    """Return the smallest network with all addresses, unless it is too wide; None for what are no addresses."""
    addresses = [address_of(text) for text in texts]
    kept = [one for one in addresses if one is not None]
    if len(kept) != len(texts) or len({one.version for one in kept}) != 1 or len(kept) == 1:
        return None
    low, high = min(int(one) for one in kept), max(int(one) for one in kept)
    size = kept[0].max_prefixlen
    prefix = size - (low ^ high).bit_length()
    if prefix < (MIN_V4 if size == 32 else MIN_V6):
        return None
    return ip_network((low, prefix), strict=False)


def _of_network(network: IPv4Network | IPv6Network) -> tuple[Risk, str]:
    is_small = network.num_addresses <= 256
    return (Risk.MEDIUM, "a small network") if is_small else (Risk.HIGH, "a network with many machines")
