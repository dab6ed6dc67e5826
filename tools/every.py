"""Run every benchmark or every full count, one after the other, and say which failed.

`python tools/every.py bench` runs benchmarks/*.py, `... soak` runs benchmarks/soak_*.py; what begins with `_` is shared
by them. A script that cannot run here (no real data, say) ends with exit code 77 and its reason, and is listed as not
run.
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOT_HERE = 77  # the exit code by which automake's tests say the same


def main() -> int:
    """Run the scripts and return 1 when one of them failed."""
    soak = sys.argv[1:] == ["soak"]
    scripts = [
        path
        for path in sorted((ROOT / "benchmarks").glob("*.py"))
        if not path.name.startswith("_") and path.name.startswith("soak_") == soak
    ]
    if not scripts:
        print("benchmarks/ holds none of these")
        return 0
    outcomes = []
    for path in scripts:
        print(f"\n== {path.name}", flush=True)
        start = time.monotonic()
        code = subprocess.run([sys.executable, path], cwd=ROOT, check=False).returncode
        word = {0: "done", NOT_HERE: "not run here"}.get(code, f"FAILED with exit code {code}")
        outcomes.append((path.name, word, time.monotonic() - start))
    print()
    for name, word, seconds in outcomes:
        print(f"{name:40} {word:30} {seconds:7.1f} s")
    return int(any(word.startswith("FAILED") for _, word, _ in outcomes))


if __name__ == "__main__":
    sys.exit(main())
