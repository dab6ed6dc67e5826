"""Mending rules: edits of remarks applied to the text, kept only where the rule then asks just what it asked before."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from tocsin.detect.lint.check import read
from tocsin.detect.lint.document import Document
from tocsin.detect.lint.edit import applied
from tocsin.detect.lint.logic import canonical
from tocsin.detect.lint.remark import Edit, Remark
from tocsin.match.sigma.expression import Expression
from tocsin.match.sigma.placeholder import NO_FILLS, Fills
from tocsin.match.sigma.rule import Chain, Filter, Rule

ROUNDS = 8  # an edit may make room for another one of the same line

Look = Callable[[str], Iterable[Remark]]


class Mended(msgspec.Struct, frozen=True, kw_only=True):
    """A text after mending, and what was done to it.

    `refused` are edits that would change the rule.
    """

    text: str
    done: tuple[Remark, ...] = ()
    refused: tuple[Remark, ...] = ()


def mended(path: str, raw: str, look: Look, fills: Fills = NO_FILLS) -> Mended:
    """Return the text of a rule file with what can be mended mended.

    `look` tells what is wrong with a text. An edit is kept only if the rules of the file ask the same afterwards, of
    the same log sources; or could not be loaded before. Mending what was mended does nothing.
    """
    done: list[Remark] = []
    refused: dict[tuple[str, str], Remark] = {}
    for _ in range(ROUNDS):
        wanted = [one for one in look(raw) if one.edit is not None and (one.lint, one.says) not in refused]
        if not wanted:
            break
        new, taken = _together(path, raw, wanted, fills)
        if not taken:
            new, taken = _one_by_one(path, raw, wanted, refused, fills)
        if not taken:
            break
        raw = new
        done.extend(taken)
    return Mended(text=raw, done=tuple(done), refused=tuple(refused.values()))


def _together(path: str, raw: str, wanted: Sequence[Remark], fills: Fills) -> tuple[str, list[Remark]]:
    new, taken = applied(raw, (one.edit for one in wanted if one.edit is not None))
    if not keeps(path, raw, new, fills):
        return raw, []
    left = list(taken)
    return new, [one for one in wanted if _takes(left, one.edit)]


def _takes(left: list[Edit], edit: Edit | None) -> bool:
    for place, one in enumerate(left):
        if one is edit:
            del left[place]
            return True
    return False


def _one_by_one(
    path: str, raw: str, wanted: Sequence[Remark], refused: dict[tuple[str, str], Remark], fills: Fills
) -> tuple[str, list[Remark]]:
    """Return the text with the edits that keep the rules; the others are refused for good."""
    kept: list[Remark] = []
    for one in wanted:
        new, taken = applied(raw, [one.edit] if one.edit is not None else [])
        if taken and keeps(path, raw, new, fills):
            kept.append(one)
        else:
            refused[one.lint, one.says] = one
    new, taken = applied(raw, [one.edit for one in kept if one.edit is not None])
    if not keeps(path, raw, new, fills):  # each keeps the rules, and all together do not: the first alone
        new, taken = applied(raw, [one.edit for one in kept[:1] if one.edit is not None])
    left = list(taken)
    return new, [one for one in kept if _takes(left, one.edit)]


def keeps(path: str, before: str, after: str, fills: Fills = NO_FILLS) -> bool:
    """Return whether the rules of a text ask the same as those of another.

    They must be as many.
    """
    if before == after:
        return False
    old, old_wrong = read(path, before.encode(), before, fills)
    new, new_wrong = read(path, after.encode(), after, fills)
    if len(old) != len(new) or len(new_wrong) > len(old_wrong):
        return False
    return all(_same(one, other) for one, other in zip(old, new, strict=True))


def _same(before: Document, after: Document) -> bool:
    old, new = before.made, after.made
    if before.error is not None:
        return after.error is None or after.error.says == before.error.says or new is not None
    if isinstance(old, Rule) and isinstance(new, Rule):
        return old.source == new.source and canonical(old.expression) == canonical(new.expression)
    if isinstance(old, Chain) and isinstance(new, Chain):
        return _without_line(old) == _without_line(new)
    if isinstance(old, Filter) and isinstance(new, Filter):
        return old.source == new.source and old.rules == new.rules and _clause(before) == _clause(after)
    return False


def _without_line(chain: Chain) -> object:
    return msgspec.structs.replace(chain.correlation, line=0)


def _clause(document: Document) -> Expression | None:
    return canonical(document.clause.expression()) if document.clause is not None else None
