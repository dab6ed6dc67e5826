"""Hits: every single match of a run, kept on disk, and given back in the order of time."""

import weakref
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from tempfile import SpooledTemporaryFile

import msgspec

from tocsin.detect.gather import SEVERITY
from tocsin.detect.rules import RuleSet
from tocsin.detect.spool import Kept
from tocsin.detect.tally import KeyEntity, entities_of, told
from tocsin.ingest.when import Settled
from tocsin.model import Severity
from tocsin.model.times import from_micros

IN_MEMORY = 16 << 20  # bytes before they go to an unnamed temporary file
HOUR = 3_600_000_000  # microseconds
UNTIMED = 1 << 62  # sorts after every moment


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One record that one rule matched.

    `record` counts from 1. `event` holds the values that the rule and its finding speak of, by field; `text` the
    record, masked and cut; `digest` names this occurrence of the whole record, and `fingerprint` the finding. A copy of
    a record that another input holds too is a hit of its own, and counts nowhere else.
    """

    rule: str
    title: str
    severity: Severity
    path: str
    record: int
    at: datetime | None
    fingerprint: str
    entities: tuple[str, ...]
    tags: tuple[str, ...]
    event: dict[str, str]
    text: str
    digest: str
    is_copy: bool = False


class Hits:
    """All hits of a run: 25 bytes of memory for each, the rest on disk."""

    def __init__(self, rules: RuleSet, key_entity: KeyEntity, follow: Callable[[Hit], None] | None = None) -> None:
        self.settled: dict[str, Settled] = {}
        self._rules = rules
        self._key_entity = key_entity
        self._follow = follow
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # it is closed with this object
        weakref.finalize(self, self._file.close)
        self._end = 0
        self._at = array("q")
        self._counts = bytearray()  # 0 for copies
        self._offsets = array("Q")
        self._findings = array("Q")
        self._prints: dict[str, int] = {}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._at)

    def __call__(self, number: int, fingerprint: str, kept: Kept, *, is_copy: bool) -> None:
        """Take a match of a rule or chain, which is part of a finding."""
        about = self._rules.document(number).about
        host = kept.values.get("host.name", ("",))[0]
        at = self.settled[kept.source].at(kept.clock, kept.micros, kept.record, host)
        hit = Hit(
            rule=about.id,
            title=about.title,
            severity=SEVERITY[about.level],
            path=kept.source,
            record=kept.record + 1,
            at=None if at is None else from_micros(at),
            fingerprint=fingerprint,
            entities=tuple(dict.fromkeys(entities_of(kept.values, self._key_entity))),
            tags=about.tags,
            event=told(kept.values, self._key_entity),
            text=kept.text,
            digest=kept.occurrence.hex(),
            is_copy=is_copy,
        )
        self._add(hit, UNTIMED if at is None else at)
        if self._follow is not None:
            self._follow(hit)

    def _add(self, hit: Hit, at: int) -> None:
        raw = msgspec.msgpack.encode(hit)
        self._file.write(len(raw).to_bytes(4, "little") + raw)
        self._at.append(at)
        self._counts.append(not hit.is_copy)
        self._offsets.append(self._end)
        self._findings.append(self._prints.setdefault(hit.fingerprint, len(self._prints)))
        self._end += 4 + len(raw)

    def by_time(self) -> Iterator[Hit]:
        """Yield all hits, the earliest first; those without a time last.

        Equal times as they came.
        """
        decoder = msgspec.msgpack.Decoder(Hit)
        for index in sorted(range(len(self._at)), key=self._at.__getitem__):
            self._file.seek(self._offsets[index])
            yield decoder.decode(self._file.read(int.from_bytes(self._file.read(4), "little")))

    def by_hour(self, wanted: Collection[str]) -> list[tuple[datetime, int]]:
        """Return the hours in which records of the wanted findings lie, and how many.

        In order; those without a time are left out.
        """
        numbers = {self._prints[print_] for print_ in wanted if print_ in self._prints}
        hours = Counter(
            at // HOUR
            for at, finding, counts in zip(self._at, self._findings, self._counts, strict=True)
            if counts and at != UNTIMED and finding in numbers
        )
        return [(from_micros(hour * HOUR), count) for hour, count in sorted(hours.items())]
