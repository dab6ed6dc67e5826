"""How fast logs are parsed on one core, against `wc -l` of the same bytes.

    python benchmarks/parse.py [MEGABYTES]

Each sample of loghub (TOCSIN_DATA, default ../shared/data) is repeated to about 2 MB, cut into blocks and parsed:
decode, split, outer and inner parsers, times. CPU seconds, the best of three rounds; collection of garbage is off, as
it may be in a worker (no parser makes cycles).
"""

import gc
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from _ingest import cut

from tests.ingest.made import parsers
from tocsin.ingest.frame import Block
from tocsin.ingest.parse import parse

NOT_HERE = 77
ROUNDS = 3


def main() -> int:
    """Print MB/s of each sample and of all."""
    data = Path(os.environ.get("TOCSIN_DATA", "../shared/data")) / "loghub"
    if not data.is_dir():
        print("no loghub in TOCSIN_DATA")
        return NOT_HERE
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    parsers()
    gc.disable()
    whole = spent = 0.0
    lines = 0
    print(f"{'sample':24} {'MB/s':>7} {'µs/line':>8}")
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        both = Path(folder, "all.log")
        for path in sorted(data.glob("*_2k.log")):
            raw = path.read_bytes().rstrip(b"\n") + b"\n"
            one = Path(folder, path.name)
            one.write_bytes(raw * max(1, size * 1_000_000 // len(raw)))
            with both.open("ab") as out:
                out.write(one.read_bytes())
            blocks = list(cut(one))
            records, seconds = best(blocks)
            print(f"{path.stem:24} {one.stat().st_size / seconds / 1e6:7.1f} {seconds / records * 1e6:8.2f}")
            whole, spent, lines = whole + one.stat().st_size, spent + seconds, lines + records
        print(f"{'all':24} {whole / spent / 1e6:7.1f} {spent / lines * 1e6:8.2f}")
        if wc := shutil.which("wc"):
            print(f"{'wc -l':24} {whole / counted(wc, both) / 1e6:7.1f}")
    return 0


def best(blocks: list[Block]) -> tuple[int, float]:
    """Return the records of blocks and the least CPU seconds of some rounds."""
    records, least = 0, float("inf")
    for _ in range(ROUNDS):
        begun = time.process_time()
        records = sum(parse(block, parsers()).records for block in blocks)
        least = min(least, time.process_time() - begun)
    return records, least


def counted(wc: str, path: Path) -> float:
    """Return the CPU seconds that `wc -l` takes."""
    before = os.times()
    subprocess.run([wc, "-l", path], check=True, capture_output=True)
    after = os.times()
    used = after.children_user - before.children_user + after.children_system - before.children_system
    return max(used, 0.01)  # a tick of the clock


if __name__ == "__main__":
    sys.exit(main())
