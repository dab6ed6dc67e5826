"""The one place where plug-ins run: what hangs, crashes or raises is found and set aside, the rest arrives."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.skips import skip
from tocsin.model import PluginError
from tocsin.runtime import call
from tocsin.runtime.call import Pool

SHOUT = "tests.runtime.misbehaving:shout"
ROOT = Path(__file__).resolve().parents[2]


class Lines:
    """Jobs are lines; the last one is answered with why it was set aside."""

    def halves(self, job: bytes) -> list[bytes]:
        lines = job.split(b"\n")
        middle = len(lines) // 2
        return [b"\n".join(lines[:middle]), b"\n".join(lines[middle:])] if middle else [job]

    def set_aside(self, job: bytes, why: str) -> bytes:
        return b"<" + job + b": " + why.encode() + b">"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call, "LEAST", 0.5)


def run(jobs: Iterable[bytes], *, size: int = 1, limit: float = 20.0, setup: bytes = b"") -> list[bytes]:
    with Pool(SHOUT, setup, size=size, halving=Lines(), limit=limit) as pool:
        return [b"\n".join(answers) for answers in pool.run(jobs)]


def test_answers_come_in_the_order_of_the_jobs_for_any_number_of_workers() -> None:
    jobs = [b"large200000" if n % 7 == 0 else b"line %d" % n for n in range(60)]
    once = run(jobs, size=1)
    assert once == [b"x" * 200_000 if n % 7 == 0 else b"LINE %d" % n for n in range(60)]
    assert run(jobs, size=2) == once
    assert run(jobs, size=5) == once


def test_the_setup_is_given_to_each_worker() -> None:
    assert run([b"a", b"b", b"c"], size=3, setup=b"> ") == [b"> A", b"> B", b"> C"]


def test_what_hangs_in_c_code_is_ended_and_the_other_records_arrive() -> None:
    assert run([b"a\nhang\nc\nd", b"e"], limit=0.5) == [b"A\n<hang: took longer than 0.5 seconds>\nC\nD", b"E"]


def test_what_ends_its_process_is_found_and_the_other_records_arrive() -> None:
    jobs = [b"a\nb\nc\nabort", b"leave", b"e\nf"]
    died = b": ended its worker process>"
    assert run(jobs, size=2) == [b"A\nB\nC\n<abort" + died, b"<leave" + died, b"E\nF"]


def test_what_raises_is_found_and_says_what_it_raised() -> None:
    assert run([b"a\nraise\nc"]) == [b"A\n<raise: ValueError: no such line>\nC"]


def test_what_recurses_without_end_is_set_aside() -> None:
    assert run([b"deep\nb"]) == [b"<deep: is nested too deeply>\nB"]


def test_several_bad_records_of_one_job_are_all_found() -> None:
    answers = run([b"raise\na\nabort\nb\nraise\nc\nd\nraise"], size=2)
    assert [line.split(b":")[0] for line in answers[0].split(b"\n")] == [
        b"<raise", b"A", b"<abort", b"B", b"<raise", b"C", b"D", b"<raise",
    ]  # fmt: skip


def test_answers_of_a_bad_input_are_the_same_for_any_number_of_workers() -> None:
    jobs = [b"a\nraise", b"leave\nb", b"c", b"d\ne\nleave"] * 3
    once = run(jobs, size=1)
    assert [run(jobs, size=n) for n in (2, 4)] == [once, once]


def test_a_job_larger_than_a_pipe_goes_through() -> None:
    assert run([b"z" * 5_000_000]) == [b"Z" * 5_000_000]


def test_no_jobs_start_no_workers() -> None:
    with Pool(SHOUT, b"", size=4, halving=Lines()) as pool:
        assert list(pool.run([])) == []
        assert pool.workers == []


def test_a_small_input_pays_for_one_worker() -> None:
    with Pool(SHOUT, b"", size=4, halving=Lines()) as pool:
        assert list(pool.run([b"a"])) == [[b"A"]]
        assert len(pool.workers) == 1


def test_jobs_are_taken_only_as_they_can_be_worked_on() -> None:
    taken: list[int] = []

    def source() -> Iterable[bytes]:
        for n in range(100):
            taken.append(n)
            yield b"x"

    with Pool(SHOUT, b"", size=2, halving=Lines()) as pool:
        next(pool.run(source()))
    assert len(taken) <= 2 * call.AHEAD + 1


def test_a_setup_that_fails_says_so_in_its_own_words() -> None:
    pool = Pool("tests.runtime.misbehaving:refuses", b"mornings", size=1, halving=Lines())
    with pool, pytest.raises(PluginError, match="a worker process does not like mornings"):
        list(pool.run([b"a"]))


def test_a_worker_that_ends_while_it_is_set_up_is_an_error_and_no_hang() -> None:
    pool = Pool("tests.runtime.misbehaving:dies", b"", size=1, halving=Lines())
    with pool, pytest.raises(PluginError, match="ends as soon as it starts"):
        list(pool.run([b"a"]))


def test_leaving_the_pool_ends_the_workers() -> None:
    with Pool(SHOUT, b"", size=2, halving=Lines()) as pool:
        runs = pool.run([b"a", b"hang", b"hang"])
        next(runs)
        processes = [worker.process for worker in pool.workers]
    assert len(processes) == 2
    assert not any(process.is_alive() for process in processes)


def test_an_interrupt_of_the_terminal_leaves_the_workers_to_the_parent() -> None:
    if os.name == "nt":
        skip("windows", "there are no signals to send")
    with Pool(SHOUT, b"", size=1, halving=Lines()) as pool:
        runs = pool.run([b"pid", b"a"])
        os.kill(int(next(runs)[0]), signal.SIGINT)
        assert list(runs) == [[b"A"]]


PARENT = """
import sys
from tests.runtime.test_call import Lines, SHOUT
from tocsin.runtime.call import Pool
with Pool(SHOUT, b"", size=2, halving=Lines(), limit={limit}) as pool:
    runs = pool.run([b"a", b"b", *{jobs}])
    next(runs), next(runs)
    print(len(pool.workers), flush=True)
    sys.stdin.read() if not {jobs} else next(runs)
"""


@pytest.mark.parametrize("jobs", [[], [b"hang"]], ids=["idle", "hanging in C code"])
def test_workers_end_when_their_parent_was_killed(jobs: list[bytes]) -> None:
    if sys.platform != "linux":
        skip("not-linux", "workers inherit the pipe by which their end is seen only where they are forked")
    ours, theirs = os.pipe()
    code = PARENT.format(limit=1.0 if jobs else 20.0, jobs=jobs)
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, pass_fds=[theirs], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    os.close(theirs)
    with parent, os.fdopen(ours, "rb") as end:
        assert parent.stdout is not None
        assert parent.stdout.readline() in {b"1\n", b"2\n"}
        parent.kill()
        readable, _, _ = select.select([end], [], [], 30)
        assert readable, "a worker lives on"
        assert end.read() == b""
