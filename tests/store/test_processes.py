"""Two processes at once, and processes that are killed: real ones, on both databases."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.store.made import NOW, digests, finding
from tests.store.writer import PER_RUN, write
from tocsin.model import UserError
from tocsin.store import findings, runs, upkeep
from tocsin.store.open import Store, open_store
from tocsin.store.states import Ended
from tocsin.store.tables import OCCURRENCE

WRITER = Path(__file__).with_name("writer.py")


def writer(url: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(WRITER), url, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def said(process: subprocess.Popen[str]) -> list[int]:
    out, _ = process.communicate(timeout=120)
    return [int(line) for line in out.split()]


def check_whole(store: Store, committed: set[int]) -> None:
    """Every committed run is there whole, and of no other run is anything there."""
    with store.read() as conn:
        there = {run.id for run in runs.listed(conn, limit=1000)}
        by_run = select(OCCURRENCE.c.run, func.count().label("many")).group_by(OCCURRENCE.c.run)
        occurrences = {row.run: row.many for row in conn.execute(by_run)}
        counts = {stored.finding.count for stored in findings.listed(conn)}
        ended = {run.state for run in runs.listed(conn, limit=1000)}
    assert committed <= there
    assert occurrences == dict.fromkeys(there, PER_RUN)
    assert counts <= {len(there)}
    assert ended <= {Ended.COMPLETE}
    assert upkeep.problems(store) == []


def test_two_processes_write_at_once_and_nothing_is_lost(store: Store, store_url: str) -> None:
    both = [writer(store_url, "loop", "15") for _ in range(2)]
    one, other = (said(process) for process in both)
    assert sorted(one + other) == list(range(1, 31))
    check_whole(store, set(one + other))


def test_several_processes_make_the_same_new_store_at_once(store_url: str) -> None:
    several = [writer(store_url, "loop", "2") for _ in range(4)]
    ids = sorted(number for process in several for number in said(process))
    assert ids == list(range(1, 9))
    with open_store(store_url) as store:
        check_whole(store, set(ids))


def test_a_reader_sees_one_moment_while_another_writes(store: Store) -> None:
    with store.read() as reading:
        assert list(findings.listed(reading)) == []
        with store.begin() as writing:
            write(writing, 0)
        assert list(findings.listed(reading)) == []
    with store.read() as reading:
        assert len(list(findings.listed(reading))) == PER_RUN


def test_a_store_that_another_holds_is_said_to_be_in_use(store: Store, store_url: str) -> None:
    with (
        open_store(store_url, patience=0.1) as hasty,
        store.begin(),
        pytest.raises(UserError, match="in use by another process") as raised,
        hasty.begin(),
    ):
        pass
    assert raised.value.hint
    with open_store(store_url, patience=0.1) as hasty, hasty.begin() as conn:
        write(conn, 0)


def test_kill_9_in_mid_write_leaves_no_half_run(store: Store, store_url: str) -> None:
    with store.begin() as conn:
        first = write(conn, 0)
    process = writer(store_url, "hang")
    assert process.stdout is not None
    assert process.stdout.readline() == "mid\n"
    process.kill()
    process.communicate()
    with store.begin() as conn:
        assert [run.id for run in runs.listed(conn)] == [first]
        second = write(conn, 1)
    check_whole(store, {first, second})


@pytest.mark.parametrize("after", [1, 2, 5])
def test_kill_9_at_any_time_loses_nothing_committed(store: Store, store_url: str, after: int) -> None:
    process = writer(store_url, "loop", "1000")
    assert process.stdout is not None
    committed = {int(process.stdout.readline()) for _ in range(after)}
    os.kill(process.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    rest, _ = process.communicate()
    committed |= {int(line) for line in rest.splitlines()}
    with store.begin() as conn:
        committed.add(write(conn, 2000))
    check_whole(store, committed)


def test_an_error_inside_a_transaction_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.begin() as conn:
            write(conn, 0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    check_whole(store, set())


def test_a_second_look_after_a_kill_counts_right(store: Store, store_url: str) -> None:
    process = writer(store_url, "hang")
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.communicate()
    one = finding("0")
    with store.begin() as conn:
        run = runs.start(conn, command="scan", paths=["/logs"], now=NOW)
        findings.record(conn, run, [one], {one.fingerprint: digests(1, 2)})
        assert findings.get(conn, one.fingerprint).finding.count == 2
