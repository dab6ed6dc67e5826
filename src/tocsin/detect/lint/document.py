"""A document of a rule file as lints see it: its tree, text and entries, and the rule that the loader makes of it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import msgspec

from tocsin.match.sigma.detection import Clause, Group, clause
from tocsin.match.sigma.item import Item, fill
from tocsin.match.sigma.placeholder import Fills, names
from tocsin.match.sigma.rule import Chain, Filter, Rule, Source, document, draft
from tocsin.match.sigma.tree import Node, RuleError

NOT_SELECTIONS = frozenset({"condition", "timeframe"})
LONG_LINE = 4_000  # characters; a rule on one line is not searched for keys, nor edited


class Text:
    """The lines of a rule file, with their ends taken off."""

    def __init__(self, path: str, raw: str) -> None:
        self.path = path
        self.lines: list[str] = [line.rstrip("\r\n") for line in raw.split("\n")]

    def line(self, number: int) -> str:
        """Return a line, counted from 1; empty beyond the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def key(self, name: str, at: int) -> int:
        """Return the line of a key, given where its value begins.

        That line itself where no line up to it, within 50, bears the key.
        """
        if len(self.line(at)) > LONG_LINE:
            return at
        form = re.compile(rf"^\s*(?:-\s+)*(?:.*[{{,]\s*)?[\"']?{re.escape(name)}[\"']?\s*:(?:\s|$)")
        for number in range(at, max(0, at - 50), -1):
            if len(self.line(number)) <= LONG_LINE and form.match(self.line(number)):
                return number
        return at


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One entry of a selection: a field with its modifiers, and the values.

    Keywords have no field.
    """

    selection: str
    key: str
    node: Node
    field: str = ""
    modifiers: tuple[str, ...] = ()

    @property
    def values(self) -> Sequence[Node]:
        """Return the values, each a scalar; none for what is no value."""
        value = self.node.value
        members = value if isinstance(value, list) else [self.node]
        return [one for one in members if not isinstance(one.value, dict | list)]

    @property
    def texts(self) -> list[tuple[Node, str]]:
        """Return the values that are texts."""
        return [(one, one.value) for one in self.values if isinstance(one.value, str)]


class Document:
    """One document of a file.

    `node` is its tree, always a map. `fills` are the values of placeholders that are known.
    """

    def __init__(self, text: Text, node: Node, fills: Fills, number: int = 0) -> None:
        self.text = text
        self.node = node
        self.number = number
        self.map: Mapping[str, Node] = node.map
        self._fills = fills
        self.serves = False  # only to be named by a correlation of its file, which makes the findings
        self.unfilled: tuple[tuple[int, str], ...] = ()
        self.error: RuleError | None = None
        self.made: Rule | Chain | Filter | None = None
        self.clause: Clause | None = None
        try:
            self._load()
        except RuleError as error:
            self.error = error

    @property
    def path(self) -> str:
        """Return the path of the file."""
        return self.text.path

    @property
    def id(self) -> str:
        """Return what the rule is called: its id, else name, else title."""
        return self.said("id") or self.said("name") or self.said("title")

    @property
    def kind(self) -> str:
        """Return what the document is, in a word."""
        return "correlation" if "correlation" in self.map else "filter" if "filter" in self.map else "rule"

    def said(self, key: str) -> str:
        """Return the text of a key at the top; empty where there is none."""
        node = self.map.get(key)
        return "" if node is None or isinstance(node.value, dict | list) else node.text

    def listed(self, key: str) -> list[Node]:
        """Return the members of a list at the top that are plain values."""
        node = self.map.get(key)
        if node is None or isinstance(node.value, dict) or node.value is None:
            return []
        members = node.value if isinstance(node.value, list) else [node]
        return [one for one in members if not isinstance(one.value, dict | list)]

    def line(self, key: str) -> int:
        """Return the line of a key at the top; that of the document where there is none."""
        node = self.map.get(key)
        return self.node.line if node is None else self.text.key(key, node.line)

    def line_of(self, entry: Entry) -> int:
        """Return the line of an entry's key."""
        return self.text.key(entry.key, entry.node.line) if entry.key else entry.node.line

    @cached_property
    def detection(self) -> Mapping[str, Node]:
        """Return the section with the selections, of a rule or filter.

        Empty for what has none.
        """
        node = self.map.get("filter" if self.kind == "filter" else "detection")
        return node.value if node is not None and isinstance(node.value, dict) else {}

    @cached_property
    def selections(self) -> Mapping[str, Node]:
        """Return the selections by name."""
        skip = NOT_SELECTIONS | {"rules"} if self.kind == "filter" else NOT_SELECTIONS
        return {name: node for name, node in self.detection.items() if name not in skip}

    @cached_property
    def conditions(self) -> Sequence[tuple[str, int]]:
        """Return the conditions, each with its line."""
        node = self.detection.get("condition")
        if node is None or isinstance(node.value, dict):
            return []
        return [(one.text, one.line) for one in node.items if not isinstance(one.value, dict | list)]

    @cached_property
    def entries(self) -> Sequence[Entry]:
        """Return the entries of all selections, in order."""
        return [entry for name, node in self.selections.items() for entry in _entries(name, node)]

    @cached_property
    def source(self) -> Source:
        """Return the log source as written; empty words where it is not readable."""
        node = self.map.get("logsource")
        said = node.value if node is not None and isinstance(node.value, dict) else {}
        words = {
            key: str(said[key].value).lower()
            for key in ("product", "category", "service")
            if key in said and isinstance(said[key].value, str)
        }
        return Source(**words)

    def _load(self) -> None:
        if self.kind != "rule":
            self.made = document(self.node, self.path, self._fills)
            if isinstance(self.made, Filter):
                self.clause = self.made.clause(None)
                self._fill(self.clause)
            return
        made = draft(self.node, self.path, None)
        self.clause = made.clauses[0]
        self._fill(self.clause)
        self.made = made.rule()

    def _fill(self, read: Clause) -> None:
        """Fill placeholders; one that is not known stands for its own name, so that the rest can be looked at."""
        unfilled = []
        for item in _items(read.selections.values()):
            missing = [name for text in item.waits for name in names(text) if not self._fills.get(name)]
            unfilled += [(item.line, name) for name in dict.fromkeys(missing)]
            if item.waits:
                fill(item, {**self._fills, **{name: (_stand_in(item, name),) for name in missing}})
        self.unfilled = tuple(unfilled)


def _stand_in(item: Item, name: str) -> str:
    return "192.0.2.0/24" if "cidr" in item.modifiers else name


def _items(groups: Iterable[Group]) -> Iterator[Item]:
    for group in groups:
        for part in group.parts:
            if isinstance(part, Group):
                yield from _items([part])
            else:
                yield part


def _entries(selection: str, node: Node) -> Iterator[Entry]:
    if isinstance(node.value, dict):
        for key, value in node.value.items():
            field, *modifiers = key.split("|")
            yield Entry(selection, key, value, field, tuple(modifiers))
    elif isinstance(node.value, list):
        if any(isinstance(member.value, dict | list) for member in node.value):
            for member in node.value:
                yield from _entries(selection, member)
        else:
            yield Entry(selection, "", node)
    elif node.value is not None:
        yield Entry(selection, "", node)


def detection_clause(of: Document) -> Clause | None:
    """Return the clause of a document, or None.

    It may have one though it could not be loaded for another reason.
    """
    if of.clause is not None:
        return of.clause
    node = of.map.get("filter" if of.kind == "filter" else "detection")
    if node is None:
        return None
    try:
        return clause(node, None, frozenset({"rules"}) if of.kind == "filter" else frozenset())
    except RuleError:
        return None
