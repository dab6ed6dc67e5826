"""What a set of rules holds, and what an update of it changes, rule by rule, by id."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

import msgspec

from tocsin.match.sigma.pipeline import is_pipeline
from tocsin.match.sigma.rule import LEVELS, nodes
from tocsin.match.sigma.tree import Node, RuleError

_OF_RULES = frozenset({"detection", "correlation", "logsource"})
_WORDS = (b"detection", b"correlation", b"logsource")
SHOWN = 160  # characters of a condition


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of a set: what an update is compared by."""

    id: str
    title: str
    level: str
    status: str
    path: str
    condition: str
    source: str
    logic: str
    text: str
    licence: str = ""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One rule that an update changes, and what of it, in words."""

    id: str
    title: str
    path: str
    what: tuple[str, ...]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What an update brings: rules added, removed and changed.

    `same` stay as they are. `levels` has, by level, how many rules there were and how many there are then.
    """

    added: tuple[Entry, ...] = ()
    removed: tuple[Entry, ...] = ()
    changed: tuple[Change, ...] = ()
    same: int = 0
    levels: Mapping[str, tuple[int, int]] = {}


class Sorted(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a set by what they hold.

    Rules, what changes other rules, and neither.
    """

    rules: Mapping[str, bytes]
    filters: tuple[str, ...] = ()
    pipelines: tuple[str, ...] = ()
    others: int = 0


def sort_out(files: Mapping[str, bytes]) -> Sorted:
    """Return which YAML files are rules.

    One that cannot be read counts as a rule where it speaks of a detection, so that none is lost unseen.
    """
    rules: dict[str, bytes] = {}
    filters: list[str] = []
    pipelines: list[str] = []
    for name, raw in files.items():
        kinds = {_kind(node, raw) for node in nodes(raw)}
        if "filter" in kinds:
            filters.append(name)
        elif "pipeline" in kinds:
            pipelines.append(name)
        elif "rule" in kinds:
            rules[name] = raw
    others = len(files) - len(rules) - len(filters) - len(pipelines)
    return Sorted(rules=rules, filters=tuple(filters), pipelines=tuple(pipelines), others=others)


def _kind(node: Node | RuleError, raw: bytes) -> str:
    if isinstance(node, RuleError):
        spoken = raw.decode("utf-16", "ignore").encode() if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else raw
        return "rule" if any(word in spoken for word in _WORDS) else ""
    if not isinstance(node.value, dict):
        return ""
    if is_pipeline(node):
        return "pipeline"
    if "filter" in node.value and "logsource" in node.value:
        return "filter"
    return "rule" if not _OF_RULES.isdisjoint(node.value) else ""


def entries(files: Mapping[str, bytes]) -> Iterator[Entry]:
    """Yield the rules of files; a document that cannot be read is none."""
    for path, raw in files.items():
        for node in nodes(raw):
            if not isinstance(node, RuleError) and isinstance(node.value, dict) and not is_pipeline(node):
                yield _entry(path, node.value)


def _entry(path: str, said: Mapping[str, Node]) -> Entry:
    def text(key: str) -> str:
        node = said.get(key)
        return "" if node is None or isinstance(node.value, dict | list) else " ".join(node.text.split())

    logic = {key: said[key] for key in ("detection", "correlation", "filter") if key in said}
    return Entry(
        id=text("id") or text("name") or text("title") or path,
        title=text("title"),
        level=text("level").lower() or "medium",
        status=text("status").lower(),
        path=path,
        condition=_condition(logic),
        source=_words(said["logsource"]) if "logsource" in said else "",
        logic=_digest(logic),
        text=_digest(said),
        licence=text("license"),
    )


def _condition(logic: Mapping[str, Node]) -> str:
    for node in logic.values():
        if isinstance(node.value, dict) and "condition" in node.value:
            return _words(node.value["condition"])
    return ""


def _words(node: Node) -> str:
    """Return what a node says on one line, in the order in which it says it."""
    if isinstance(node.value, dict):
        return ", ".join(f"{key}: {_words(one)}" for key, one in node.value.items())
    if isinstance(node.value, list):
        return " | ".join(map(_words, node.value))
    return " ".join(node.text.split())


def _digest(said: Mapping[str, Node]) -> str:
    return sha256(repr(_plain(Node(dict(said), 0))).encode("utf-8", "surrogatepass")).hexdigest()


def _plain(node: Node) -> object:
    """Return a node without its lines: what is moved has not changed. The order of keys says nothing."""
    if isinstance(node.value, dict):
        return sorted((key, _plain(one)) for key, one in node.value.items())
    return [_plain(one) for one in node.value] if isinstance(node.value, list) else (type(node.value), node.value)


def difference(before: Iterable[Entry], after: Iterable[Entry]) -> Difference:
    """Return what becomes of a set's rules, told apart by id."""
    old, new = _by_id(before), _by_id(after)
    both = [(old[name], new[name]) for name in new if name in old]
    changes = [Change(id=b.id, title=b.title, path=b.path, what=what) for a, b in both if (what := tuple(_what(a, b)))]
    counts_old, counts_new = Counter(one.level for one in old.values()), Counter(one.level for one in new.values())
    return Difference(
        added=tuple(sorted((new[name] for name in new.keys() - old.keys()), key=_gravity)),
        removed=tuple(sorted((old[name] for name in old.keys() - new.keys()), key=_gravity)),
        changed=tuple(sorted(changes, key=lambda one: (one.title, one.id))),
        same=len(both) - len(changes),
        levels={level: (counts_old[level], counts_new[level]) for level in _levels(counts_old, counts_new)},
    )


def _by_id(rules: Iterable[Entry]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for one in rules:
        found.setdefault(one.id, one)
    return found


def _what(old: Entry, new: Entry) -> Iterator[str]:
    for name in ("title", "level", "status", "source"):
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield f"{name} {was or 'none'} -> {now or 'none'}"
    if old.condition != new.condition:
        yield f"condition {_short(old.condition)!r} -> {_short(new.condition)!r}"
    elif old.logic != new.logic:
        yield "what it looks for"
    if old.text != new.text and all(getattr(old, n) == getattr(new, n) for n in _TOLD):
        yield "description or the like"


_TOLD = ("title", "level", "status", "source", "condition", "logic")


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _gravity(one: Entry) -> tuple[int, str, str]:
    return (-LEVELS.index(one.level) if one.level in LEVELS else 1, one.title, one.id)


def _levels(*counts: Counter[str]) -> Sequence[str]:
    named = {level for count in counts for level in count}
    return [level for level in LEVELS if level in named] + sorted(named - set(LEVELS))
