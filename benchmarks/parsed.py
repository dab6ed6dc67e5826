"""How much of real logs the parsers know: records, events, refused, parsed share, for each source.

    python benchmarks/parsed.py > docs/measured/parsed.md

Sources are the samples of loghub and the messages of log-formats, one log per product (TOCSIN_DATA, default
../shared/data). Ends with 1 when a record is unaccounted for.
"""

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from _ingest import Count, count
from unpack_log_formats import logs

NOT_HERE = 77
HEAD = """| source | records | events | refused | parsed | with a time | read as |
|---|---:|---:|---:|---:|---:|---|"""


def main() -> int:
    """Print the page."""
    data = Path(os.environ.get("TOCSIN_DATA", "../shared/data"))
    if not (data / "loghub").is_dir():
        print("no loghub in TOCSIN_DATA")
        return NOT_HERE
    print(
        "# How much of real logs the parsers know\n\nMade by `python benchmarks/parsed.py > docs/measured/parsed.md`."
    )
    print("Records = events + refused; parsed is the share of events that a parser knows.")
    hub = [count(path) for path in sorted((data / "loghub").glob("*_2k.log"))]
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        formats: list[Count] = []
        for name, raw in logs(data):
            path = Path(folder, f"{name}.log")
            path.write_bytes(raw)
            formats.append(count(path))
    table("loghub", hub)
    table("log-formats: the messages of each product as one log", formats)
    return int(any(c.records != c.events + c.refused for c in (*hub, *formats)))


def table(title: str, counts: list[Count]) -> None:
    """Print one table and its sum."""
    print(f"\n## {title}\n\n{HEAD}")
    total = Count("**all**")
    for one in counts:
        total.records += one.records
        total.events += one.events
        total.parsed += one.parsed
        total.refused += one.refused
        total.timed += one.timed
        print(row(one))
    print(row(total))


def row(one: Count) -> str:
    """Return one line of a table."""
    kinds = ", ".join(f"{what} {n:,}" for what, n in one.kinds.most_common(4))
    share, timed = (f"{part / max(1, one.events):.1%}" for part in (one.parsed, one.timed))
    source = one.source.removesuffix(".log")
    return f"| {source} | {one.records:,} | {one.events:,} | {one.refused:,} | {share} | {timed} | {kinds} |"


if __name__ == "__main__":
    sys.exit(main())
