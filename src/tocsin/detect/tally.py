"""A tally: what one finding is made of, gathered match by match in bounded memory."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b

import msgspec

from tocsin.detect.matches import Values, canonical
from tocsin.detect.spool import Kept
from tocsin.match.sigma.predicate import address_of
from tocsin.model import Place
from tocsin.model.fields import ENTITY_FIELDS
from tocsin.model.finding import MAX_PLACES
from tocsin.model.observable import ObservableType, entity

ENDS = 5  # raw lines kept from each end of the story
MAX_ENTITIES = 100
MAX_DISTINCT = 100_000  # values of a field that are told apart when they are counted
MAX_SHOWN = 3  # values of a field that a message names
MAX_SOURCES = 64  # inputs whose first and last match are kept apart
MAX_KNOWN = 10_000  # records that say the same things but for their time are looked at once
OBJECT = 80  # bytes that a small object takes in a set or list
MAX_HASHES = 50_000  # occurrences of a finding that are kept by hash

# Words that logs write where nobody in particular is meant: FortiGate's country of private addresses, Windows' logons
NOBODY = frozenset({"reserved", "local", "localhost", "anonymous logon", "n/a", "not available", "unknown"})

MAX_ENTITIES_KEPT = 32_768  # texts whose entities are remembered

KeyEntity = Callable[[str], str]
Settle = Callable[[Kept], int | None]


class Edge(msgspec.Struct):
    """The first and the last match of one input, as they came."""

    first: Kept
    last: Kept


class Seen(msgspec.Struct):
    """The values of a field: how many are different, and the first few."""

    hashes: set[int]
    shown: list[str]


class Tally:
    """The count, ends, places, entities and values of what makes one finding."""

    __slots__ = (
        "_edges", "_fields", "_first", "_known", "_last", "_places", "_seen", "count", "entities", "hashes", "held",
        "is_full",
    )  # fmt: skip

    def __init__(self, fields: frozenset[str]) -> None:
        self.count = 0
        self.held = 0  # bytes, about
        self.is_full = False  # entities or values past a bound were left out
        self.entities: dict[str, None] = {}
        self._places: list[tuple[str, int]] = []
        self.hashes = bytearray()
        self._fields = fields
        self._first: list[Kept] = []
        self._last: list[Kept] = []
        self._known: set[int] = set()
        self._edges: dict[str, Edge] = {}
        self._seen: dict[str, Seen] = {}

    def add(self, kept: Kept, key_entity: KeyEntity, *, counts: bool = True, grows: bool = True) -> int:
        """Take a match; return the bytes that it added, about.

        One that only explains is evidence, no more. When the tally may not grow, it is counted, and the last line kept.
        """
        before = self.held
        if counts:
            self.count += kept.times
            self._edge(kept)
        if counts and grows:
            self._know(kept, key_entity)
        if len(self._places) < MAX_PLACES and (grows or not self._places):
            self._places.append((kept.source, kept.record + 1))
            self.held += OBJECT
        if not self._first or (grows and len(self._first) < ENDS):
            self._first.append(kept)
            self.held += len(kept.text) + OBJECT
            return self.held - before
        if not grows:
            self._last.clear()
        elif len(self._last) < ENDS:
            self.held += len(kept.text) + OBJECT
        else:
            del self._last[0]
        self._last.append(kept)
        return self.held - before

    def _know(self, kept: Kept, key_entity: KeyEntity) -> None:
        if len(self.hashes) < 16 * MAX_HASHES:
            self.hashes += kept.occurrence
            self.held += 16
        said = hash(tuple(kept.values.items()))
        if said in self._known:
            return
        if len(self._known) < MAX_KNOWN:
            self._known.add(said)
            self.held += OBJECT
        for made in entities_of(kept.values, key_entity):
            self._entity(made)
        for field in self._fields:
            self._see(field, kept.values.get(field, ()), key_entity)

    def _edge(self, kept: Kept) -> None:
        edge = self._edges.get(kept.source)
        if edge is None:
            if len(self._edges) < MAX_SOURCES:
                self._edges[kept.source] = Edge(kept, kept)
        elif kept.clock == edge.first.clock != "yearless" and kept.micros is not None:
            if edge.first.micros is None or kept.micros < edge.first.micros:
                edge.first = kept
            if edge.last.micros is None or kept.micros >= edge.last.micros:
                edge.last = kept
        else:
            edge.last = kept

    def _entity(self, made: str) -> None:
        if made in self.entities:
            return
        if len(self.entities) < MAX_ENTITIES:
            self.entities[made] = None
            self.held += len(made) + OBJECT
        else:
            self.is_full = True

    def _see(self, field: str, values: Sequence[str], key_entity: KeyEntity) -> None:
        if not values:
            return
        seen = self._seen.setdefault(field, Seen(set(), []))
        for value in values:
            mark = int.from_bytes(blake2b(value.lower().encode("utf-8", "surrogatepass"), digest_size=8).digest())
            if mark in seen.hashes:
                continue
            if len(seen.hashes) >= MAX_DISTINCT:
                self.is_full = True
                continue
            seen.hashes.add(mark)
            self.held += OBJECT
            if len(seen.shown) < MAX_SHOWN:
                seen.shown.append(shown(field, value, key_entity))

    def where(self, key_entity: KeyEntity) -> tuple[Place, ...]:
        """Return the first places; the first of them with what its record says."""
        return tuple(
            Place(path=path, record=record, event=None if place else told(self._first[0].values, key_entity))
            for place, (path, record) in enumerate(self._places)
        )

    def values(self, field: str) -> tuple[list[str], int]:
        """Return the first few values of a field, and how many different ones there are."""
        seen = self._seen.get(field)
        return (seen.shown, len(seen.hashes)) if seen else ([], 0)

    def span(self, settle: Settle) -> tuple[int | None, int | None]:
        """Return the first and last moment."""
        times = [
            at for edge in self._edges.values() for at in (settle(edge.first), settle(edge.last)) if at is not None
        ]
        return min(times, default=None), max(times, default=None)

    def evidence(self, settle: Settle) -> tuple[str, ...]:
        """Return the raw lines that are kept, by time; those without one as they came."""
        kept = [*self._first, *self._last]
        timed = [(settle(one), place, one.text) for place, one in enumerate(kept)]
        if all(at is not None for at, _, _ in timed):
            timed.sort(key=lambda one: (one[0] or 0, one[1]))
        return tuple(text for _, _, text in timed)


def entities_of(values: Values, key_entity: KeyEntity) -> Iterator[str]:
    """Yield the entities that a match names, as `type:value`.

    Addresses of the machine itself are nobody.
    """
    for name, texts in values.items():
        kind = ENTITY_FIELDS.get(name)  # only under its ECS name: the same value has other names too
        if kind is None:
            continue
        for text in texts:
            if kind is not ObservableType.KEY:
                made = _entity_of(kind, text)
            elif text.lower() in NOBODY:
                continue
            else:
                made = f"key:{key_entity(text).partition(':')[2]}"
            if made:
                yield made


@lru_cache(maxsize=MAX_ENTITIES_KEPT)
def _entity_of(kind: ObservableType, text: str) -> str:
    """Return the entity that a text is, empty for nobody."""
    if text.lower() in NOBODY:
        return ""
    if kind is not ObservableType.IP:
        return entity(kind, text)
    address = address_of(text)
    if address is None:
        return entity(ObservableType.HOST, text)
    return "" if address.is_loopback or address.is_unspecified else entity(ObservableType.IP, str(address))


def shown(field: str, value: str, key_entity: KeyEntity) -> str:
    """Return a value as a message may show it: a key is masked."""
    if canonical(field) == "cloud.access_key":
        return key_entity(value).partition(":")[2].partition("(")[0]
    return value


def told(values: Values, key_entity: KeyEntity) -> dict[str, str]:
    """Return what a match says, with keys masked."""
    return {name: ", ".join(shown(name, text, key_entity) for text in texts) for name, texts in values.items()}
