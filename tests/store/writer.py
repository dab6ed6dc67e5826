"""A writer in a process of its own, for the tests of two at once and of kill -9.

python writer.py URL loop NUMBER    records NUMBER whole runs, and prints the id of each when it is committed
python writer.py URL hang           records one run, says `mid`, and waits inside the transaction for its end
"""

import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.store.made import NOW, digests, finding
from tocsin.store import findings, runs
from tocsin.store.open import Connection, open_store
from tocsin.store.states import Ended

PER_RUN = 40  # findings


def write(conn: Connection, number: int) -> int:
    """Record one whole run: findings that all runs share, the occurrences its own."""
    run = runs.start(conn, command="scan", paths=["/logs"], now=NOW + timedelta(minutes=number))
    found = [finding(str(at)) for at in range(PER_RUN)]
    findings.record(conn, run, found, {one.fingerprint: digests(run.id) for one in found})
    runs.finish(conn, run, now=NOW, state=Ended.COMPLETE)
    return run.id


def main() -> None:
    """Do what the command line says."""
    url, mode, *rest = sys.argv[1:]
    with open_store(url, patience=60) as store:
        if mode == "hang":
            with store.begin() as conn:
                write(conn, 0)
                sys.stdout.write("mid\n")
                sys.stdout.flush()
                sys.stdin.read()
        for number in range(int(rest[0]) if rest else 0):
            with store.begin() as conn:
                run = write(conn, number)
            sys.stdout.write(f"{run}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
