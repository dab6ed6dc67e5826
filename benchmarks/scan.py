"""How fast and in how much memory a mixed text log is scanned, with all parsers and rules.

    python benchmarks/scan.py [MEGABYTES] [ROUNDS]

The log is made of the lines of the loghub samples, one of each system in turn (TOCSIN_DATA, default ../shared/data).
In the same run, in turn: `wc -l`, `grep -acE` of one alternation, and `tocsin scan --no-store` with one worker and with
two, on the log and on a quarter of it. CPU time and the largest resident set are those of all processes of a command
together.
"""

import itertools
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

NOT_HERE = 77
ALTERNATION = (
    "Failed password|Invalid user|authentication failure|POSSIBLE BREAK-IN|\\.\\./|StopLogging|Accepted password"
)
EVERY = 0.05  # seconds between two looks at memory
ROUNDS = 3


def main() -> int:
    """Run the comparison and print it as a table."""
    data = Path(os.environ.get("TOCSIN_DATA", "../shared/data")) / "loghub"
    if not data.is_dir() or sys.platform != "linux":
        print("no loghub samples (TOCSIN_DATA), or no /proc to read memory from")
        return NOT_HERE
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        whole, quarter = Path(folder, "whole.log"), Path(folder, "quarter.log")
        make(data, whole, size * 1_000_000)
        make(data, quarter, size * 250_000)
        report(whole, quarter, int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS)
    return 0


def make(data: Path, target: Path, size: int) -> None:
    """Write a log of about a size: the samples' lines in turn, over and over."""
    files = [path.read_bytes().splitlines(keepends=True) for path in sorted(data.glob("*_2k.log"))]
    rows = itertools.zip_longest(*files)
    mixed = b"".join(line if line.endswith(b"\n") else line + b"\n" for row in rows for line in row if line)
    with target.open("wb") as out:
        written = 0
        while written < size:
            out.write(mixed)
            written += len(mixed)


def report(whole: Path, quarter: Path, rounds: int) -> None:
    """Measure all commands in turn, several rounds, and print medians."""
    scan = [sys.executable, "-m", "tocsin", "scan", "--no-store", "--quiet"]
    commands = {
        "wc -l": (whole, ["wc", "-l", str(whole)]),
        "grep -cE": (whole, ["grep", "-acE", ALTERNATION, str(whole)]),
        "tocsin, 1 worker": (whole, [*scan, "--workers", "1", str(whole)]),
        "tocsin, 2 workers": (whole, [*scan, "--workers", "2", str(whole)]),
        "tocsin, 1 worker, a quarter": (quarter, [*scan, "--workers", "1", str(quarter)]),
    }
    measured: dict[str, list[tuple[float, float, float]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, (_path, command) in commands.items():
            measured[name].append(run(command))
    print(f"{whole.stat().st_size / 1e6:.0f} MB, {os.cpu_count()} cores, {rounds} rounds, medians\n")
    print(f"{'':30} {'wall s':>8} {'CPU s':>8} {'MB/s a core':>12} {'peak MB':>8}")
    medians = {}
    for name, (path, _command) in commands.items():
        wall, cpu, peak = (sorted(column)[rounds // 2] for column in zip(*measured[name], strict=True))
        medians[name] = (wall, cpu, peak)
        print(f"{name:30} {wall:8.2f} {cpu:8.2f} {path.stat().st_size / 1e6 / cpu:12.1f} {peak / 1e6:8.0f}")
    one, two, part = (medians[f"tocsin, {n}"] for n in ("1 worker", "2 workers", "1 worker, a quarter"))
    print(f"\ntwo workers: {one[0] / two[0]:.2f} times as fast as one")
    print(f"four times the input: {one[0] / part[0]:.2f} times the time")
    words, grep = medians["wc -l"][1], medians["grep -cE"][1]
    print(f"CPU against wc -l: {one[1] / words:.0f}x, against grep -cE: {one[1] / grep:.1f}x")


def run(command: list[str]) -> tuple[float, float, float]:
    """Run a command and return its wall time, CPU time and peak resident set of all its processes, in s, s, bytes."""
    program = shutil.which(command[0]) or command[0]
    before = spent()
    began = time.perf_counter()
    with tempfile.TemporaryFile() as out:  # grep stops at the first match when its output is /dev/null
        child = subprocess.Popen([program, *command[1:]], stdout=out)
    peak = Peak(child.pid)
    peak.start()
    code = child.wait()
    wall = time.perf_counter() - began
    peak.join()
    if code not in (0, 3):
        raise SystemExit(f"{' '.join(command)} ended with {code}")
    return wall, spent() - before, peak.highest


def spent() -> float:
    """Return the CPU time of all ended children in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Peak(threading.Thread):
    """Looks at the proportional set size of a process and its children until it ends."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.highest = 0.0

    def run(self) -> None:
        """Look until the process is gone; pages that forked workers share count once (PSS)."""
        while Path(f"/proc/{self.pid}/stat").exists():
            total = sum(pss(pid) for pid in family(self.pid))
            if total == 0:
                return
            self.highest = max(self.highest, total)
            time.sleep(EVERY)


def family(pid: int) -> list[int]:
    """Return a process and its children."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(int(child) for child in children)]


def pss(pid: int) -> float:
    """Return the proportional set size of a process in bytes, 0 when it is gone."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0.0


if __name__ == "__main__":
    sys.exit(main())
