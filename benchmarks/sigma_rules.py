"""What loading rules costs, from YAML and from the cache, and what ten times as many rules cost.

    python benchmarks/sigma_rules.py

Loads SigmaHQ's rules for Windows (TOCSIN_DATA), each time in this process, in CPU time: ours from YAML, from the cache,
and pySigma's, where it is installed. Then 30,000 made-up rules, which are those of SigmaHQ with other words in their
texts, over 40 MB of recorded events, beside 3,000: a matcher that has seen the first half, over the second.
"""

import os
import re
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import sigma_windows as windows

from tocsin.detect import rule_cache
from tocsin.detect.rules import RuleSet, files, together

ROOT = Path(__file__).resolve().parent.parent
NOT_HERE = 77
ROUNDS = 5
TIMES = 10
MEGABYTES = 40
_WORD = re.compile(r"[a-z]{4,}")
_LISTED = re.compile(r"^(\s+- |\s+\S+\|\S+: )(.*)$", re.MULTILINE)


def main() -> int:
    """Print the figures."""
    data = Path(os.environ.get("TOCSIN_DATA", ROOT.parent / "shared" / "data"))
    found = [(str(name), raw) for name, raw in files(data / "sigma") if isinstance(raw, bytes)]
    sources = [(name, raw) for name, raw in found if b"product: windows" in raw]
    if not sources:
        print("no rules (TOCSIN_DATA)")
        return NOT_HERE
    with tempfile.TemporaryDirectory() as folder:
        loading(sources, Path(folder))
        many(sources, data, Path(folder))
    return 0


def timed(run: Callable[[], object]) -> float:
    """Return the median CPU time of a few rounds."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return median(times)


def loading(sources: list[tuple[str, bytes]], folder: Path) -> None:
    """Print what loading costs."""
    ours = timed(lambda: together(sources))

    def cached() -> RuleSet:
        return rule_cache.kept(folder / "kept", rule_cache.key(sources), lambda: together(sources))

    cached()
    kept = timed(cached)
    print(f"{len(sources):,} files: {ours:.2f} CPU s from YAML, {kept:.3f} from the cache")
    try:
        from sigma.collection import SigmaCollection
    except ImportError:
        print("pySigma is not installed")
        return
    texts = [raw.decode() for _, raw in sources]
    start = time.process_time()
    for text in texts:
        SigmaCollection.from_yaml(text, collect_errors=True)
    theirs = time.process_time() - start
    print(f"pySigma: {theirs:.2f} CPU s; ours {ours / theirs:.3f} of it, from the cache {kept / theirs:.3f}")


def many(sources: list[tuple[str, bytes]], data: Path, folder: Path) -> None:
    """Print what made-up rules cost beside the rules that they are made of."""
    lines = folder / "lines.json"
    with zipfile.ZipFile(data / "windows-events" / "security-datasets-atomic.zip"):
        windows.unpack(data / "windows-events" / "security-datasets-atomic.zip", lines, MEGABYTES * 1_000_000)
    given = list(windows.blocks(lines))
    half = len(given) // 2
    later = windows.decoding(given[half:])
    plain = list(together(sources).rules)
    made = [*plain]
    for turn in range(1, TIMES):
        made.extend(together(_other(name, raw, turn) for name, raw in sources).rules)
    for rules in (plain, made):
        finder = windows.Finder(rules)
        first = windows.seconds(finder, given[:half])[0]
        print(
            f"{len(rules):,} rules over {MEGABYTES} MB: first half {first / later:.1f}, "
            f"second half {windows.seconds(finder, given[half:])[0] / later:.2f} times decoding"
        )


def _other(name: str, raw: bytes, turn: int) -> tuple[str, bytes]:
    """Return a rule with another id and other words in its texts."""

    def change(found: re.Match[str]) -> str:
        return found[1] + _WORD.sub(lambda word: f"{word[0][:2]}{turn}{word[0][2:]}", found[2])

    text = raw.decode("utf-8", "replace")
    head, mark, body = text.partition("\ndetection:")
    head = re.sub(r"(?m)^id: .*$", lambda found: f"{found[0][:-1]}{turn}z", head)
    return f"{turn}/{name}", (head + mark + _LISTED.sub(change, body)).encode()


if __name__ == "__main__":
    sys.exit(main())
