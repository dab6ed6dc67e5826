"""All rules of SigmaHQ for Windows over recordings of Windows events, beside merely decoding the same lines.

    python benchmarks/sigma_windows.py [MEGABYTES]

The recordings (TOCSIN_DATA, windows-events) are unpacked into a folder that is deleted afterwards. Each round is a
fresh process; it decodes the lines with msgspec, then finds the matches, in CPU time of one process without the loading
of the rules, which is told apart. What is told is the median of the rounds, as ratios to decoding the same lines. The
kernel is the sieve and the matcher alone; the worker is what `tocsin detect` runs on each block: framing taken apart,
parsing, matching, evidence, times, counts of each kind, and the answer as bytes.

- all: every line once, by a matcher that has seen nothing;
- second half: the later lines, by the matcher that has seen the earlier ones;
- again: all lines once more;
- a tenth of the rules, over the second half;
- worker, whole: the worker when nothing is passed over, as `tocsin scan` runs it;
- long: the lines ten times over with other hosts, ids and times (from about 2 GB), the worker;
- unique: 5,000 events whose every value is another, beside the same events as they are, both after a first pass;
- without Hyperscan: all.

Memory is the peak of a process that reads the lines as a stream, block by block.
"""

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parent.parent
NOT_HERE = 77
ROUNDS = 5
BLOCK = 4 << 20
UNIQUE = 5_000
_DAY = re.compile(rb"20\d\d-(\d\d-\d\d[T ])")
_HOST = re.compile(rb'"Hostname":"')
_NUMBER = re.compile(rb'("(?:RecordNumber|ProcessId|ThreadID|SourceProcessId|TargetProcessId)":"?)(\d+)')
_TOLD_APART = frozenset({"EventID", "Channel", "EventType"})


def main() -> int:
    """Print the ratios, or do one round when told so by the parent."""
    if sys.argv[1:2] == ["--round"]:
        print(json.dumps(ROUNDS_OF[sys.argv[2]](Path(sys.argv[3]))))
        return 0
    data = Path(os.environ.get("TOCSIN_DATA", ROOT.parent / "shared" / "data"))
    archive = data / "windows-events" / "security-datasets-atomic.zip"
    if not archive.is_file():
        print("no recordings of Windows events (TOCSIN_DATA)")
        return NOT_HERE
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "lines.json"
        size = unpack(archive, lines, megabytes * 1_000_000)
        print(f"{size / 1e6:,.0f} MB of events, {ROUNDS} rounds; times decoding the same lines (msgspec)")
        for name in ROUNDS_OF:
            rounds = [one_round(name, lines) for _ in range(ROUNDS if name in {"speed", "worker", "unique"} else 1)]
            for key in rounds[0]:
                print(f"{key:48}{median(one[key] for one in rounds):12,.2f}")
    return 0


def unpack(archive: Path, to: Path, size: int) -> int:
    """Write lines of all recordings in turn, up to a size, and return that size."""
    written = 0
    with zipfile.ZipFile(archive) as files, to.open("wb") as out:
        for name in sorted(name for name in files.namelist() if name.endswith(".json")):
            with files.open(name) as recording:
                for line in recording:
                    if line.strip() and written < size:
                        written += out.write(line if line.endswith(b"\n") else line + b"\n")
    return written


def one_round(name: str, lines: Path) -> dict[str, float]:
    """Return what a fresh process measures."""
    run = subprocess.run(
        [sys.executable, __file__, "--round", name, str(lines)], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(run.stdout)
    return found


def blocks(lines: Path) -> Iterator[list[bytes]]:
    """Yield the lines of a file, some megabytes at a time."""
    with lines.open("rb") as file:
        while block := file.readlines(BLOCK):
            yield [line for line in block if line.strip()]


def rules() -> Sequence[Any]:
    """Return SigmaHQ's rules for Windows."""
    from tocsin.detect.rules import load

    data = Path(os.environ.get("TOCSIN_DATA", ROOT.parent / "shared" / "data"))
    return [rule for rule in load([data / "sigma"]).rules if rule.source.product == "windows"]


class Finder:
    """The sieve, and the ordinary way for what it lets through."""

    def __init__(self, some: Sequence[Any], **words: Any) -> None:
        import gc

        from tocsin.formats import json_records, windows_tables
        from tocsin.formats.windows_event import flat_flat
        from tocsin.match.sigma.matcher import Matcher
        from tocsin.match.sigma.sieve import Sieve

        gc.collect()
        gc.freeze()  # rules stay: the collector need not walk through them again and again
        self.matcher = Matcher(some, **words)
        self.sieve = Sieve(self.matcher, flat_flat)
        self._records = json_records.records
        self._tables = lambda chunk: windows_tables.batch(chunk, flat_flat).tables

    def matches(self, lines: Sequence[bytes]) -> int:
        """Return how many matches the rules have in lines."""
        whole = [lines[row] for row in self.sieve.rows(lines)]
        tables = self._tables(self._records(b"\n".join(whole)).chunk("")) if whole else ()
        return sum(1 for table in tables for _ in self.matcher.run(table))


def seconds(finder: Finder, given: Sequence[Sequence[bytes]]) -> tuple[float, int]:
    """Return the CPU time for the matches of blocks, and how many there are."""
    start = time.process_time()
    found = sum(map(finder.matches, given))
    return time.process_time() - start, found


def decoding(given: Sequence[Sequence[bytes]]) -> float:
    """Return the CPU time for decoding each line of blocks."""
    start = time.process_time()
    for block in given:
        for line in block:
            msgspec.json.decode(line)
    return time.process_time() - start


def speed(lines: Path) -> dict[str, float]:
    """Measure all lines once, and the second half after the first."""
    start = time.process_time()
    some = rules()
    loading = time.process_time() - start
    given = list(blocks(lines))
    half = len(given) // 2
    decoding(given[:2])
    whole, later = decoding(given), decoding(given[half:])
    finder = Finder(some)
    first, found = seconds(finder, given[:half])
    second, more = seconds(finder, given[half:])
    again, _ = seconds(finder, given)
    tenth = Finder(some[::10])
    seconds(tenth, given[:half])
    return {
        "loading the rules": loading / whole,
        "all": (first + second) / whole,
        "second half": second / later,
        "again": again / whole,
        "second half, a tenth of the rules": seconds(tenth, given[half:])[0] / later,
        "decoding, CPU seconds": whole,
        "rules": len(some),
        "matches": found + more,
    }


def worker(lines: Path) -> dict[str, float]:
    """Measure what a user gets: the worker on blocks."""
    return {
        **_worked(lines, "worker", sifts=True),
        **{key: value for key, value in _worked(lines, "worker, whole", sifts=False).items() if "again" not in key},
    }


def _worked(lines: Path, name: str, *, sifts: bool) -> dict[str, float]:
    from _worker import Worker

    data = Path(os.environ.get("TOCSIN_DATA", ROOT.parent / "shared" / "data"))
    one = Worker([data / "sigma"], sifts=sifts)
    jobs = one.jobs(lines)
    half = len(jobs) // 2
    given = list(blocks(lines))
    decoding(given[:2])
    whole = decoding(given)
    del given
    first, second, again = one.seconds(jobs[:half]), one.seconds(jobs[half:]), one.seconds(jobs)
    return {
        f"{name}: all": (first + second) / whole,
        f"{name}: second half": 2 * second / whole,
        f"{name}: again": again / whole,
    }


def long(lines: Path) -> dict[str, float]:
    """Measure the lines ten times over, changed each time, as a stream, and the memory that it takes."""
    from _worker import Worker

    data = Path(os.environ.get("TOCSIN_DATA", ROOT.parent / "shared" / "data"))
    one = Worker([data / "sigma"])
    spent = whole = 0.0
    peaks = []
    for turn in range(10):
        changed = lines.with_name("changed.json")
        with lines.open("rb") as source, changed.open("wb") as out:
            for line in source:
                out.write(_changed(line, turn))
        for block in blocks(changed):
            whole += decoding([block])
            part = lines.with_name("part.json")
            part.write_bytes(b"".join(block))
            spent += one.seconds(one.jobs(part))
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return {
        "long: worker": spent / whole,
        "long: peak memory after the first tenth, MB": peaks[0],
        "long: peak memory, MB": peaks[-1],
    }


def _changed(line: bytes, turn: int) -> bytes:
    """Return a line of another host, another day, and with other numbers of records and processes."""
    if not turn:
        return line
    line = _DAY.sub(rb"20%02d-\1" % (30 + turn), line)
    line = _HOST.sub(rb'"Hostname":"T%d-' % turn, line)
    return _NUMBER.sub(lambda found: found[1] + b"%d" % (int(found[2]) + turn * 1_000_003), line)


def unique(lines: Path) -> dict[str, float]:
    """Measure events whose every value is another."""
    plain = [line for block in blocks(lines) for line in block][:: max(1, 100_000 // UNIQUE)][: 2 * UNIQUE]
    given = [plain[:UNIQUE], plain[UNIQUE:]]
    odd = [
        [_unlike(line, number) for number, line in enumerate(block, start)]
        for start, block in ((0, given[0]), (10**6, given[1]))
    ]
    some = rules()
    rates = []
    for first, second in (given, odd):
        finder = Finder(some)
        seconds(finder, [first, second])
        more = [[_unlike(line, number) for number, line in enumerate(second, 10**7)]] if first is odd[0] else [second]
        rates.append(decoding(more) / seconds(finder, more)[0])
    return {"unique: rate, of the normal one": rates[1] / rates[0]}


def _unlike(line: bytes, number: int) -> bytes:
    record = msgspec.json.decode(line)
    return msgspec.json.encode(
        {
            name: f"{value} {number}" if isinstance(value, str) and name not in _TOLD_APART else value
            for name, value in record.items()
        }
    )


def fallback(lines: Path) -> dict[str, float]:
    """Measure all lines once without Hyperscan."""
    given = list(blocks(lines))
    spent, found = seconds(Finder(rules(), engine=lambda: None), given)
    return {"all, without Hyperscan": spent / decoding(given), "matches, without Hyperscan": found}


def memory(lines: Path) -> dict[str, float]:
    """Measure the peak memory of a stream."""
    finder = Finder(rules())
    for block in blocks(lines):
        finder.matches(block)
    return {"peak memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


ROUNDS_OF = {
    "speed": speed, "worker": worker, "unique": unique, "long": long, "fallback": fallback, "memory": memory,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main())
