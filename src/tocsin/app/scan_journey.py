"""One pass over all inputs: what each is, the work on it, and the answers that come back in the same order."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from tocsin.app import scan_work
from tocsin.app.hits import Hits
from tocsin.app.interrupt import Interrupt
from tocsin.app.plug import plugged
from tocsin.app.scan_held import Held
from tocsin.app.scan_inputs import InputState
from tocsin.app.scan_jobs import (
    Answer,
    CostAnswer,
    CostJob,
    Cut,
    FileAnswer,
    FileJob,
    LogAnswer,
    LogJob,
    OwnAnswer,
    OwnJob,
    ScanJob,
    Setup,
)
from tocsin.app.scan_looked import Looked, Request
from tocsin.app.zones import zones_of
from tocsin.detect.gather import Gather
from tocsin.ingest.frame import Block, blocks
from tocsin.ingest.recognise import LOG, TEXT, Recognised, Recogniser
from tocsin.ingest.walk import Input, inputs, shown
from tocsin.kit.declare import Kind
from tocsin.match.sigma.placeholder import of_estate
from tocsin.model.coverage import Missed, Nothing
from tocsin.posture.look import MAX_BYTES, wanted
from tocsin.posture.results import File
from tocsin.runtime import folders
from tocsin.runtime.call import Pool

Progress = Callable[[str, int, int], None]
LOG_NAMES = (".log", ".out", ".err", ".syslog")
MAX_DECLARED = 64 << 20  # bytes of the files that scanners ask for; a lock file of a large project has 2 MiB
SMALL = 1 << 20  # bytes; a text beyond it is data, and read record by record
MAX_SAMPLE = 4 << 20  # bytes over which the cost of rules is measured
RULES_OF_A_JOB = 200


class Journey:
    """One pass over all inputs.

    Jobs go to the workers as inputs are read, answers come back in the same order.
    """

    def __init__(
        self, request: Request, rule_folders: Sequence[Path], gather: Gather, hits: Hits | None = None
    ) -> None:
        self._request = request
        self._gather = gather
        self._hits = hits
        self._held: dict[InputState, Held] = {}
        self._sample: list[Block] = []
        self._plugs = plugged(request.workspace)
        parsers = tuple(self._plugs.of_kind(Kind.PARSER))
        whole = request.command == "scan"
        checks = tuple(self._plugs.of_kind(Kind.CHECK)) if whole else ()
        self._scanners = self._plugs.of_kind(Kind.SCANNER) if whole else []
        self._key = folders.installation_key(folders.data())
        self._recognise = Recogniser([entry.declaration for entry in parsers])
        self._setup = msgspec.msgpack.encode(
            Setup(
                parsers=parsers,
                checks=checks,
                scanners=tuple(self._scanners),
                key=self._key,
                rules=tuple(str(path) for path in rule_folders),
                only_rules=request.only_rules,
                fills=of_estate(request.workspace.estate),
                window=request.window,
                sifts=request.command == "detect",
            )
        )
        self._zones = zones_of(request.workspace.estate, request.tz or request.workspace.settings.scan.tz)
        self._looked = Looked()
        self._looked.missed += self._plugs.refused
        if request.workspace.ignored:
            self._looked.nothing.append(Nothing(path=".", why=request.workspace.ignored))
        self._owners: deque[InputState | File | str] = deque()

    def run(self, stdin: BinaryIO, progress: Progress) -> Looked:
        """Look at all inputs."""
        scan_work.prepare(self._setup)
        size = self._request.workers or self._request.workspace.settings.scan.workers or os.cpu_count() or 1
        limits = self._request.limits
        with (
            Pool(
                "tocsin.app.scan_work:work",
                self._setup,
                size=size,
                halving=Cut(self._key),
                limit=limits.job,
                least=limits.record,
            ) as pool,
            Interrupt() as interrupt,
        ):
            try:
                self._collect(pool.run(interrupt.jobs(self._jobs(stdin))), progress)
                if not interrupt.asked:
                    self._ask(pool)
                    self._own(pool)
                    self._cost(pool)
            except KeyboardInterrupt:
                interrupt.asked = True
            if interrupt.asked:
                self._looked.interrupted = True
                self._looked.missed.append(Missed(path="*", why="interrupted; what comes after was not looked at"))
        for state in self._looked.inputs:  # those that an interruption broke off
            self._release(state)
            state.end(self._looked.sightings, self._looked.kinds)
        return self._looked

    def _collect(self, answered: Iterator[list[bytes]], progress: Progress) -> None:
        for answers in answered:
            owner = self._owners.popleft()
            for raw in answers:
                self._take(owner, msgspec.msgpack.decode(raw, type=Answer))
            if isinstance(owner, InputState):
                self._ended(owner)
            progress(owner.path if isinstance(owner, InputState | File) else owner, self._looked.bytes, 0)

    def _ask(self, pool: Pool) -> None:
        """Ask the scanners about the files that they declare."""
        files = self._looked.declared
        jobs: list[bytes] = []
        for entry in self._scanners:
            names = wanted(files, [entry.declaration])
            if names:
                asked = {name: files[name] for name in sorted(names)}
                jobs.append(msgspec.msgpack.encode(ScanJob(entry.declaration.name, asked)))
        for answers in pool.run(jobs):
            for raw in answers:
                answer = msgspec.msgpack.decode(raw, type=Answer)
                if isinstance(answer, FileAnswer):
                    self._looked.asked.append(answer.result)

    def _own(self, pool: Pool) -> None:
        """Ask who owns the files of which there is something to say: of CODEOWNERS and git, which strangers made."""
        found = {place.path for result in self._looked.asked for f in result.findings for place in f.where}
        files = [
            Path(file.at)
            for file, result in self._looked.files
            if file is not None and (result.python or result.findings or file.path in found)
        ]
        root = root_of(self._request.paths)
        jobs = [OwnJob(os.fsencode(root), tuple(map(os.fsencode, files)))] if files else []
        for answers in pool.run(map(msgspec.msgpack.encode, jobs)):
            for raw in answers:
                answer = msgspec.msgpack.decode(raw, type=Answer)
                if isinstance(answer, OwnAnswer) and answer.why:
                    self._looked.nothing.append(Nothing(path=shown(str(root)), why=f"owners not known: {answer.why}"))
                elif isinstance(answer, OwnAnswer):
                    self._looked.owners = dict(zip(files, answer.owners, strict=True))

    def _declared(self, path: str, raw: bytes) -> None:
        """Keep a file that scanners declare, until all are read."""
        if not wanted([path], [entry.declaration for entry in self._scanners]):
            return
        if sum(map(len, self._looked.declared.values())) + len(raw) > MAX_DECLARED:
            why = f"scanners are asked about {MAX_DECLARED >> 20} MiB of files; those before it fill them"
            self._looked.missed.append(Missed(path=path, why=why))
        else:
            self._looked.declared[path] = raw

    def _jobs(self, stdin: BinaryIO) -> Iterator[bytes]:
        for found in inputs(self._request.paths, stdin=stdin):
            if isinstance(found, Missed):
                self._looked.missed.append(found)
            elif isinstance(found, Nothing):
                self._looked.nothing.append(found)
            else:
                yield from self._input(found)

    def _input(self, found: Input) -> Iterator[bytes]:
        what = self._recognise(found)
        if isinstance(what, Missed):
            self._looked.missed.append(what)
        elif isinstance(what, Nothing):
            self._looked.nothing.append(what)
        elif is_log(found, what) or (self._request.command == "detect" and found.path in self._request.paths):
            yield from self._log(found, what)
        elif self._request.command == "detect":
            self._looked.nothing.append(Nothing(path=found.path, why="no log; tocsin scan looks at it"))
        else:
            yield from self._file(found)

    def _log(self, found: Input, what: Recognised) -> Iterator[bytes]:
        state = InputState(found, self._zones)
        self._looked.inputs.append(state)
        for block in blocks(found.open(), found.path, what):
            state.pending += 1
            self._owners.append(state)
            self._looked.bytes += len(block.raw)
            self._keep_for_costs(block)
            yield msgspec.msgpack.encode(LogJob(block))
        state.is_read = True
        self._ended(state)

    def _file(self, found: Input) -> Iterator[bytes]:
        raw = found.open().take(MAX_BYTES + 1)
        if found.trouble:
            self._looked.missed.append(Missed(path=found.path, why=found.trouble))
            return
        self._looked.bytes += len(raw)
        self._declared(found.path, raw)
        self._owners.append(File(path=found.path, at=str(found.file)) if found.file is not None else found.path)
        yield msgspec.msgpack.encode(FileJob(found.path, raw))

    def _take(self, owner: InputState | File | str, answer: Answer) -> None:
        if isinstance(answer, LogAnswer) and isinstance(owner, InputState):
            first = owner.take(answer)
            if self._waits:
                self._held.setdefault(owner, Held()).add(first, answer.matches)
            else:
                self._gather.add(owner.path, answer.matches, first)
            self._looked.outside += answer.outside
            for kind in answer.kinds:
                self._looked.seen.setdefault(kind.logsource, set()).update(kind.fields)
            self._looked.unruled.update(answer.unruled)
        elif isinstance(answer, FileAnswer):
            self._looked.files.append((owner if isinstance(owner, File) else None, answer.result))

    def _ended(self, state: InputState) -> None:
        if state.is_read and not any(owner is state for owner in self._owners):
            self._release(state)
            self._gather.close(state.path)
            state.end(self._looked.sightings, self._looked.kinds)

    @property
    def _waits(self) -> bool:
        """Return whether matches wait for the end of their input, which settles their times."""
        return self._hits is not None or not self._request.window.is_open

    def _release(self, state: InputState) -> None:
        """Hand on the matches of an input that has ended."""
        held = self._held.pop(state, None)
        if held is None:
            return
        settled = state.settle()
        if self._hits is not None:
            self._hits.settled[state.path] = settled
        for first, matches, outside in held.release(settled, self._request.window):
            self._gather.add(state.path, matches, first)
            self._looked.outside += outside

    def _keep_for_costs(self, block: Block) -> None:
        """Keep a few blocks of what is read, for the cost of each rule over them."""
        kept = sum(len(one.raw) for one in self._sample)
        if self._request.profile and kept + len(block.raw) <= MAX_SAMPLE:
            self._sample.append(block)

    def _cost(self, pool: Pool) -> None:
        """Ask what each rule costs over the sample."""
        if not self._request.profile:
            return
        count = len(self._gather.rules.rules)
        starts = range(0, count, RULES_OF_A_JOB)
        jobs = [CostJob(tuple(self._sample), first, min(first + RULES_OF_A_JOB, count)) for first in starts]
        for answers in pool.run(map(msgspec.msgpack.encode, jobs)):
            for raw in answers:
                answer = msgspec.msgpack.decode(raw, type=Answer)
                if isinstance(answer, CostAnswer):
                    self._looked.costs += answer.costs


def is_log(found: Input, what: Recognised) -> bool:
    """Return whether an input is read record by record.

    Other texts are files of a project.
    """
    name = found.path.lower()
    if what.family == LOG:
        return not name.endswith(".ipynb")
    return what.family == TEXT and (
        found.path == "-" or any(end in name for end in LOG_NAMES) or (found.size or 0) > SMALL
    )


def root_of(paths: Iterable[str]) -> Path:
    """Return the folder that all paths lie in, or the one path."""
    roots = [Path(path) for path in paths if path != "-"]
    if len(roots) == 1:
        return roots[0]
    return Path(os.path.commonpath([str(path.resolve()) for path in roots])) if roots else Path()
