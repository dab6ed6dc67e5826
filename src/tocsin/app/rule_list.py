"""Listing the rules in force: what each is, what it needs, and which could not be loaded."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tocsin.app.rules import rules_of
from tocsin.detect.filters import Problem
from tocsin.detect.lint.sources import needs
from tocsin.detect.rules import RuleSet
from tocsin.match.sigma.expression import Keyword, leaves
from tocsin.match.sigma.matcher import fields_of
from tocsin.match.sigma.placeholder import NO_FILLS, Fills
from tocsin.match.sigma.rule import LEVELS, Chain, Document, Rule, Source
from tocsin.model.errors import Exit


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Which rules to list.

    `products`, `levels` and `tags` leave out what has none of them; a tag may be given without its end: `attack.t1059`
    takes in its sub-techniques.
    """

    folders: tuple[Path, ...] = ()
    only_rules: bool = False
    products: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    fills: Fills = NO_FILLS


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One rule.

    `kind` is rule or correlation, `serves` whether it makes no findings of its own. `needs` names the records that it
    looks at, `fields` what it asks of them, `parts` the rules that a correlation is made of.
    """

    id: str
    name: str
    kind: str
    level: str
    status: str
    title: str
    product: str
    category: str
    service: str
    tags: tuple[str, ...]
    needs: tuple[str, ...]
    fields: tuple[str, ...]
    parts: tuple[str, ...]
    filters: tuple[str, ...]
    serves: bool
    path: str
    line: int

    @property
    def logsource(self) -> str:
        """Return the log source in words; nothing for a correlation of several."""
        return " ".join(word for word in (self.product, self.category, self.service) if word)


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """The rules that were asked for, out of how many, and what could not be loaded."""

    rules: tuple[Row, ...]
    loaded: int
    unloaded: tuple[Problem, ...]

    @property
    def code(self) -> Exit:
        """Return the exit code: 3 where a rule could not be loaded."""
        return Exit.INCOMPLETE if self.unloaded else Exit.DONE


def rule_list(request: Request) -> Listed:
    """Return the rules in force that were asked for, by level and id.

    Raises UserError for a folder that is not there.
    """
    found = rules_of(request.folders, only=request.only_rules, fills=request.fills)
    documents: Sequence[Document] = [*found.rules, *found.chains]
    rows = [_row(found, number, document) for number, document in enumerate(documents)]
    kept = [row for row in rows if _is_wanted(row, request)]
    ordered = sorted(kept, key=lambda row: (LEVELS.index(row.level), row.id))
    return Listed(rules=tuple(ordered), loaded=len(rows), unloaded=found.problems)


def _row(found: RuleSet, number: int, document: Document) -> Row:
    about = document.about
    chain = number - len(found.rules)
    parts = [found.document(part) for part in found.parts[chain]] if isinstance(document, Chain) else []
    rules = list(_rules(found, number))
    sources = list(dict.fromkeys(rule.source for rule in rules))
    source = sources[0] if len(sources) == 1 else _shared(sources)
    return Row(
        id=about.id, name=about.name, kind="correlation" if isinstance(document, Chain) else "rule",
        level=about.level, status=about.status, title=about.title, product=source.product,
        category=source.category, service=source.service, tags=about.tags,
        needs=tuple(dict.fromkeys(need for one in sources for need in needs(one))), fields=_fields(rules, document),
        parts=tuple(part.about.id for part in parts),
        filters=document.filters if isinstance(document, Rule) else (), serves=number in found.silent,
        path=about.path, line=about.line,
    )  # fmt: skip


def _rules(found: RuleSet, number: int) -> Iterable[Rule]:
    document = found.document(number)
    if isinstance(document, Rule):
        yield document
        return
    for part in found.parts[number - len(found.rules)]:
        yield from _rules(found, part)


def _shared(sources: Sequence[Source]) -> Source:
    """Return the words that several log sources have in common."""
    words = {
        place: getattr(sources[0], place) if len({getattr(one, place) for one in sources}) == 1 else ""
        for place in ("product", "category", "service")
    }
    return Source(**words)


def _fields(rules: Sequence[Rule], document: Document) -> tuple[str, ...]:
    asked = [leaf for rule in rules for leaf in leaves(rule.expression)]
    names = [name for leaf in asked for name in fields_of(leaf)]
    if isinstance(document, Chain):
        names += [*document.correlation.group_by, *document.correlation.fields]
    text = ["message (searched as text)"] if any(isinstance(leaf, Keyword) for leaf in asked) else []
    return tuple(dict.fromkeys([*names, *text]))


def _is_wanted(row: Row, request: Request) -> bool:
    tags = [tag.lower() for tag in row.tags]
    return (
        (not request.products or row.product in request.products)
        and (not request.levels or row.level in request.levels)
        and (not request.tags or any(_fits(want.lower(), tag) for want in request.tags for tag in tags))
    )


def _fits(want: str, tag: str) -> bool:
    return any(tag == one or tag.startswith(f"{one}.") for one in (want, f"attack.{want}"))


def shape(listed: Listed) -> dict[str, Any]:
    """Return the list as its JSON."""
    return {
        "rules": listed.rules,
        "counts": {
            "listed": len(listed.rules), "loaded": listed.loaded, "unloaded": len(listed.unloaded),
            "levels": {level: sum(row.level == level for row in listed.rules) for level in LEVELS},
        },
        "unloaded": [{"path": p.path, "line": p.line, "why": p.says, "hint": p.hint} for p in listed.unloaded],
    }  # fmt: skip
