"""Two versions of a set of rules compared: what was added, removed and changed, and what must run to see the effect."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import unified_diff
from enum import StrEnum
from functools import cached_property

import msgspec

from tocsin.detect.compare_words import what_changed
from tocsin.detect.filters import Problem
from tocsin.detect.rules import RuleSet, together
from tocsin.detect.subset import subset
from tocsin.match.sigma.pipeline import is_pipeline
from tocsin.match.sigma.placeholder import NO_FILLS, Fills
from tocsin.match.sigma.rule import About, Chain, Document, Rule, nodes
from tocsin.match.sigma.tree import Node, RuleError

Source = tuple[str, bytes | str]
FEW = 3  # rules that are named
MAX_DIFF = 40  # lines of a rule's text that are shown
UNTOLD = frozenset({"path", "line"})  # where a rule stands is not what it says


class State(StrEnum):
    """What became of a rule."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    BROKEN = "stopped loading"
    MENDED = "loads again"


class Effect(StrEnum):
    """What a change can do.

    To which records match, to how a match is told, or nothing but to words.
    """

    MATCHES = "matches"
    TELLING = "telling"
    WORDS = "words"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One rule, correlation or filter that is not as it was.

    `what` says it in words, `diff` in lines of its text. `before` is where it stood.
    """

    id: str
    title: str
    kind: str
    state: State
    effect: Effect
    level: str
    path: str
    before: str = ""
    what: tuple[str, ...] = ()
    diff: tuple[str, ...] = ()


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All changes between two versions, worst effect first.

    `same` counts the rules that are as they were. `affected` are the ids of rules and correlations whose matches or
    findings may differ, some of them since what they are made of has changed. `broken` are the problems of the second
    version that the first did not have.
    """

    changes: tuple[Change, ...]
    same: int
    affected: frozenset[str]
    broken: tuple[Problem, ...] = ()


class Version:
    """One version of a set of rules.

    Its files, relative to the set's folder, and what they load to.
    """

    def __init__(self, name: str, sources: Iterable[Source], fills: Fills = NO_FILLS) -> None:
        self.name = name
        self.sources = list(sources)
        self.fills = fills
        self.rules: RuleSet = together(self.sources, fills)
        self.raws = {str(path): raw for path, raw in self.sources if isinstance(raw, bytes)}

    @cached_property
    def documents(self) -> Mapping[str, Document]:
        """Return the rules and correlations by id."""
        every: Sequence[Document] = [*self.rules.rules, *self.rules.chains]
        return {one.about.id: one for one in every}

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Return the numbers of rules and correlations by id."""
        return {id_: number for number, id_ in enumerate(self.documents)}

    @cached_property
    def filters(self) -> Mapping[str, tuple[str, Node]]:
        """Return path and document of each filter, by id."""
        found: dict[str, tuple[str, Node]] = {}
        for path, raw in self.raws.items():
            if b"filter:" in raw:
                for node in _trees(raw):
                    if "filter" in node.map:
                        found.setdefault(_id(node), (path, node))
        return found

    @cached_property
    def pipelines(self) -> list[str]:
        """Return the paths of files that hold a pipeline."""
        marks = (b"transformations", b"vars", b"postprocessing", b"finalizers")
        likely = (path for path, raw in self.raws.items() if any(mark in raw for mark in marks))
        return [path for path in likely if any(is_pipeline(node) for node in _trees(self.raws[path]))]

    def node(self, about: About) -> Node | None:
        """Return the document that a rule was read from."""
        raw = self.raws.get(about.path, b"")
        return next((node for node in _trees(raw) if node.line == about.line), None)

    def text(self, path: str, line: int) -> list[str]:
        """Return the lines of the document of a file that a line stands in."""
        lines = self.raws.get(path, b"").decode("utf-8", "replace").splitlines()
        marks = [number for number, text in enumerate(lines, 1) if text.startswith("---")]
        start = max((mark for mark in marks if mark < line), default=0)
        stop = min((mark for mark in marks if mark > max(line, start)), default=len(lines) + 1)
        return lines[start : stop - 1]


def compare(before: Version, after: Version) -> Comparison:
    """Return what a second version changes."""
    old, new = before.documents, after.documents
    changes = [change for id_ in new if id_ in old and (change := _changed(old[id_], new[id_], before, after))]
    changes += [_came(one, before) for id_, one in new.items() if id_ not in old]
    changes += [_went(one, after) for id_, one in old.items() if id_ not in new]
    touched = {change.id for change in changes if change.effect is not Effect.WORDS}
    changes += _filters(before, after)
    return Comparison(
        changes=tuple(sorted(changes, key=_order)),
        same=sum(1 for id_ in new if id_ in old) - sum(one.id in old and one.id in new for one in changes),
        affected=frozenset(_upwards(before.rules, touched) | _upwards(after.rules, touched)),
        broken=tuple(_new_problems(before, after)),
    )


def to_run(version: Version, affected: Iterable[str]) -> list[Document]:
    """Return what must run so that affected rules match as in the whole set.

    That is these rules, and what they are made of.
    """
    numbers = [version.numbers[id_] for id_ in affected if id_ in version.numbers]
    kept = subset(version.rules, numbers)
    return [*kept.rules, *kept.chains]


def _order(change: Change) -> tuple[int, int, str, str]:
    return list(Effect).index(change.effect), change.kind == "filter", change.title.lower(), change.id


def _trees(raw: bytes) -> Iterator[Node]:
    return (node for node in nodes(raw) if not isinstance(node, RuleError) and isinstance(node.value, dict))


def _id(node: Node) -> str:
    said = node.map
    return next((said[key].text for key in ("id", "name", "title") if key in said and said[key].text), "")


def _kind(document: Document) -> str:
    return "correlation" if isinstance(document, Chain) else "rule"


def _matching(document: Document) -> object:
    """Return what decides which records match: equal for two rules that match alike."""
    if isinstance(document, Rule):
        return document.source, document.expression
    return msgspec.structs.replace(document.correlation, line=0)


def _told(about: About) -> object:
    return about.level, about.own


def _changed(old: Document, new: Document, before: Version, after: Version) -> Change | None:
    is_same = _matching(old) == _matching(new)
    said = [
        {name: getattr(one.about, name) for name in one.about.__struct_fields__ if name not in UNTOLD}
        for one in (old, new)
    ]
    path, place = old.about.path, new.about.path
    if is_same and said[0] == said[1] and path == place and before.raws.get(path) == after.raws.get(place):
        return None
    was, now = before.node(old.about), after.node(new.about)
    what = list(what_changed(was, now)) if was and now else []
    what += _around(old, new, before, after)
    if not what and not is_same:
        what = ["a pipeline or a placeholder makes another rule of it"]
    if not what and path == place:
        return None
    effect = Effect.WORDS
    if not is_same:
        effect = Effect.MATCHES
    elif _told(old.about) != _told(new.about):
        effect = Effect.TELLING
    return Change(
        id=new.about.id, title=new.about.title, kind=_kind(new), effect=effect, level=new.about.level, path=place,
        state=State.CHANGED if what else State.MOVED, before=path if path != place else "",
        what=(*what, f"moved from {path}") if path != place else tuple(what),
        diff=_diff(before.text(path, old.about.line), after.text(place, new.about.line)),
    )  # fmt: skip


def _around(old: Document, new: Document, before: Version, after: Version) -> Iterator[str]:
    """Yield what filters do otherwise: those of a rule stand in documents of their own."""
    if not (isinstance(old, Rule) and isinstance(new, Rule)):
        return
    for id_ in dict.fromkeys((*old.filters, *new.filters)):
        title = _title(id_, after if id_ in new.filters else before)
        if id_ not in old.filters:
            yield f"filter {title!r} is put into it"
        elif id_ not in new.filters:
            yield f"filter {title!r} is no longer put into it"
        elif _plain(before.filters[id_][1]) != _plain(after.filters[id_][1]):
            yield f"filter {title!r}, which is put into it, changed"


def _title(id_: str, version: Version) -> str:
    node = version.filters[id_][1].map.get("title") if id_ in version.filters else None
    return node.text if node is not None else id_


def _plain(node: Node) -> object:
    """Return what a node says, without its lines."""
    if isinstance(node.value, dict):
        return {key: _plain(one) for key, one in node.value.items()}
    return [_plain(one) for one in node.value] if isinstance(node.value, list) else node.value


def _came(one: Document, before: Version) -> Change:
    about = one.about
    problem = _problem_of(about.id, before)
    return Change(
        id=about.id, title=about.title, kind=_kind(one), effect=Effect.MATCHES, level=about.level, path=about.path,
        state=State.MENDED if problem else State.ADDED, what=(f"before: {problem}",) if problem else (),
    )  # fmt: skip


def _went(one: Document, after: Version) -> Change:
    about = one.about
    problem = _problem_of(about.id, after)
    return Change(
        id=about.id, title=about.title, kind=_kind(one), effect=Effect.MATCHES, level=about.level, path=about.path,
        state=State.BROKEN if problem else State.REMOVED, what=(str(problem),) if problem else (),
    )  # fmt: skip


def _problem_of(id_: str, version: Version) -> Problem | None:
    """Return why a version did not load a rule that its files hold."""
    for problem in version.rules.problems:
        raw = version.raws.get(problem.path)
        if raw is None or id_.encode() not in raw:
            continue
        trees = list(_trees(raw))
        if not trees or any(_id(node) == id_ for node in trees):
            return problem
    return None


def _filters(before: Version, after: Version) -> Iterator[Change]:
    old, new = before.filters, after.filters
    for id_ in dict.fromkeys((*old, *new)):
        path, node = new[id_] if id_ in new else old[id_]
        state = State.CHANGED if id_ in old and id_ in new else State.ADDED if id_ in new else State.REMOVED
        what = tuple(what_changed(old[id_][1], node)) if state is State.CHANGED else ()
        if state is State.CHANGED and not what:
            continue
        what += _put_into(id_, before if state is State.REMOVED else after)
        lines = [
            version.text(its[id_][0], its[id_][1].line) if id_ in its else []
            for version, its in ((before, old), (after, new))
        ]
        yield Change(
            id=id_, title=_title(id_, after if id_ in new else before), kind="filter", state=state,
            effect=Effect.WORDS, level="", path=path, what=what, diff=_diff(*lines),
        )  # fmt: skip


def _put_into(id_: str, version: Version) -> tuple[str, ...]:
    titles = [rule.about.title for rule in version.rules.rules if id_ in rule.filters]
    more = f" and {len(titles) - FEW} more" if len(titles) > FEW else ""
    return (f"is for {', '.join(map(repr, titles[:FEW]))}{more}" if titles else "is for no rule that was loaded",)


def _new_problems(before: Version, after: Version) -> Iterator[Problem]:
    known = {(problem.path, problem.says) for problem in before.rules.problems}
    return (problem for problem in after.rules.problems if (problem.path, problem.says) not in known)


def _upwards(rules: RuleSet, touched: Iterable[str]) -> set[str]:
    """Return rules, and the correlations that are made of them, by id."""
    found = set(touched)
    for place, chain in enumerate(rules.chains):  # each stands after its parts
        if any(rules.document(part).about.id in found for part in rules.parts[place]):
            found.add(chain.about.id)
    return found


def _diff(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    """Return the lines that differ, with one line around them; of the heads of hunks only where they are."""
    found = list(unified_diff(old, new, lineterm="", n=1))[2:]
    lines = [re.sub(r"^@@ .* \+(\d+).*", r"@@ line \1", line) for line in found if not _is_date(line)]
    more = len(lines) - MAX_DIFF
    return (*lines[:MAX_DIFF], f"... {more} lines more") if more > 0 else tuple(lines)


def _is_date(line: str) -> bool:
    return line[1:].startswith(("modified:", "date:"))
