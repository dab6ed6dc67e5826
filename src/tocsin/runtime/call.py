"""The one place where a plug-in is called: in a worker process that the parent can end.

A job is bytes, and so is its answer: length-prefixed frames over a pipe, no pickle. Answers come back in the order of
the jobs. A job that raises, crashes its worker or takes too long is halved, and its halves again, until the one record
that is to blame is found and set aside; every other record arrives.
"""

import faulthandler
import gc
import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from itertools import count
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Protocol, Self

from tocsin.model import PluginError, TocsinError

LIMIT = 20.0  # seconds for a whole job; a block of 1 MiB takes 0.05 to 0.2
LEAST = 2.0  # seconds for the smallest piece: a loaded machine must not blame an honest record
START = 60.0  # seconds for a child to import and set up; a busy machine takes 1
TIDY = 16  # jobs between two looks for cycles
PATIENCE = 5.0  # seconds between two looks at whether the parent lives
AHEAD = 2  # jobs in flight for each worker; more costs memory, fewer leaves it idle

if sys.platform == "linux":  # fork is unsafe on macOS and absent on Windows
    from multiprocessing.context import ForkProcess as _Process
else:
    from multiprocessing.context import SpawnProcess as _Process

Work = Callable[[bytes], bytes]


class Halving(Protocol):
    """How jobs are cut in two, and how the last piece is given up.

    The journey knows what its bytes mean.
    """

    def halves(self, job: bytes) -> list[bytes]:
        """Return the parts of a job, or nothing when it holds one record only."""
        ...

    def set_aside(self, job: bytes, why: str) -> bytes:
        """Return the answer that gives up the one record of a job.

        It counts as one that could not be looked at.
        """
        ...


class _Piece:
    """A job or a part of one: it has an answer of its own, or parts that have."""

    def __init__(self, job: bytes, limit: float) -> None:
        self.job = job
        self.limit = limit
        self.answer: bytes | None = None
        self.parts: list[_Piece] = []

    def is_done(self) -> bool:
        """Return whether all that belongs to it is answered."""
        return self.answer is not None or (bool(self.parts) and all(part.is_done() for part in self.parts))

    def answers(self) -> Iterator[bytes]:
        """Yield the answers in the order of the records."""
        if self.answer is not None:
            yield self.answer
        for part in self.parts:
            yield from part.answers()


class _Worker:
    """One child process, its pipe, the piece it works on and until when."""

    def __init__(self, factory: str, setup: bytes, limit: float) -> None:
        self.pipe, child = multiprocessing.Pipe()
        self.process = _Process(target=_serve, args=(child, factory, setup, limit, os.getpid()), daemon=True)
        self.process.start()
        child.close()
        self.piece: _Piece | None = None
        self.until = 0.0
        self._greet()

    def _greet(self) -> None:
        """Wait until the child is set up; raises PluginError with its own words when it cannot."""
        try:
            says = self.pipe.recv_bytes() if self.pipe.poll(START) else b"-does not start"
        except (EOFError, ConnectionError, OSError):
            says = b"-ends as soon as it starts"
        if says[:1] != b"+":
            self.end()
            raise PluginError(f"a worker process {says[1:].decode('utf-8', 'replace')}", hint="tocsin doctor")

    def give(self, piece: _Piece) -> bool:
        """Send a piece; False when the child is gone."""
        self.piece = piece
        self.until = time.monotonic() + piece.limit
        try:
            self.pipe.send_bytes(piece.job)
        except (BrokenPipeError, ConnectionError, OSError):
            return False
        return True

    def end(self) -> None:
        """Kill the child, whatever it does."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _serve(pipe: Connection, factory: str, setup: bytes, limit: float, parent: int) -> None:
    """Answer jobs until the parent closes the pipe: the child's whole life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle: it ends its children
    module, _, name = factory.partition(":")
    try:
        nowhere = Path(os.devnull).open("wb")  # noqa: SIM115  # open for the child's whole life
        made: list[Work] = []
        pipe.send_bytes(_answer(lambda raw: _set_up(made, module, name, raw), setup))
        if not made:
            return
        # What is loaded stays, and a block makes many small tuples but hardly a cycle: looking for cycles between
        # blocks only saves a tenth of the time.
        gc.freeze()
        gc.disable()
        for number in count(1):
            # A later sibling holds a copy of the parent's end, so a killed parent gives no end of file here.
            while not pipe.poll(PATIENCE):
                if os.getppid() != parent:
                    return
            job = pipe.recv_bytes()
            # Who hangs in C code looks at nothing: a thread in C ends it when no parent is left to do so.
            faulthandler.dump_traceback_later(limit + PATIENCE, exit=True, file=nowhere)
            answer = _answer(made[0], job)
            if not number % TIDY:
                gc.collect()
            faulthandler.cancel_dump_traceback_later()
            pipe.send_bytes(answer)
    except (EOFError, BrokenPipeError, ConnectionError):
        pass
    finally:
        # No clean-up of the parent's copies (temporary files, open stores) may run in a forked child.
        os._exit(0)


def _set_up(made: list[Work], module: str, name: str, setup: bytes) -> bytes:
    made.append(getattr(import_module(module), name)(setup))
    return b""


def _answer(work: Work, job: bytes) -> bytes:
    """Return `+` and the answer, or `-` and the reason in words."""
    try:
        return b"+" + work(job)
    except TocsinError as error:
        return b"-" + error.says.encode("utf-8", "replace")
    except MemoryError:
        return b"-needs more memory than there is"
    except RecursionError:
        return b"-is nested too deeply"
    except Exception as error:  # the one broad except: a plug-in may raise anything
        return b"-" + f"{type(error).__name__}: {error}".encode("utf-8", "replace")[:400]


class Pool:
    """Worker processes that answer jobs in order.

    `factory` is `module:function`: called once in each worker with `setup`, it returns the function that does a job.
    Workers are started when there is work for them, so that a small input pays for one.
    """

    def __init__(
        self,
        factory: str,
        setup: bytes,
        *,
        size: int,
        halving: Halving,
        limit: float = LIMIT,
        least: float | None = None,
    ) -> None:
        self.factory = factory
        self.setup = setup
        self.size = max(1, size)
        self.halving = halving
        self.limit = limit
        self.least = LEAST if least is None else least
        self.workers: list[_Worker] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.end()
        self.workers.clear()

    def run(self, jobs: Iterable[bytes]) -> Iterator[list[bytes]]:
        """Yield the answers to each job in order: one, or several where it had to be cut."""
        waiting: deque[_Piece] = deque()
        order: deque[_Piece] = deque()
        source = iter(jobs)
        more = True
        while more or order:
            while more and len(order) < self.size * AHEAD:
                job = next(source, None)
                if job is None:
                    more = False
                    break
                piece = _Piece(job, self.limit)
                order.append(piece)
                waiting.append(piece)
                self._feed(waiting)
            if order:
                self._feed(waiting)
                self._collect(waiting)
            while order and order[0].is_done():
                yield list(order.popleft().answers())

    def _feed(self, waiting: deque[_Piece]) -> None:
        while waiting:
            worker = next((w for w in self.workers if w.piece is None), None)
            if worker is None:
                if len(self.workers) >= self.size:
                    return
                worker = _Worker(self.factory, self.setup, self.limit)
                self.workers.append(worker)
            piece = waiting.popleft()
            if not worker.give(piece):
                self._lose(worker, "ended its worker process", waiting)

    def _collect(self, waiting: deque[_Piece]) -> None:
        busy = {w.pipe: w for w in self.workers if w.piece is not None}
        if not busy:
            return
        now = time.monotonic()
        ready = wait(list(busy), timeout=max(0.0, min(w.until for w in busy.values()) - now))
        for pipe in ready:
            self._receive(busy[pipe], waiting)  # type: ignore[index]  # wait returns what it was given
        now = time.monotonic()
        for worker in busy.values():
            if worker.piece is not None and worker.pipe not in ready and worker.until <= now:
                self._lose(worker, f"took longer than {worker.piece.limit:g} seconds", waiting)

    def _receive(self, worker: _Worker, waiting: deque[_Piece]) -> None:
        try:
            answer = worker.pipe.recv_bytes()
        except (EOFError, ConnectionError, OSError):
            self._lose(worker, "ended its worker process", waiting)
            return
        piece = worker.piece
        worker.piece = None
        if piece is None:
            return
        if answer[:1] == b"+":
            piece.answer = answer[1:]
        else:
            self._cut(piece, answer[1:].decode("utf-8", "replace"), waiting)

    def _lose(self, worker: _Worker, why: str, waiting: deque[_Piece]) -> None:
        piece = worker.piece
        worker.end()
        self.workers.remove(worker)
        if piece is not None:
            self._cut(piece, why, waiting)

    def _cut(self, piece: _Piece, why: str, waiting: deque[_Piece]) -> None:
        parts = self.halving.halves(piece.job)
        if len(parts) < 2:
            piece.answer = self.halving.set_aside(piece.job, why)
            return
        piece.parts = [_Piece(part, max(self.least, piece.limit / 2)) for part in parts]
        waiting.extendleft(reversed(piece.parts))
