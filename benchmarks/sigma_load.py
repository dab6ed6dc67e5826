"""What of a folder of Sigma files is loaded, what is refused and why, and what loading costs.

`python benchmarks/sigma_load.py [FOLDER]`; without a folder that of TOCSIN_DATA. Its figures are in
docs/measured/sigma-load.md.
"""

import os
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import median

import yaml

from tocsin.detect.rules import files, together

TURNS = 5
KEPT = 60  # characters of a reason that tell kinds apart


def main() -> None:
    """Print the figures of a folder."""
    data = Path(os.environ.get("TOCSIN_DATA", Path(__file__).parents[2] / "shared" / "data"))
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else data / "sigma"
    sources = list(files(folder))
    loads: list[float] = []
    bare: list[float] = []
    rules = together(sources)
    for _ in range(TURNS):
        start = time.process_time()
        rules = together(sources)
        loads.append(time.process_time() - start)
        start = time.process_time()
        for _, raw in sources:
            list(yaml.compose_all(raw, Loader=yaml.CSafeLoader))
        bare.append(time.process_time() - start)
    print(f"{len(sources):,} files: {len(rules.rules):,} rules, {len(rules.chains)} correlations")
    ratio = median(loads) / median(bare)
    print(f"{median(loads):.2f} CPU s (median of {TURNS}), {ratio:.2f}x of libyaml's composing alone")
    for says, many in Counter(problem.says[:KEPT] for problem in rules.problems).most_common():
        print(f"{many:6,}  {says}")


if __name__ == "__main__":
    main()
