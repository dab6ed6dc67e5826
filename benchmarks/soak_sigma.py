"""All regression cases of SigmaHQ, each as EVTX and as JSON, against the rule that must match it.

    python benchmarks/soak_sigma.py

Then 50,000 pairs of a rule and an event, made from every combination of modifiers; and each rule for Windows against
each event of evtx-attack-samples, as the matcher has it and as the naive evaluator of the tests does: a quarter of an
hour in all. Also runs all rules of SigmaHQ for Linux over all Windows samples: none may fire. Reads TOCSIN_DATA, else
../shared/data. The tests run a seeded sample of this (tests/detect/test_real_data.py,
tests/match/sigma/test_real_data.py, tests/match/sigma/test_modifiers.py).
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
NOT_HERE = 77
SEED = 20261124
MADE = 50_000


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
    disagreed = generated() + pairs(data)
    return 1 if missing or wrong or disagreed else 0


def generated() -> int:
    """Print how many made pairs were compared, and return on how many the two evaluators disagree."""
    from collections import Counter

    from tests.match.sigma.made import asked_of, made

    held: Counter[str] = Counter()
    wrong = []
    for pair in made(SEED, MADE):
        expected, found = asked_of(pair)
        held.update(pair.modifiers if expected else ())
        if expected is not found:
            wrong.append(pair)
    least = ", ".join(f"{name} {many:,}" for name, many in held.most_common()[-3:])
    print(f"{MADE:,} made pairs (seed {SEED}), matches by modifier at least: {least}; disagreed: {wrong[:5] or 'none'}")
    return len(wrong)


def pairs(data: Path) -> int:
    """Print how many rules and events were compared, and return on how many the two evaluators disagree."""
    files = sorted((data / "evtx-attack-samples").rglob("*.evtx"))
    asked = matched = 0
    wrong: list[str] = []
    with ProcessPoolExecutor() as pool:
        for one in pool.map(_of_file, [data] * len(files), files):
            asked, matched, wrong = asked + one[0], matched + one[1], wrong + one[2]
    print(f"{asked:,} pairs of rule and event, {matched:,} matches, disagreed: {wrong[:20] or 'none'}")
    return len(wrong)


def _of_file(data: Path, file: Path) -> tuple[int, int, list[str]]:
    from tests.match.sigma.pairs import differences, tables
    from tocsin.match.sigma.literals import hyperscan

    return differences(_rules(data), tables([file]), hyperscan)


@cache
def _rules(data: Path) -> list[tuple[Any, dict[str, Any]]]:
    from tests.match.sigma.pairs import rules

    return rules(data / "sigma")


if __name__ == "__main__":
    sys.exit(main())
