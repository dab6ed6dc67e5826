"""The condition of a rule: and, or, not, parentheses, `N of pattern`, `all of them`."""

import re
from collections.abc import Mapping
from difflib import get_close_matches

from tocsin.match.sigma.expression import Expression, Not, Some, either, every
from tocsin.match.sigma.tree import RuleError

MAX_DEPTH = 64  # of parentheses

_WORD = re.compile(r"\s*([()]|[^\s()]+)")


def condition(text: str, selections: Mapping[str, Expression], line: int = 0) -> Expression:
    """Return the expression of a condition over named selections; raises RuleError."""
    reader = _Reader(text, selections, line)
    whole = reader.either(0)
    if reader.words:
        raise RuleError(f"the condition does not end at {reader.words[0]!r}", line=line)
    return whole


class _Reader:
    def __init__(self, text: str, selections: Mapping[str, Expression], line: int) -> None:
        self.words = _WORD.findall(text)
        self.selections = selections
        self.line = line

    def either(self, depth: int) -> Expression:
        parts = [self.every(depth)]
        while self._take("or"):
            parts.append(self.every(depth))
        return either(parts)

    def every(self, depth: int) -> Expression:
        parts = [self.contrary(depth)]
        while self._take("and"):
            parts.append(self.contrary(depth))
        return every(parts)

    def contrary(self, depth: int) -> Expression:
        negated = False
        while self._take("not"):
            negated = not negated
        part = self._operand(depth)
        return Not(part) if negated else part

    def _operand(self, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise RuleError(f"the condition nests more than {MAX_DEPTH} parentheses", line=self.line)
        if self._take("("):
            inner = self.either(depth + 1)
            if not self._take(")"):
                raise RuleError("a parenthesis of the condition is not closed", line=self.line)
            return inner
        if not self.words or self.words[0] == ")" or self.words[0].lower() in {"and", "or"}:
            raise RuleError("the condition lacks a selection's name", line=self.line)
        word = self.words.pop(0)
        if self.words and self.words[0].lower() == "of" and word not in self.selections:
            return self._some_of(word.lower())
        if word not in self.selections:
            raise self._unknown(word)
        return self.selections[word]

    def _some_of(self, quantity: str) -> Expression:
        self.words.pop(0)
        if not self.words:
            raise RuleError(f"{quantity!r} of what? The condition ends there", line=self.line)
        pattern = self.words.pop(0)
        parts = self._named(pattern)
        if not parts:
            raise RuleError(f"no selection is named like {pattern!r}", line=self.line)
        if quantity == "all":
            return every(parts)
        if quantity not in {"any", "1"} and not (quantity.isascii() and quantity.isdigit()):
            raise RuleError(f"{quantity!r} is no quantity", line=self.line, hint="write 1, a number, or all")
        least = 1 if quantity == "any" else int(quantity[:9])
        if least == 0:
            raise RuleError("`0 of` is always true", line=self.line)
        return either(parts) if least == 1 else Some(tuple(parts), least)

    def _named(self, pattern: str) -> list[Expression]:
        if pattern.lower() == "them":
            pattern = "*"
        if "*" not in pattern:
            return [self.selections[pattern]] if pattern in self.selections else []
        fits = re.compile(".*".join(re.escape(part) for part in pattern.split("*"))).fullmatch
        return [
            part for name, part in self.selections.items()
            if fits(name) and (not name.startswith("_") or pattern.startswith("_"))
        ]  # fmt: skip

    def _take(self, word: str) -> bool:
        if self.words and self.words[0].lower() == word:
            self.words.pop(0)
            return True
        return False

    def _unknown(self, word: str) -> RuleError:
        near = get_close_matches(word, list(self.selections), 1)
        return RuleError(
            f"the condition names {word!r}, which is no selection",
            line=self.line,
            hint=f"did you mean {near[0]!r}?" if near else "",
        )
