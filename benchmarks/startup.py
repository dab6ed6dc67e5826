"""What a person waits for before anything happens: `tocsin --help`, `tocsin plugin list`, and the index of plug-ins.

The peer is `python -c "import click"`, in the same run and taking turns. CPU seconds of whole processes (user and
system), medians; for the index, CPU seconds of reading it in a fresh process, against those of importing click in one.
Claims: commands at most 2.5x of the peer; the index from its cache at most 0.2x of importing click.

    python benchmarks/startup.py [rounds]
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

COMMANDS = 2.5
INDEX = 0.2
PLUGIN = '''"""A finder of notes.

See: https://example.org
"""

from tocsin.kit import finder


@finder(files=("*.txt",), what="notes")
def notes_{n}(file):
    """Find nothing."""
    return ()
'''
_CLICK = "import time; s = time.process_time(); import click; print(time.process_time() - s)"
_INDEX = """
import sys, time
from pathlib import Path
from tocsin.runtime import index, trust
s = time.process_time()
found = index.builtins(Path(sys.argv[1]) / "cache")
home = Path(sys.argv[1])
found += [entry for entry, _ in trust.standing(home / "t.json", home, home / "w.json").refused]
print(time.process_time() - s)
print(len(found), file=sys.stderr)
"""


def whole(command: Sequence[str], folder: Path) -> float:
    """Return the CPU seconds of a process, to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def told(code: str, folder: Path) -> float:
    """Return the CPU seconds that a fresh process says a part of it took."""
    command = [sys.executable, "-c", code, str(folder)]
    return float(subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout)


def main() -> int:
    """Print the table and return 1 when a claim does not hold."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    tocsin = [sys.executable, "-m", "tocsin"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tocsin.toml").write_text("", encoding="utf-8")
        (folder / "plugins").mkdir()
        for n in range(50):
            (folder / "plugins" / f"notes_{n}.py").write_text(PLUGIN.replace("{n}", str(n)), encoding="utf-8")
        peer = [sys.executable, "-c", "import click"]
        measures: dict[str, tuple[Callable[[], float], str, float]] = {
            'python -c "import click"': (lambda: whole(peer, folder), "", 0.0),
            "tocsin --help": (lambda: whole([*tocsin, "--help"], folder), 'python -c "import click"', COMMANDS),
            "tocsin plugin list": (
                lambda: whole([*tocsin, "plugin", "list"], folder),
                'python -c "import click"',
                COMMANDS,
            ),
            "import click": (lambda: told(_CLICK, folder), "", 0.0),
            "index from cache, with 50 more in a workspace": (lambda: told(_INDEX, folder), "import click", INDEX),
        }
        taken: dict[str, list[float]] = {what: [] for what in measures}
        for number in range(rounds + 1):
            for what, (measure, _, _) in measures.items():
                seconds = measure()
                if number:  # the first round fills caches
                    taken[what].append(seconds)
    return show({what: statistics.median(found) for what, found in taken.items()}, measures, rounds)


def show(medians: dict[str, float], measures: dict[str, tuple[Callable[[], float], str, float]], rounds: int) -> int:
    """Print medians and ratios; return 1 when a ratio is over its bound."""
    print(f"CPU, median of {rounds} rounds, {time.strftime('%Y-%m-%d')}, Python {sys.version.split()[0]}")
    failed = 0
    for what, seconds in medians.items():
        _, against, bound = measures[what]
        line = f"{what:48} {seconds * 1000:8.1f} ms"
        if against:
            ratio = seconds / medians[against]
            word = "holds" if ratio <= bound else "DOES NOT HOLD"
            failed += ratio > bound
            line += f"   {ratio:5.2f}x of {against}, at most {bound}x: {word}"
        print(line)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
