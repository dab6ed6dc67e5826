"""Which ATT&CK techniques the rules in force cover, and on data which of them could fire: `tocsin rule coverage`."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec

from tocsin.app.detect import Request, detect
from tocsin.app.outputs.attack_layer import Mark, layer, shortened
from tocsin.app.rules import rules_of
from tocsin.app.scan_journey import Progress
from tocsin.detect.rules import RuleSet
from tocsin.formats.attack import Technique, matrix, techniques_of
from tocsin.match.sigma.placeholder import of_estate
from tocsin.match.sigma.rule import LEVELS
from tocsin.model.coverage import Coverage
from tocsin.model.text import counted
from tocsin.runtime.workspace import Workspace

COULD, COULD_NOT = "#7fb77e", "#c9ccd1"
_ABSENT = re.compile(r"no (?P<source>.+) in this data")


class Ruled(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of a technique.

    With data: whether it could fire on it (`why` not), and how many findings it made.
    """

    id: str
    title: str
    level: str
    could_fire: bool | None = None
    why: str = ""
    findings: int = 0


class Covered(msgspec.Struct, frozen=True, kw_only=True):
    """One technique that rules name, and these rules, the gravest first."""

    id: str
    name: str
    tactics: tuple[str, ...]
    retired: bool
    rules: tuple[Ruled, ...]

    @property
    def could_fire(self) -> bool:
        """Return whether one of its rules could fire."""
        return any(rule.could_fire for rule in self.rules)

    @property
    def levels(self) -> Mapping[str, int]:
        """Return how many rules there are of each level."""
        counts = Counter(rule.level for rule in self.rules)
        return {level: counts[level] for level in reversed(LEVELS) if counts[level]}


class Tactic(msgspec.Struct, frozen=True, kw_only=True):
    """One tactic and its counts.

    The techniques that it has, those with a rule, and those with one that could fire; its rules.
    """

    name: str
    title: str
    techniques: int
    covered: int
    could_fire: int
    rules: int


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """A log source that is not in the data.

    How many rules are for it, and the techniques that no other rule could see.
    """

    source: str
    rules: int
    only: tuple[str, ...]


class Covering(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules in force cover.

    `data` is the account of the run over data, None without any.
    """

    version: str
    rules: int
    untagged: int
    in_force: int
    tactics: tuple[Tactic, ...]
    techniques: tuple[Covered, ...]
    missing: tuple[Missing, ...] = ()
    data: Coverage | None = None

    @property
    def covered(self) -> int:
        """Return how many techniques that ATT&CK has now have a rule."""
        return sum(not one.retired for one in self.techniques)

    @property
    def could_fire(self) -> int:
        """Return how many of these have a rule that could fire on the data."""
        return sum(not one.retired and one.could_fire for one in self.techniques)

    @property
    def active(self) -> int:
        """Return how many rules could fire on the data."""
        return self.data.rules.active if self.data else 0


def coverage(
    folders: Sequence[Path], workspace: Workspace, data: Sequence[str], progress: Progress, *, only: bool
) -> Covering:
    """Return what the rules in force cover; with data, what of it could fire there."""
    rules = rules_of((*folders, *workspace.rule_folders), only=only, fills=of_estate(workspace.estate))
    seen, fired = None, Counter[str]()
    if data:
        request = Request(
            paths=tuple(data), workspace=workspace, rules=tuple(folders), only_rules=only, argv="rule coverage"
        )
        result = detect(request, stdin=BytesIO(), progress=progress).result
        seen = result.coverage
        fired.update(finding.rule for finding in result.findings)
    return _covering(rules, seen, fired)


def _covering(rules: RuleSet, seen: Coverage | None, fired: Mapping[str, int]) -> Covering:
    idle = {one.path: one.why for one in seen.rules.idle} if seen else {}
    by_technique: dict[str, list[Ruled]] = {}
    untagged = 0
    for number in rules.telling:
        about = rules.document(number).about
        names = techniques_of(about.tags)
        untagged += not names
        one = Ruled(
            id=about.id, title=about.title, level=about.level, findings=fired.get(about.id, 0),
            could_fire=None if seen is None else about.id not in idle, why=idle.get(about.id, ""),
        )  # fmt: skip
        for name in names:
            by_technique.setdefault(name, []).append(one)
    techniques = tuple(_covered(name, its) for name, its in sorted(by_technique.items()))
    return Covering(
        version=matrix().version,
        rules=len(rules.telling),
        untagged=untagged,
        in_force=sum(1 for _ in matrix().in_force()),
        tactics=tuple(_tactics(techniques)),
        techniques=techniques,
        missing=tuple(_missing(idle, techniques, _products(rules, idle))),
        data=seen,
    )


def _covered(name: str, rules: Sequence[Ruled]) -> Covered:
    known = matrix().techniques.get(name, Technique(id=name, name="", tactics=(), retired=True))
    ordered = sorted(rules, key=lambda one: (-LEVELS.index(one.level), one.title.lower(), one.id))
    return Covered(id=name, name=known.name, tactics=known.tactics, retired=known.retired, rules=tuple(ordered))


def _tactics(techniques: Sequence[Covered]) -> Iterator[Tactic]:
    for name, title in matrix().tactics.items():
        mine = [one for one in techniques if name in one.tactics and not one.retired]
        yield Tactic(
            name=name,
            title=title,
            techniques=sum(name in one.tactics for one in matrix().in_force()),
            covered=len(mine),
            could_fire=sum(one.could_fire for one in mine),
            rules=len({rule.id for one in mine for rule in one.rules}),
        )


def _products(rules: RuleSet, idle: Mapping[str, str]) -> set[str]:
    """Return the products of the data, as the rules that could fire on it name them."""
    return {rule.source.product for rule in rules.rules if rule.about.id not in idle} - {""}


def _missing(idle: Mapping[str, str], techniques: Iterable[Covered], products: Collection[str]) -> Iterator[Missing]:
    """Yield the log sources that are not in the data.

    Those of products that are there come first: one has the machine, and not this log of it. Then those that most
    rules wait for.
    """
    counts: Counter[str] = Counter(found["source"] for why in idle.values() if (found := _ABSENT.fullmatch(why)))
    only: dict[str, list[str]] = {}
    for one in techniques:
        if not one.could_fire:
            for source in {found["source"] for rule in one.rules if (found := _ABSENT.fullmatch(rule.why))}:
                only.setdefault(source, []).append(one.id)

    def order(pair: tuple[str, int]) -> tuple[bool, int, str]:
        return pair[0].partition(" ")[0] not in products, -pair[1], pair[0]

    for source, count in sorted(counts.items(), key=order):
        yield Missing(source=source, rules=count, only=tuple(only.get(source, ())))


def coverage_layer(found: Covering) -> dict[str, Any]:
    """Return the coverage as a layer of the ATT&CK Navigator.

    The score is the number of rules.
    """
    has_data = found.data is not None
    marks = {one.id: _mark(one, has_data=has_data) for one in found.techniques}
    about = f"{counted(found.rules, 'rule')} in force; the score is the number of rules of a technique."
    if has_data:
        about += " Green: a rule of it could fire on the data that was looked at. Grey: none could."
    legend = [("a rule could fire on this data", COULD), ("no rule could fire", COULD_NOT)] if has_data else []
    return layer(marks, name="Tocsin: rules in force", about=about, legend=legend)


def _mark(one: Covered, *, has_data: bool) -> Mark:
    facts = [("rules", str(len(one.rules))), ("levels", ", ".join(f"{n} {level}" for level, n in one.levels.items()))]
    if has_data:
        facts.append(("could fire here", str(sum(bool(rule.could_fire) for rule in one.rules))))
        facts += [("why not", one.rules[0].why)] if not one.could_fire else []
    return Mark(
        score=len(one.rules),
        comment=shortened([f"{rule.level}: {rule.title}" for rule in one.rules]),
        colour="" if not has_data else COULD if one.could_fire else COULD_NOT,
        facts=tuple(facts),
    )


def as_json(found: Covering) -> dict[str, Any]:
    """Return the coverage as dicts and lists."""
    from tocsin.model.codec import to_builtins

    said: dict[str, Any] = {
        "attack": found.version,
        "rules": {"in_force": found.rules, "without_technique": found.untagged},
        "techniques_in_force": found.in_force,
        "techniques_covered": found.covered,
        "tactics": to_builtins(found.tactics),
        "techniques": [{**to_builtins(one), "levels": dict(one.levels)} for one in found.techniques],
    }
    if found.data is not None:
        said |= {
            "techniques_that_could_fire": found.could_fire,
            "missing_log_sources": to_builtins(found.missing),
            "unruled": to_builtins(found.data.unruled),
            "coverage": to_builtins(found.data),
        }
    return said
