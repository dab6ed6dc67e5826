"""All regression cases of SigmaHQ, each as EVTX and as JSON, against the rule that must match it.

    python benchmarks/soak_sigma.py

Also runs all rules of SigmaHQ for Linux over all Windows samples: none may fire. Reads TOCSIN_DATA, default
../shared/data. The tests run a seeded sample of this (tests/detect/test_real_data.py).
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
NOT_HERE = 77


def main() -> int:
    """Print the counts and return 1 when a case is missed or a rule fires where it must not."""
    from tests.detect.scan import Scan
    from tests.detect.test_real_data import missed, regression
    from tocsin.detect.rules import load

    data = Path(os.environ.get("TOCSIN_DATA", ROOT.parent / "shared" / "data"))
    infos = regression(data) if data.is_dir() else []
    if not infos:
        print("no regression cases (TOCSIN_DATA)")
        return NOT_HERE
    missing = missed(data, infos)
    print(f"{len(infos)} cases, {2 * len(infos)} inputs, missed: {missing or 'none'}")
    linux = Scan(load([data / "sigma" / "rules" / "linux"]))
    linux.take([data / "evtx-attack-samples"])
    wrong = [one.finding.rule for one in linux.findings()]
    print(f"{linux.records:,} Windows events, {len(linux.rules.rules)} rules for Linux, fired: {wrong or 'none'}")
    return 1 if missing or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
