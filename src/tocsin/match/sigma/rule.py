"""Sigma documents as records: detection rules and correlations.

Specification: https://github.com/SigmaHQ/sigma-specification (2.1.0). Of our own there is one key, `tocsin`, with
`by` (fields that make two matches the same finding), and texts with `{field}` in them: `says` (the message), `story`
(the same as a short clause, for a case), `do` (what to do now) and `remedy` (what ends it for good).
"""

from collections.abc import Iterator, Mapping

import msgspec

from tocsin.match.sigma.condition import condition
from tocsin.match.sigma.correlation import Correlation, correlation
from tocsin.match.sigma.expression import Expression, either, every
from tocsin.match.sigma.item import item
from tocsin.match.sigma.tree import Node, RuleError, documents, merged

LEVELS = ("informational", "low", "medium", "high", "critical")
OWN = frozenset({"by", "says", "story", "do", "remedy", "confidence"})


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

    What it is about, the log source it is for, and its expression.
    """

    about: About
    source: Source
    expression: Expression


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """A correlation rule.

    What it is about, and how other rules' matches make one of it.
    """

    about: About
    correlation: Correlation


Document = Rule | Chain


def read(raw: bytes, path: str) -> Iterator[Document | RuleError]:
    """Yield the rules of a file.

    An error comes instead of each document that cannot be loaded.
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
            yield document(previous, path)
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


def document(node: Node, path: str) -> Document:
    """Return the rule that a document is; raises RuleError."""
    entries = node.map
    about = _about(entries, path, node.line)
    if "correlation" in entries:
        generate = entries.get("generate")
        return Chain(about=about, correlation=correlation(entries["correlation"], generate))
    if "filter" in entries:
        raise RuleError("Sigma filters are not supported yet", line=entries["filter"].line)
    if "detection" not in entries:
        raise RuleError("this is no rule: it has neither a detection nor a correlation", line=node.line)
    if "logsource" not in entries:
        raise RuleError("the rule names no logsource", line=node.line, hint="add logsource with a product or category")
    return Rule(about=about, source=_source(entries["logsource"]), expression=_detection(entries["detection"]))


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


def _source(node: Node) -> Source:
    entries = node.map
    words = {key: entries[key].text.lower() for key in ("product", "category", "service") if key in entries}
    return Source(**words)


def _detection(node: Node) -> Expression:
    entries = dict(node.map)
    if "condition" not in entries:
        raise RuleError("the detection has no condition", line=node.line)
    conditions = entries.pop("condition")
    if "timeframe" in entries:
        raise RuleError(
            "timeframe was removed from Sigma", line=entries["timeframe"].line, hint="write a correlation document"
        )
    selections = {name: _selection(value) for name, value in entries.items()}
    if not selections:
        raise RuleError("the detection has no selection", line=node.line)
    if not conditions.items:
        raise RuleError("the condition is empty", line=conditions.line)
    return either([condition(one.text, selections, one.line) for one in conditions.items])


def _selection(node: Node) -> Expression:
    if isinstance(node.value, dict):
        if not node.value:
            raise RuleError("an empty selection", line=node.line)
        return every([item(key, value) for key, value in node.value.items()])
    if not node.items:
        raise RuleError("an empty selection", line=node.line)
    if isinstance(node.value, list) and any(isinstance(member.value, dict | list) for member in node.value):
        return either([_selection(member) for member in node.value])
    return item("", node)
