"""Write demo/acme: one day of a made-up company, with one intrusion in it. Standard library only.

    python demo/make_acme.py --seed 1 --out demo/acme

The same seed gives the same bytes (compressed files: with the same zlib), another seed another day with the
same story. What is planted, and where, is told in docs/guide/demo.md. The folder is never committed, because
it holds a key that looks real; nothing in the sources does.
"""

import argparse
import sys
from pathlib import Path

from acme_gen.folder import write_folder
from acme_gen.world import make_world


def main() -> int:
    """Write the folder that the command line names."""
    parser = argparse.ArgumentParser(description="Write one synthetic day of Acme, the input of `make demo`.")
    parser.add_argument("--seed", type=int, default=1, help="another number is another day (default: 1)")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "acme", help="the folder to write")
    given = parser.parse_args()
    if given.out.exists() and not given.out.is_dir():
        parser.error(f"{given.out} is not a folder")
    for path, size in write_folder(given.out, make_world(given.seed)):
        print(f"{path}  {size:,} bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
