"""What is known of each input while its blocks come back: counts, kinds, times, what was refused."""

import re
import tempfile
import weakref
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b

import msgspec

from tocsin.app.scan_jobs import Ends, LogAnswer, Sighted
from tocsin.formats.clock import DAY
from tocsin.ingest.walk import Input
from tocsin.ingest.when import Settled, Timeline, Zones
from tocsin.model import Observable, ObservableType
from tocsin.model.coverage import Missed
from tocsin.model.result import InputDetail, KindDetail, Unparsed
from tocsin.model.times import EPOCH, from_micros

MAX_REFUSED = 200  # places of refused records that are named one by one; the rest is counted by reason
MAX_SAMPLES = 5
MAX_SEEN = 200_000  # different sightings of one input
_CODE = re.compile(r" \d+$")  # "Windows Security 4624": the kinds of one channel are one to a reader of the list
IN_MEMORY = 16 << 20  # bytes of sightings before they go to an unnamed temporary file
AHEAD = 64 << 10  # bytes in which an input's name to the store is looked for
ENOUGH = 200  # bytes of whole lines that tell one log from another
SHORT = 20  # bytes of a first line that says little
PRINTED = 1024  # and as many where lines are short at first, as those of JSON that was printed for people
EVTX = b"ElfFile\0"
EVTX_RECORD = 4096 + 512  # the first record of the first chunk; the headers before it change as the log grows

Sighting = tuple[str, str, str, int, int]  # type, value, with whom, day since 1970, how often


def identity(head: bytes) -> bytes:
    """Return what names an input to the store.

    It is the same when it was copied, compressed or has grown, and no other's: its first whole lines, without
    comments; of a Windows event log its first record.
    """
    if head.startswith(EVTX):
        return head[EVTX_RECORD : EVTX_RECORD + PRINTED]
    kept: list[bytes] = []
    size = 0
    for line in head[:AHEAD].split(b"\n")[:-1]:
        if line.startswith(b"#"):
            continue
        kept.append(line)
        size += len(line)
        if len(kept) > 1 and size >= (ENOUGH if len(kept[0]) > SHORT else PRINTED):  # the first may be a header
            break
    return b"\n".join(kept) or head[:PRINTED]


class Kinds:
    """How many records of each kind of log there are, and in how many inputs.

    Inputs are added as they end.
    """

    def __init__(self) -> None:
        self._records: Counter[tuple[str, bool]] = Counter()
        self._inputs: Counter[tuple[str, bool]] = Counter()  # by the name in lower case

    def add(self, kinds: Mapping[tuple[str, bool], int]) -> None:
        """Count what one input holds.

        Records by the kind's name, and whether a parser knows it.
        """
        self._records.update(kinds)
        self._inputs.update({(what.lower(), parsed) for what, parsed in kinds})

    def details(self) -> Iterator[KindDetail]:
        """Yield the kinds, the most frequent first.

        Names that differ by case only are one, as most write it.
        """
        spelt: dict[tuple[str, bool], list[tuple[str, bool]]] = {}
        for what, parsed in (key for key, _ in self._records.most_common()):
            spelt.setdefault((what.lower(), parsed), []).append((what, parsed))
        rows = (
            KindDetail(
                what=keys[0][0],
                records=sum(self._records[key] for key in keys),
                inputs=self._inputs[folded],
                parsed=folded[1],
            )
            for folded, keys in spelt.items()
        )
        yield from sorted(rows, key=lambda row: (-row.records, row.what))


class Sightings:
    """What inputs show, written down as each ends.

    So only what is open is in memory.
    """

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # it is closed with this object
        weakref.finalize(self, self._file.close)

    def add(self, source: bytes, rows: Iterable[Sighting]) -> None:
        """Write down what one input shows."""
        raw = msgspec.msgpack.encode((source, list(rows)))
        self._file.write(len(raw).to_bytes(4, "little") + raw)

    def __iter__(self) -> Iterator[tuple[bytes, Iterator[tuple[Observable, str, date, int]]]]:
        """Yield the name of each input, and what it shows: value, with whom, on which day as settled, how often."""
        decoder = msgspec.msgpack.Decoder(tuple[bytes, list[Sighting]])
        self._file.seek(0)
        while size := self._file.read(4):
            source, rows = decoder.decode(self._file.read(int.from_bytes(size, "little")))
            yield source, map(_observed, rows)
        self._file.seek(0, 2)


def _observed(row: Sighting) -> tuple[Observable, str, date, int]:
    kind, value, who, day, count = row
    return Observable(type=ObservableType(kind), value=value), who, _day(day * DAY), count


class InputState:
    """One input of a log, from its first block to its last.

    What its end leaves is small, for there may be many.
    """

    def __init__(self, found: Input, zones: Zones) -> None:
        self.path = found.path
        self._input: Input | None = found
        self._source = blake2b(identity(found.open().peek(AHEAD)), digest_size=16).digest()
        self._timeline = Timeline(found.modified, zones)
        self._settled: Settled | None = None
        self.pending = 0
        self.is_read = False
        self.records = 0
        self.parsed = 0
        self.refused: list[tuple[int, str]] = []
        self.more_refused: Counter[str] = Counter()
        self.samples: list[tuple[int, str]] = []
        self.trouble = ""
        self._digest = ""
        self._bytes = 0
        self._what = ""
        self._kinds: Counter[str] = Counter()
        self._sorts: Counter[tuple[str, bool]] = Counter()
        self._ends: list[Ends] = []
        self._times: tuple[int, int] | None = None
        self._seen: dict[tuple[str, str, str, str, int], tuple[int, int]] = {}
        self._lost_seen = 0

    def take(self, answer: LogAnswer) -> int:
        """Count what the next block held.

        Returns the number of its first record in the input.
        """
        first = self.records
        self._timeline.add(answer.marks, first, answer.clocks)
        for number, why in answer.refused:
            if len(self.refused) < MAX_REFUSED:
                self.refused.append((first + number, why))
            else:
                self.more_refused[why] += 1
        for kind in answer.kinds:
            self._kinds[kind.what] += kind.rows
            self._sorts[short_kind(kind.what), kind.parsed] += kind.rows
            self.parsed += kind.rows if kind.parsed else 0
        for number, text in answer.samples[: MAX_SAMPLES - len(self.samples)]:
            self.samples.append((first + number, text))
        self._ends += (Ends(end.clock, end.micros, first + end.record) for end in answer.ends)
        if len(self._ends) > 1024:
            self._fold_ends()
        for one in answer.seen:
            self._see(one, first)
        self.records += answer.records
        return first

    def _fold_ends(self) -> None:
        """Keep the ends that can still be the first or last: the outer ones of each clock."""
        kept: list[Ends] = []
        for clock in {end.clock for end in self._ends}:
            mine = [end for end in self._ends if end.clock == clock]
            by = (lambda end: end.record) if clock == "yearless" else (lambda end: end.micros)
            kept += (min(mine, key=by), max(mine, key=by))
        self._ends = kept

    def _see(self, one: Sighted, first: int) -> None:
        key = (one.type, one.value, one.who, one.clock, one.day)
        before = self._seen.get(key)
        if before is not None:
            self._seen[key] = (before[0] + one.count, before[1])
        elif len(self._seen) < MAX_SEEN:
            self._seen[key] = (one.count, first + one.record)
        else:
            self._lost_seen += 1

    def settle(self) -> Settled:
        """Decide years and zones; all blocks are back."""
        if self._settled is None:
            self._settled = self._timeline.settle()
        return self._settled

    def end(self, sightings: Sightings, kinds: Kinds) -> None:
        """Write down what the input shows, and let go of what only its blocks needed.

        All of them are back.
        """
        if self._input is None:
            return
        sightings.add(self._source, self._sighted())
        kinds.add(self._sorts)
        at = self.settle().at
        times = [time for one in self._ends if (time := at(one.clock, one.micros, one.record)) is not None]
        self._times = (min(times), max(times)) if times else None
        self.trouble, self._digest = self._input.trouble, self._input.digest
        self._bytes, self._what = self._input.open().given, what_of(self._kinds)
        self._input = None
        del self._timeline, self._kinds, self._sorts, self._ends, self._seen

    def missed(self) -> Iterator[Missed]:
        """Yield what of the input could not be looked at."""
        if self.trouble:
            yield Missed(path=self.path, why=self.trouble)
        for number, why in self.refused:
            yield Missed(path=self.path, record=number + 1, why=why)
        for why, count in sorted(self.more_refused.items()):
            yield Missed(path=self.path, why=why, count=count)

    def _sighted(self) -> Iterator[Sighting]:
        settled = self.settle()
        for (kind, value, who, clock, day), (count, record) in self._seen.items():
            at = settled.at(clock, day * DAY, record, who.partition(":")[2])
            if at is not None:
                yield kind, value, who, at // DAY, count

    def detail(self) -> InputDetail:
        """Return what the report shows of the input, which has ended."""
        refused = len(self.refused) + sum(self.more_refused.values())
        unparsed = self.records - refused - self.parsed
        notes = [f"{unparsed:,} not parsed"] if unparsed and self.parsed else []
        notes += [f"{refused:,} not looked at"] if refused else []
        notes += [f"{self._lost_seen:,} values not kept for tocsin about"] if self._lost_seen else []
        return InputDetail(
            path=self.path,
            what=self._what,
            bytes=self._bytes,
            records=self.records,
            parsed=self.parsed,
            note=", ".join(notes),
            sha256=self._digest,
            time_rule=self.settle().says,
            first=_time(self._times[0]) if self._times else None,
            last=_time(self._times[1]) if self._times else None,
            unparsed_samples=tuple(
                Unparsed(record=n + 1, text=text, why="no parser knows it") for n, text in self.samples
            ),
        )


def what_of(kinds: Counter[str]) -> str:
    """Return what an input is, short: `syslog: sshd, sudo`, the most frequent first."""
    outer: dict[str, list[str]] = {}
    names = [short_kind(what) for what, _ in kinds.most_common()]
    for name in dict.fromkeys(names):
        head, mark, tail = name.partition(": ")
        if not mark:
            head, tail = _family(name, names)
        outer.setdefault(head, []).extend([tail] if tail else [])
    if len(outer) > 1:
        outer.pop("text", None)
    shown = [
        f"{head}: {', '.join(tails[:4])}{', ...' if len(tails) > 4 else ''}" if tails else head
        for head, tails in outer.items()
    ]
    return "; ".join(shown[:3]) + ("; ..." if len(shown) > 3 else "")


def short_kind(what: str) -> str:
    """Return the name of a kind of record for people, without its code.

    As `Windows Security`.
    """
    return _CODE.sub("", what).replace("Windows Microsoft-Windows-", "Windows ")


def _family(name: str, names: list[str]) -> tuple[str, str]:
    """Return the words that a name begins with as others do, and the rest: `Microsoft 365`, `Exchange`."""
    words = name.split()
    for count in range(len(words), 0, -1):
        head = " ".join(words[:count])
        if any(other != name and other.startswith(f"{head} ") for other in names):
            return head, " ".join(words[count:])
    return name, ""


def _day(micros: int) -> date:
    return (EPOCH + timedelta(microseconds=micros)).date()


def _time(micros: int) -> datetime:
    return from_micros(micros).astimezone(UTC)
