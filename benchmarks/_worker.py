"""What a user gets of a worker: blocks of a log go in, answers as `tocsin detect` takes them come out."""

import time
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import msgspec

from tocsin.app import scan_work
from tocsin.app.plug import plugged
from tocsin.app.scan_jobs import LogJob, Setup
from tocsin.ingest.frame import blocks
from tocsin.ingest.recognise import LOG, Recognised, Recogniser
from tocsin.ingest.walk import Input, inputs
from tocsin.kit.declare import Kind
from tocsin.runtime.workspace import Workspace


class Worker:
    """The function that a worker process runs, in this process; `loading` is the CPU time until it is ready."""

    def __init__(self, rules: Sequence[Path], *, sifts: bool = True) -> None:
        import gc

        parsers = tuple(plugged(Workspace()).of_kind(Kind.PARSER))
        self._recognise = Recogniser([entry.declaration for entry in parsers])
        setup = msgspec.msgpack.encode(
            Setup(
                parsers=parsers, checks=(), scanners=(), key=bytes(32), rules=tuple(map(str, rules)), only_rules=True,
                sifts=sifts,
            )
        )  # fmt: skip
        start = time.process_time()
        scan_work.prepare(setup)
        self.answer: Callable[[bytes], bytes] = scan_work.work(setup)
        self.loading = time.process_time() - start
        gc.collect()
        gc.freeze()  # as runtime/call.py does
        gc.disable()

    def jobs(self, *paths: Path) -> list[bytes]:
        """Return the blocks of logs as jobs."""
        found: list[bytes] = []
        for one in inputs([str(path) for path in paths], stdin=BytesIO()):
            what = self._recognise(one) if isinstance(one, Input) else None
            if isinstance(one, Input) and isinstance(what, Recognised) and what.family == LOG:
                found.extend(msgspec.msgpack.encode(LogJob(block)) for block in blocks(one.open(), one.path, what))
        return found

    def seconds(self, jobs: Sequence[bytes]) -> float:
        """Return the CPU time for the answers to jobs."""
        start = time.process_time()
        for job in jobs:
            self.answer(job)
        return time.process_time() - start
