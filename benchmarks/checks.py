"""How long all checks take, against `ast.parse` and a bare `ast.walk` of the same files: at most 3 times.

    python benchmarks/checks.py [FOLDER] [--lines 50000] [--rounds 5]

Both are measured in turn in one run, in CPU seconds; the median of the rounds counts. FOLDER defaults to the packages
of the running Python.
"""

import argparse
import ast
import gc
import statistics
import sys
import sysconfig
import time
import warnings
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.plugins.loaded import CHECKS
from tocsin.formats.python_source import Parsed, parse
from tocsin.kit.code import Module
from tocsin.posture.checks import Checks

BOUND = 3.0


def sources(folder: Path, lines: int) -> list[bytes]:
    """Return files of about so many lines in all, every other of a folder's, none very long."""
    taken: list[bytes] = []
    count = 0
    for path in sorted(folder.rglob("*.py"))[::2]:
        raw = path.read_bytes()
        try:
            ast.parse(raw)
        except (SyntaxError, ValueError):
            continue
        if not 20 <= raw.count(b"\n") <= 3000:
            continue
        taken.append(raw)
        count += raw.count(b"\n")
        if count >= lines:
            break
    return taken


def bare(files: list[bytes]) -> int:
    """Parse and walk, and do nothing."""
    return sum(1 for raw in files for _ in ast.walk(ast.parse(raw)))


def checked(files: list[bytes], checks: Checks) -> int:
    """Parse, walk once, ask all checks."""
    count = 0
    for number, raw in enumerate(files):
        parsed = parse(raw)
        if isinstance(parsed, Parsed):
            looked = checks.look(Module(f"{number}.py", parsed.text, parsed.tree))
            count += len(looked.findings) + len(looked.aside)
    return count


def seconds(work: Callable[[], int]) -> tuple[float, int]:
    """Return the CPU seconds of some work, and what it counted."""
    gc.collect()
    begun = time.process_time()
    count = work()
    return time.process_time() - begun, count


def main() -> int:
    """Print the two times and their ratio; return 1 when it is over the bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(sysconfig.get_path("purelib")))
    parser.add_argument("--lines", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    files = sources(given.folder, given.lines)
    checks = Checks(CHECKS)
    lines = sum(raw.count(b"\n") for raw in files)
    pairs = [(seconds(lambda: bare(files)), seconds(lambda: checked(files, checks))) for _ in range(given.rounds)]
    base = statistics.median(pair[0][0] for pair in pairs)
    ours = statistics.median(pair[1][0] for pair in pairs)
    ratio = statistics.median(pair[1][0] / pair[0][0] for pair in pairs)
    print(f"{len(files)} files, {lines} lines, {pairs[0][0][1]} nodes, {len(checks)} checks, {pairs[0][1][1]} findings")
    print(f"ast.parse and ast.walk {base:.2f} s   parse, one walk, all checks {ours:.2f} s")
    print(f"ratio {ratio:.2f} (at most {BOUND})")
    return int(ratio > BOUND)


if __name__ == "__main__":
    sys.exit(main())
