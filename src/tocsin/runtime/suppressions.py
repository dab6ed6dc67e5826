"""`suppressions.toml`: what a team said need not be shown, each with a reason, an owner and a last day.

An entry is for one finding (`fingerprint`), or for a rule: wherever it fires, or only where all hosts, users and the
like that a finding names, or all its places, are those of the entry.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import msgspec

from tocsin.model import Finding, Suppression, UserError
from tocsin.model.observable import ObservableType

NAME = "suppressions.toml"
_HEAD = re.compile(r"^[ \t]*\[\[[ \t]*suppress[ \t]*\]\]", re.MULTILINE)
_TYPES = frozenset(ObservableType)
_HINT = "docs/guide/rule-desk.md tells what an entry may say"

Words = str | tuple[str, ...]


class Suppress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[suppress]]` of suppressions.toml.

    A fingerprint, or a rule with entities and paths that may have `*`.
    """

    reason: str
    owner: str
    until: date
    fingerprint: str = ""
    rule: str = ""
    entity: Words = ()
    path: Words = ()

    def __post_init__(self) -> None:
        """Raise ValueError, in a person's words, for an entry that would hide something else than was meant."""
        for name in ("reason", "owner"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name} is empty: say {'why' if name == 'reason' else 'who answers for it'}")
        if bool(self.fingerprint) == bool(self.rule):
            raise ValueError("name a fingerprint or a rule, one of the two")
        if self.fingerprint and (self.entity or self.path):
            raise ValueError("entity and path go with a rule; a fingerprint is one finding already")
        for one in _texts(self.entity):
            kind, _, value = one.partition(":")
            if kind not in _TYPES or not value:
                raise ValueError(f"{one!r} is no entity: write host:NAME, user:NAME, ip:ADDRESS and so on")
        if "" in _texts(self.path):
            raise ValueError("path is empty")

    def is_live(self, now: datetime) -> bool:
        """Return whether it still counts: to the end of its last day, UTC."""
        return now.astimezone(UTC).date() <= self.until

    def record(self) -> Suppression:
        """Return what a finding shows of it."""
        return Suppression(reason=self.reason, owner=self.owner, until=self.until.isoformat())

    def covers(self, finding: Finding) -> bool:
        """Return whether it is for a finding.

        A finding that names others besides is not covered: nothing of somebody else is hidden with it.
        """
        if self.fingerprint:
            return finding.fingerprint == self.fingerprint
        return (
            finding.rule == self.rule
            and _all_named(_texts(self.entity), finding.entities)
            and (not self.path or _all_under(_texts(self.path), [place.path for place in finding.where]))
        )

    def __str__(self) -> str:
        """Return what it is for, in words."""
        if self.fingerprint:
            return self.fingerprint
        where = " and ".join(filter(None, (", ".join(_texts(self.entity)), ", ".join(_texts(self.path)))))
        return f"{self.rule} on {where}" if where else self.rule


def _texts(words: Words) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else words


def _all_named(patterns: Sequence[str], entities: Iterable[str]) -> bool:
    """Return whether, of each type that patterns name, there are entities, and each fits a pattern of that type."""
    lowered = [one.lower() for one in entities]
    for kind in {one.partition(":")[0] for one in patterns}:
        of_kind = [one for one in lowered if one.startswith(f"{kind}:")]
        asked = [one.lower() for one in patterns if one.startswith(f"{kind}:")]
        if not of_kind or not all(any(fits(one, pattern) for pattern in asked) for one in of_kind):
            return False
    return True


def _all_under(patterns: Sequence[str], paths: Sequence[str]) -> bool:
    plain = [path.replace("\\", "/") for path in paths]
    return bool(plain) and all(
        any(fits(path, pattern) or fits(path, f"*/{pattern}") for pattern in patterns) for path in plain
    )


def fits(text: str, pattern: str) -> bool:
    """Return whether a text fits a pattern.

    In it `*` and `?` stand for other characters, and nothing else does.
    """
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def read(path: Path, document: Mapping[str, Any], text: str) -> tuple[Suppress, ...]:
    """Return the entries of a file that was read as TOML.

    Raises UserError with the line of the first that is wrong.
    """
    unknown = sorted(document.keys() - {"suppress"})
    entries = document.get("suppress", [])
    if unknown or not isinstance(entries, list):
        says = f"{path}: it may hold [[suppress]] entries, and nothing else" + (f" ({unknown[0]!r})" if unknown else "")
        raise UserError(says, where=str(path), hint=_HINT)
    found = []
    for number, entry in enumerate(entries):
        try:
            found.append(msgspec.convert(entry, Suppress))
        except msgspec.ValidationError as error:
            line = _line(text, number)
            place = f"line {line}: " if line else ""
            says = f"{path}: {place}entry {number + 1}: {_plain(error)}"
            raise UserError(says, where=f"{path}:{line}" if line else str(path), hint=_HINT) from error
    return tuple(found)


def _plain(error: msgspec.ValidationError) -> str:
    says, _, place = str(error).partition(" - at `$")
    name = place.strip("`.")
    return f"{says} ({name})" if name else says


def _line(text: str, number: int) -> int:
    """Return the line of the entry of a number, 0 where entries are written in another way.

    What looks like a head inside a text of several lines is none: what stands before it is then no TOML by itself.
    """
    heads = [found.start() for found in _HEAD.finditer(text) if _is_whole(text[: found.start()])]
    return text.count("\n", 0, heads[number]) + 1 if number < len(heads) else 0


def _is_whole(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True
