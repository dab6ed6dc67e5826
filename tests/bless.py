"""Rewrite the expectations of samples: `python -m tests.bless [NAME...]`; read the diff, you sign it.

A name is a kind, a plug-in, `kind/plug-in` or `kind/plug-in/case`; without one, all samples.
"""

import sys
from pathlib import Path

from tocsin.model import TocsinError
from tocsin.testing.plugs import Plugs
from tocsin.testing.samples import bless, named

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def main(names: list[str]) -> int:
    """Bless the cases; return 1 when one of them could not be run."""
    cases = list(named(SAMPLES, names))
    plugs = Plugs()
    failed = changed = 0
    for case in cases:
        try:
            for blessed in bless([case], plugs):
                changed += 1
                sys.stdout.write(f"blessed {blessed.id}\n")
        except TocsinError as error:
            failed += 1
            sys.stderr.write(f"FAILED  {case.id}: {error.says}\n")
    sys.stdout.write(f"{len(cases)} cases, {changed} changed, {failed} failed\n")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
