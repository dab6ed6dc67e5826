"""All rules of SigmaHQ for Windows over recordings of Windows events, beside merely decoding the same lines.

    python benchmarks/sigma_windows.py [MEGABYTES]

The recordings (TOCSIN_DATA, windows-events) are unpacked into a folder that is deleted afterwards. Each round is a
fresh process; it decodes the lines with msgspec, then finds the matches, in CPU time of one process without the loading
of the rules, which is told apart. What is told is the median of the rounds, as ratios to decoding the same lines:

- all: every line once, by a matcher that has seen nothing;
- second half: the later lines, by the matcher that has seen the earlier ones;
- a tenth of the rules, over the second half;
- unique: 5,000 events whose every value is another, beside the same events as they are, both after a first pass;
- without Hyperscan: all.

Memory is the peak of a process that reads the lines as a stream, block by block.
"""

import json
import os
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
            rounds = [one_round(name, lines) for _ in range(ROUNDS if name in {"speed", "unique"} else 1)]
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
    whole, later = decoding(given), decoding(given[half:])
    finder = Finder(some)
    first, found = seconds(finder, given[:half])
    second, more = seconds(finder, given[half:])
    tenth = Finder(some[::10])
    seconds(tenth, given[:half])
    return {
        "loading the rules": loading / whole,
        "all": (first + second) / whole,
        "second half": second / later,
        "second half, a tenth of the rules": seconds(tenth, given[half:])[0] / later,
        "decoding, CPU seconds": whole,
        "rules": len(some),
        "matches": found + more,
    }


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


ROUNDS_OF = {"speed": speed, "unique": unique, "fallback": fallback, "memory": memory}

if __name__ == "__main__":
    sys.exit(main())
