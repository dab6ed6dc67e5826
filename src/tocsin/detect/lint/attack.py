"""What is wrong with the name of an ATT&CK tag, and which name was meant."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

from tocsin.detect.lint.remark import q
from tocsin.formats.attack import Matrix, matrix, techniques_of

OTHERS = re.compile(
    r"[gsm]\d{4}|ds\d{4}|dc\d{4}|ta\d{4}|det\d{4}|an\d{4}"
)  # groups, software, mitigations, data sources
TECHNIQUE = re.compile(r"t(\d{4})(?:\.(\d{3}))?")
OLD = frozenset({"defense-evasion", "defence-evasion"})
HEIRS = ("stealth", "defense-impairment")  # what "Defense Evasion" was split into by version 19


def tactics_of(technique: str) -> tuple[str, ...]:
    """Return the tactics of a technique (`t1059.001`), as tags name them.

    Nothing for one that is not in force.
    """
    found = matrix().techniques.get(technique.upper())
    return found.tactics if found is not None and not found.retired else ()


def heir(tags: Iterable[str]) -> str:
    """Return which heir of Defense Evasion the techniques of a rule are of.

    Nothing where that is not clear.
    A retired technique counts as the one of its name that is in force.
    """
    names = (by_name(id_) if matrix().techniques[id_].retired else id_ for id_ in _known(tags))
    found = {tactic for name in names for tactic in tactics_of(name) if tactic in HEIRS}
    return found.pop() if len(found) == 1 else ""


def _known(tags: Iterable[str]) -> list[str]:
    return [id_ for id_ in techniques_of(tags) if id_ in matrix().techniques]


@cache
def by_name(retired: str) -> str:
    """Return the one technique in force that bears a retired one's name.

    Nothing where there is none.
    """
    name = matrix().techniques[retired].name.rpartition(": ")[2]
    found = [one.id for one in matrix().in_force() if one.name.rpartition(": ")[2] == name]
    return found[0] if len(found) == 1 else ""


@cache
def wrong(name: str) -> tuple[str, str]:
    """Return what is wrong with the name of a tag of `attack`.

    Beside it stands the name that was surely meant, if any.
    Numbers above all that the table has may be newer than it, and pass.
    """
    facts = matrix()
    found = TECHNIQUE.fullmatch(name)
    if found:
        return _wrong_technique(found, facts)
    if OTHERS.fullmatch(name) or name in facts.tactics:
        return "", ""
    dashed = name.replace("_", "-")
    if dashed in OLD:
        return f"ATT&CK {facts.version} has no tactic {q(name)}: it was split into {HEIRS[0]} and {HEIRS[1]}", ""
    if dashed in facts.tactics:
        return f"ATT&CK's tactics are written with '-', not {q(name)}", dashed
    if re.fullmatch(r"t\d{4}[_-]\d{3}", name):
        return f"a sub-technique is written with '.', not {q(name)}", re.sub("[_-]", ".", name)
    near = next(iter(get_close_matches(dashed, facts.tactics, 1, 0.85)), "")
    return f"ATT&CK has no {q(name)}", near


def _wrong_technique(found: re.Match[str], facts: Matrix) -> tuple[str, str]:
    id_ = found[0].upper()
    technique = facts.techniques.get(id_)
    if technique is not None:
        if not technique.retired:
            return "", ""
        return f"{id_} ({technique.name}) was retired from ATT&CK", by_name(id_).lower()
    if int(found[1]) > newest():
        return "", ""
    parent = facts.techniques.get(id_.partition(".")[0])
    if found[2] and parent is not None and not parent.retired:
        return f"ATT&CK {facts.version} has no {id_}; {parent.id} is {parent.name}", ""
    return f"ATT&CK {facts.version} has no technique {id_}", ""


@cache
def newest() -> int:
    """Return the highest number of a technique that the table has."""
    return max(int(one.id[1:5]) for one in matrix().in_force())
