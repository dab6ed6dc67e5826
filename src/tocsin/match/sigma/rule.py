"""Sigma documents as records: detection rules, correlations and filters.

Specification: https://github.com/SigmaHQ/sigma-specification (2.1.0). Of our own there is one key, `tocsin`, with
`by` (fields that make two matches the same finding), and texts with `{field}` in them: `says` (the message), `story`
(the same as a short clause, for a case), `do` (what to do now) and `remedy` (what ends it for good).
"""

from collections.abc import Iterator, Mapping

import msgspec

from tocsin.match.sigma.correlation import Correlation, correlation
from tocsin.match.sigma.detection import Clause, clause, together
from tocsin.match.sigma.expression import Expression
from tocsin.match.sigma.placeholder import NO_FILLS, Fills
from tocsin.match.sigma.tree import Node, RuleError, documents, merged

LEVELS = ("informational", "low", "medium", "high", "critical")
OWN = frozenset({"by", "says", "story", "do", "remedy", "confidence", "tests"})


class Source(msgspec.Struct, frozen=True):
    """The log source that a rule is for; an empty word fits all."""

    product: str = ""
    category: str = ""
    service: str = ""

    def __str__(self) -> str:
        """Return the words that are set, for people."""
        return " ".join(word for word in (self.product, self.category, self.service) if word) or "any log"


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """What the `tocsin` key of a rule says.

    It changes how a match is told, never whether there is one.
    """

    by: tuple[str, ...] = ()
    says: str = ""
    story: str = ""
    do: tuple[str, ...] = ()
    remedy: str = ""
    confidence: str = ""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What detection rules and correlations have in common."""

    id: str
    name: str
    title: str
    level: str
    path: str
    line: int
    description: str = ""
    status: str = ""
    author: str = ""
    references: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    falsepositives: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    own: Own = Own()


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A detection rule.

    What it is about, the log source it is for, and its expression. `filters` are the ids of the filters in it.
    """

    about: About
    source: Source
    expression: Expression
    filters: tuple[str, ...] = ()


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """A correlation rule.

    What it is about, and how other rules' matches make one of it.
    """

    about: About
    correlation: Correlation


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """A filter: a condition more for the rules that it names.

    It names them by id or name; they are of its log source. Without names it is for any rule of the source. `node` is
    its detection section.
    """

    about: About
    source: Source
    rules: tuple[str, ...]
    node: Node

    def clause(self, fills: Fills | None = NO_FILLS) -> Clause:
        """Return the condition that it adds; raises RuleError."""
        return clause(self.node, fills, FILTER_KEYS)

    def covers(self, source: Source) -> bool:
        """Return whether rules of a source are of the filter's: all its words are theirs."""
        mine = self.source
        return (
            mine.product in {"", source.product}
            and mine.category in {"", source.category}
            and mine.service in {"", source.service}
        )


Document = Rule | Chain
FILTER_KEYS = frozenset({"rules"})


class Draft(msgspec.Struct):
    """A detection rule while a pipeline changes it: its clauses must all hold."""

    about: About
    source: Source
    clauses: list[Clause]
    filters: tuple[str, ...] = ()
    attributes: dict[str, object] = {}

    def rule(self) -> Rule:
        """Return the rule that the draft has become; raises RuleError."""
        expression = together(self.clauses, self.about.line)
        return Rule(about=self.about, source=self.source, expression=expression, filters=self.filters)


def read(raw: bytes, path: str, fills: Fills = NO_FILLS) -> Iterator[Document | Filter | RuleError]:
    """Yield the rules, correlations and filters of a file.

    An error comes instead of each document that cannot be loaded.
    """
    for node in nodes(raw):
        if isinstance(node, RuleError):
            yield node
            continue
        try:
            yield document(node, path, fills)
        except RuleError as error:
            yield error


def nodes(raw: bytes) -> Iterator[Node | RuleError]:
    """Yield the documents of a file, each complete.

    `action: global` and `repeat` make one a part of others.
    """
    common = Node({}, 0)
    previous = Node({}, 0)
    for node in documents(raw):
        if isinstance(node, RuleError):
            yield node
            continue
        try:
            word = node.map["action"].text if "action" in node.map else ""
            if word in {"global", "reset"}:
                common = merged(common, _without_action(node)) if word == "global" else Node({}, 0)
                continue
            previous = _complete(node, word, common, previous)
            yield previous
        except RuleError as error:
            yield error


def _complete(node: Node, action: str, common: Node, previous: Node) -> Node:
    if action == "repeat":
        return merged(previous, _without_action(node))
    if action:
        raise RuleError(f"no action is named {action!r}", line=node.map["action"].line, hint="global, reset or repeat")
    return merged(common, node)


def _without_action(node: Node) -> Node:
    return Node({key: value for key, value in node.map.items() if key != "action"}, node.line)


def document(node: Node, path: str, fills: Fills = NO_FILLS) -> Document | Filter:
    """Return the rule, correlation or filter that a document is; raises RuleError."""
    entries = node.map
    if "correlation" in entries:
        return Chain(about=_about(entries, path, node.line), correlation=correlation(entries["correlation"], entries))
    if "filter" in entries:
        return _filter(entries, path, node.line)
    return draft(node, path, fills).rule()


def draft(node: Node, path: str, fills: Fills | None = NO_FILLS) -> Draft:
    """Return the draft of the detection rule that a document is; raises RuleError."""
    entries = node.map
    about = _about(entries, path, node.line)
    if "detection" not in entries:
        raise RuleError("this is no rule: it has neither a detection nor a correlation", line=node.line)
    return Draft(about, _source(entries, node.line), [clause(entries["detection"], fills)])


def _filter(entries: Mapping[str, Node], path: str, line: int) -> Filter:
    node = entries["filter"]
    named = node.map.get("rules", Node(None, node.line))
    names = named.texts
    if not isinstance(named.value, list):
        if not names:
            raise RuleError("the filter names no rules", line=named.line, hint="rules: any, or a list of ids and names")
        names = () if names[0].lower() == "any" else names
    made = Filter(about=_about(entries, path, line), source=_source(entries, line, "filter"), rules=names, node=node)
    if len(made.clause(None).conditions) != 1:
        raise RuleError("a filter has one condition", line=node.line)
    return made


def _about(entries: Mapping[str, Node], path: str, line: int) -> About:
    def text(key: str) -> str:
        return entries[key].text if key in entries else ""

    def texts(key: str) -> tuple[str, ...]:
        return entries[key].texts if key in entries else ()

    level = text("level").lower() or "medium"
    if level not in LEVELS:
        raise RuleError(f"no level is named {level!r}", line=entries["level"].line, hint=", ".join(LEVELS))
    title = text("title")
    if not title:
        raise RuleError("the rule has no title", line=line)
    return About(
        id=text("id") or text("name") or title, name=text("name"), title=title, level=level, path=path, line=line,
        description=text("description").strip(), status=text("status"), author=text("author"),
        references=texts("references"), tags=texts("tags"), falsepositives=texts("falsepositives"),
        fields=texts("fields"), own=_own(entries["tocsin"]) if "tocsin" in entries else Own(),
    )  # fmt: skip


def _own(node: Node) -> Own:
    entries = node.map
    for key, value in entries.items():
        if key not in OWN:
            raise RuleError(f"tocsin: has no {key!r}", line=value.line, hint=f"known: {', '.join(sorted(OWN))}")

    def text(key: str) -> str:
        return " ".join(entries[key].text.split()) if key in entries else ""

    if text("confidence") not in {"", "low", "medium", "high"}:
        raise RuleError("confidence is low, medium or high", line=entries["confidence"].line)
    return Own(
        by=entries["by"].texts if "by" in entries else (),
        do=entries["do"].texts if "do" in entries else (),
        says=text("says"),
        story=text("story"),
        remedy=text("remedy"),
        confidence=text("confidence"),
    )


def _source(entries: Mapping[str, Node], line: int, what: str = "rule") -> Source:
    if "logsource" not in entries:
        raise RuleError(f"the {what} names no logsource", line=line, hint="add logsource with a product or category")
    said = entries["logsource"].map
    words = {key: said[key].text.lower() for key in ("product", "category", "service") if key in said}
    return Source(**words)
