"""YAML documents as small trees that remember their lines; hostile documents are refused before they grow.

Only the composer of libyaml runs (no constructor of objects), so a document makes maps, lists and scalars, never code.
"""

from collections.abc import Iterator

import msgspec
import yaml
from yaml.constructor import SafeConstructor

from tocsin.model import UserError

MAX_BYTES = 1 << 20  # the largest of 3,845 rules of SigmaHQ has 64 kB
MAX_NODES = 100_000  # with aliases expanded: a nest of anchors cannot grow past it
MAX_DEPTH = 24

Scalar = str | int | float | bool | None

_CONSTRUCT = SafeConstructor()
_MERGE = "tag:yaml.org,2002:merge"
_TYPED = frozenset(f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "null"))


class RuleError(UserError):
    """Why a rule cannot be loaded, with the line where that stands."""

    def __init__(self, says: str, *, line: int = 0, hint: str = "") -> None:
        super().__init__(says, where=f"line {line}" if line else "", hint=hint)
        self.line = line


class Node(msgspec.Struct, frozen=True, gc=False):  # no cycle can form; the collector takes a tenth of loading
    """A map, list or scalar of a document, with its line.

    That is where it begins, counted from 1.
    """

    value: "dict[str, Node] | list[Node] | Scalar"
    line: int

    @property
    def map(self) -> "dict[str, Node]":
        """Return the entries of a map; raises RuleError for anything else."""
        if not isinstance(self.value, dict):
            raise RuleError(f"a map is needed here, not {self.kind}", line=self.line)
        return self.value

    @property
    def items(self) -> "list[Node]":
        """Return the members of a list, or a scalar as a list of one.

        Raises RuleError for a map.
        """
        if isinstance(self.value, dict):
            raise RuleError("a list or a value is needed here, not a map", line=self.line)
        return self.value if isinstance(self.value, list) else [self]

    @property
    def scalar(self) -> Scalar:
        """Return a scalar; raises RuleError for a map or list."""
        if isinstance(self.value, dict | list):
            raise RuleError(f"one value is needed here, not {self.kind}", line=self.line)
        return self.value

    @property
    def text(self) -> str:
        """Return a scalar as text; null is the empty text."""
        return "" if self.scalar is None else str(self.scalar)

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the members of a list, or one value, as texts; nulls are left out."""
        return tuple(node.text for node in self.items if node.scalar is not None)

    @property
    def kind(self) -> str:
        """Return what this is, in words."""
        return "a map" if isinstance(self.value, dict) else "a list" if isinstance(self.value, list) else "a value"


def documents(raw: bytes) -> Iterator[Node | RuleError]:
    """Yield the documents of a YAML file.

    An error comes in place of each that cannot be read.
    """
    if len(raw) > MAX_BYTES:
        yield RuleError(f"the file has {len(raw):,} bytes; a rule file has at most {MAX_BYTES:,}")
        return
    budget = [MAX_NODES]
    try:
        for root in yaml.compose_all(raw, Loader=yaml.CSafeLoader):
            if not _is_nothing(root):
                try:
                    yield _tree(root, budget, 0)
                except RuleError as error:
                    yield error
                    if budget[0] < 0:
                        return  # each document behind it would say the same
    except yaml.reader.ReaderError as error:
        yield _undecodable(raw, error)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        yield RuleError(f"not readable as YAML: {error.problem or error.context}", line=mark.line + 1 if mark else 0)
    except yaml.YAMLError as error:
        yield RuleError(f"not readable as YAML: {str(error).splitlines()[0]}")
    except RecursionError:
        yield RuleError("nested too deeply")


def _is_nothing(root: yaml.Node | None) -> bool:
    """Return whether a document says nothing, as the one behind a last `---`."""
    return root is None or (isinstance(root, yaml.ScalarNode) and root.tag == "tag:yaml.org,2002:null")


def _undecodable(raw: bytes, error: yaml.reader.ReaderError) -> RuleError:
    """Return why bytes are no text: most often they are of another encoding than they should be."""
    line = raw.count(b"\n", 0, error.position) + 1 if isinstance(error.position, int) else 0
    says = f"not readable as YAML: {str(error).splitlines()[0]}"
    return RuleError(
        says, line=line, hint="rules are UTF-8, or UTF-16 with a byte order mark, without control characters"
    )


def merged(under: Node, over: Node) -> Node:
    """Return two maps as one, deep; where both speak, `over` counts."""
    if not (isinstance(under.value, dict) and isinstance(over.value, dict)):
        return over
    both = dict(under.value)
    for key, node in over.value.items():
        both[key] = merged(both[key], node) if key in both else node
    return Node(both, over.line)


def _tree(node: yaml.Node, budget: list[int], depth: int) -> Node:
    line = node.start_mark.line + 1
    budget[0] -= 1
    if budget[0] < 0:
        raise RuleError(f"more than {MAX_NODES:,} values once its aliases are expanded", line=line)
    if depth > MAX_DEPTH:
        raise RuleError(f"nested more than {MAX_DEPTH} levels deep", line=line)
    if isinstance(node, yaml.MappingNode):
        entries: dict[str, Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise RuleError("a key must be a plain value", line=key.start_mark.line + 1)
            if key.tag == _MERGE:
                continue
            if key.value in entries:
                raise RuleError(f"the key {key.value!r} stands twice in one map", line=key.start_mark.line + 1)
            entries[key.value] = _tree(value, budget, depth + 1)
        return Node({**_inherited(node, budget, depth), **entries}, line)
    if isinstance(node, yaml.SequenceNode):
        return Node([_tree(member, budget, depth + 1) for member in node.value], line)
    return Node(_scalar(node, line), line)


def _inherited(node: yaml.MappingNode, budget: list[int], depth: int) -> dict[str, Node]:
    """Return what a map takes over from others (`<<`, YAML 1.1); of several, the first counts."""
    entries: dict[str, Node] = {}
    for key, value in node.value:
        if key.tag == _MERGE:
            found = _tree(value, budget, depth + 1)
            for other in reversed(found.value) if isinstance(found.value, list) else [found]:
                entries.update(other.map)
    return entries


def _scalar(node: yaml.Node, line: int) -> Scalar:
    if node.tag not in _TYPED:
        return str(node.value)
    try:
        value: Scalar = _CONSTRUCT.construct_object(node)
    except (ValueError, yaml.YAMLError, KeyError) as error:
        raise RuleError(f"{str(node.value)[:40]!r} is no value of its type", line=line) from error
    return value
