"""What is known of each input while its blocks come back: counts, kinds, times, what was refused."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b

from tocsin.app.scan_work import Ends, LogAnswer, Sighted
from tocsin.formats.clock import DAY
from tocsin.ingest.walk import Input
from tocsin.ingest.when import Settled, Timeline, Zones
from tocsin.model import Observable, ObservableType
from tocsin.model.coverage import Missed
from tocsin.model.result import InputDetail, Unparsed
from tocsin.model.times import EPOCH, from_micros

MAX_REFUSED = 200  # places of refused records that are named one by one; the rest is counted by reason
MAX_SAMPLES = 5
MAX_SEEN = 200_000  # different sightings of one input
_CODE = re.compile(r" \d+$")  # "Windows Security 4624": the kinds of one channel are one to a reader of the list
HEAD = 1024  # bytes that name an input to the store, so that it is the same one when it has grown


class InputState:
    """One input of a log, from its first block to its last."""

    def __init__(self, found: Input, zones: Zones) -> None:
        self.path = found.path
        self.input = found
        self.source = blake2b(found.open().peek(HEAD)[:HEAD], digest_size=16).digest()
        self.timeline = Timeline(found.modified, zones)
        self.settled: Settled | None = None
        self.pending = 0
        self.is_read = False
        self.records = 0
        self.parsed = 0
        self.refused: list[tuple[int, str]] = []
        self.more_refused: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.samples: list[tuple[int, str]] = []
        self.ends: list[Ends] = []
        self.seen: dict[tuple[str, str, str, str, int], tuple[int, int]] = {}
        self.lost_seen = 0

    def take(self, answer: LogAnswer) -> int:
        """Count what the next block held.

        Returns the number of its first record in the input.
        """
        first = self.records
        self.timeline.add(answer.marks, first, answer.clocks)
        for number, why in answer.refused:
            if len(self.refused) < MAX_REFUSED:
                self.refused.append((first + number, why))
            else:
                self.more_refused[why] += 1
        for kind in answer.kinds:
            self.kinds[kind.what] += kind.rows
            self.parsed += kind.rows if kind.parsed else 0
        for number, text in answer.samples[: MAX_SAMPLES - len(self.samples)]:
            self.samples.append((first + number, text))
        self.ends += (Ends(end.clock, end.micros, first + end.record) for end in answer.ends)
        if len(self.ends) > 1024:
            self._fold_ends()
        for one in answer.seen:
            self._see(one, first)
        self.records += answer.records
        return first

    def _fold_ends(self) -> None:
        """Keep the ends that can still be the first or last: the outer ones of each clock."""
        kept: list[Ends] = []
        for clock in {end.clock for end in self.ends}:
            mine = [end for end in self.ends if end.clock == clock]
            by = (lambda end: end.record) if clock == "yearless" else (lambda end: end.micros)
            kept += (min(mine, key=by), max(mine, key=by))
        self.ends = kept

    def _see(self, one: Sighted, first: int) -> None:
        key = (one.type, one.value, one.who, one.clock, one.day)
        before = self.seen.get(key)
        if before is not None:
            self.seen[key] = (before[0] + one.count, before[1])
        elif len(self.seen) < MAX_SEEN:
            self.seen[key] = (one.count, first + one.record)
        else:
            self.lost_seen += 1

    def settle(self) -> Settled:
        """Decide years and zones; all blocks are back."""
        if self.settled is None:
            self.settled = self.timeline.settle()
        return self.settled

    def missed(self) -> Iterator[Missed]:
        """Yield what of the input could not be looked at."""
        if self.input.trouble:
            yield Missed(path=self.path, why=self.input.trouble)
        for number, why in self.refused:
            yield Missed(path=self.path, record=number + 1, why=why)
        for why, count in sorted(self.more_refused.items()):
            yield Missed(path=self.path, why=why, count=count)

    def sightings(self) -> Iterator[tuple[Observable, str, date, int]]:
        """Yield what the input shows, for the store.

        Value, with whom, on which day as settled, how often.
        """
        settled = self.settle()
        for (kind, value, who, clock, day), (count, record) in self.seen.items():
            at = settled.at(clock, day * DAY, record, who.partition(":")[2])
            if at is not None:
                seen = Observable(type=ObservableType(kind), value=value)
                yield seen, who, _day(at), count

    def detail(self) -> InputDetail:
        """Return what the report shows of the input."""
        times = sorted(
            at for end in self.ends if (at := self.settle().at(end.clock, end.micros, end.record)) is not None
        )
        unparsed = self.records - len(self.refused) - sum(self.more_refused.values()) - self.parsed
        notes = [f"{unparsed:,} not parsed"] if unparsed and self.parsed else []
        refused = len(self.refused) + sum(self.more_refused.values())
        notes += [f"{refused:,} not looked at"] if refused else []
        return InputDetail(
            path=self.path,
            what=what_of(self.kinds),
            bytes=self.input.open().given,
            records=self.records,
            parsed=self.parsed,
            note=", ".join(notes),
            sha256=self.input.digest,
            time_rule=self.settle().says,
            first=_time(times[0]) if times else None,
            last=_time(times[-1]) if times else None,
            unparsed_samples=tuple(
                Unparsed(record=n + 1, text=text, why="no parser knows it") for n, text in self.samples
            ),
        )


def what_of(kinds: Counter[str]) -> str:
    """Return what an input is, short: `syslog: sshd, sudo`, the most frequent first."""
    outer: dict[str, list[str]] = {}
    names = [_CODE.sub("", what).replace("Windows Microsoft-Windows-", "Windows ") for what, _ in kinds.most_common()]
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
