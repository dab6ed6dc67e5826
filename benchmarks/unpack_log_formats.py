"""Unpack the messages of log-formats into one log per product, as their makers wrote them.

    python benchmarks/unpack_log_formats.py FOLDER

Each record of the data (TOCSIN_DATA, default ../shared/data) wraps one message, `input.message`; the messages of a
product become the lines of `FOLDER/product.log`, in the order of the files' names.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

NOT_HERE = 77


def logs(data: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the log of each product."""
    for product in sorted(p for p in (data / "log-formats").glob("*/*") if p.is_dir()):
        found = (json.loads(path.read_bytes())["input"]["message"] for path in sorted(product.rglob("*.json")))
        yield product.name, b"".join(message.rstrip("\n").encode() + b"\n" for message in found)


def main() -> int:
    """Write the logs; return 77 where there is no data or no folder is named."""
    data = Path(os.environ.get("TOCSIN_DATA", "../shared/data"))
    if len(sys.argv) != 2 or not (data / "log-formats").is_dir():
        print("name a folder to unpack to, and have log-formats in TOCSIN_DATA")
        return NOT_HERE
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, raw in logs(data):
        (folder / f"{name}.log").write_bytes(raw)
    return 0


if __name__ == "__main__":
    sys.exit(main())
