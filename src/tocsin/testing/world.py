"""Samples of the kinds that touch the world, run against a recorded wire: nothing leaves the machine."""

import asyncio
import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from tocsin.kit import Action, Cursor
from tocsin.kit.actions import key_of
from tocsin.kit.declare import Declaration, Kind
from tocsin.kit.exchange import Delivered, NotDelivered
from tocsin.kit.verbs import VERBS, Verb
from tocsin.model import Case, Fact, Finding, Observable, Outcome, PluginError, RemoteError, TocsinError
from tocsin.model.codec import to_builtins
from tocsin.runtime.context import PluginContext, SystemClock, World
from tocsin.testing.cases import Sample
from tocsin.testing.plugs import Plugs
from tocsin.testing.steps import RecordedSteps
from tocsin.testing.wire import Mismatch, Replay

NOW = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)


class Stopped(SystemClock):
    """A clock that stands at the time of the sample (`now` in sample.toml)."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Return the sample's time."""
        return self._at


def enricher(sample: Sample, plugs: Plugs) -> Any:
    """Return the facts about the observable of in.json."""
    declaration, function = plugs.one(Kind.ENRICHER, sample.case.plugin)
    seen = msgspec.convert(sample.json(), Observable)
    with _context(sample, declaration) as ctx:
        return _or_error(lambda: [_least(fact) for fact in _each(function(seen, ctx), Fact)])


def feed(sample: Sample, plugs: Plugs) -> Any:
    """Return the indicators from the cursor of in.json on, and the next cursor."""
    declaration, function = plugs.one(Kind.FEED, sample.case.plugin)

    def run() -> Any:
        indicators, cursor = function(Cursor(sample.json({})), ctx)
        return {"indicators": [_least(one) for one in indicators], "cursor": dict(cursor.position)}

    with _context(sample, declaration) as ctx:
        return _or_error(run)


def source(sample: Sample, plugs: Plugs) -> Any:
    """Return the rows from the cursor of in.json on, and the next cursor."""
    declaration, function = plugs.one(Kind.SOURCE, sample.case.plugin)

    def run() -> Any:
        batch, cursor = function(Cursor(sample.json({})), ctx)
        rows = [
            {
                "what": table.what,
                "clock": table.clock,
                "at": table.times[n] if table.times else None,
                "fields": dict(sorted(table.row(n).items())),
            }
            for table in batch.tables
            for n in range(len(table))
        ]
        refused = [{"record": r.record + 1, "why": r.why} for r in batch.refused]
        return {"events": rows, "refused": refused, "cursor": dict(cursor.position)}

    with _context(sample, declaration) as ctx:
        return _or_error(run)


def sink(sample: Sample, plugs: Plugs) -> Any:
    """Return what became of each finding of in.json."""
    declaration, function = plugs.one(Kind.SINK, sample.case.plugin)
    findings = msgspec.convert(sample.json([]), tuple[Finding, ...])

    def run() -> Any:
        became = list(_each(function(findings, ctx), Delivered, NotDelivered))
        told = sorted(one.fingerprint for one in became)
        if told != sorted(f.fingerprint for f in findings):
            raise PluginError(f"{declaration.id} says of {told} what became of them; it was given others")
        return [_least(one) for one in became]

    with _context(sample, declaration) as ctx:
        return _or_error(run)


def action(sample: Sample, plugs: Plugs) -> Any:
    """Return what `do`, `look_up` and `undo` give for the verb of in.json.

    They are called in the order of its `calls`.
    in.json: {"params": {...}, "calls": ["do", "undo"], "outcome": {...}}; `outcome` is what an undo without a do is of.
    """
    declaration, function = plugs.one(Kind.ACTION, sample.case.plugin)
    given = sample.json({})
    if not isinstance(function, Action):
        raise PluginError(f"{declaration.id} is no action", hint="decorate it with @action")
    if lacking := function.missing():
        raise PluginError(
            f"{declaration.id} has no {lacking[0]}", hint=f"decorate one with @{declaration.name}.{lacking[0]}"
        )
    params = msgspec.convert(given["params"], VERBS[declaration.says["does"]])
    outcome = msgspec.convert(given["outcome"], Outcome) if "outcome" in given else None
    out: dict[str, Any] = {"key": key_of(declaration, params)}
    with _context(sample, declaration) as ctx:
        for call in given.get("calls", ["do"]):
            out[call] = _or_error(partial(_called, function, call, params, outcome, ctx))
            if call == "do" and "error" not in out[call]:
                outcome = msgspec.convert(out[call], Outcome)
    return out


def _called(function: "Action[Any]", call: str, params: Verb, outcome: Outcome | None, ctx: PluginContext) -> Any:
    if call == "do":
        return to_builtins(function(params, ctx))
    if call == "look_up":
        return to_builtins(function.looked_up(params, ctx))
    if call == "undo" and outcome is not None:
        return to_builtins(function.undo_of(outcome, ctx))
    raise PluginError(f"in.json cannot call {call!r}", hint="do, look_up, or undo after a do or with an outcome")


def playbook(sample: Sample, plugs: Plugs) -> Any:
    """Return the steps that the playbook takes, and its outcome.

    They are about the finding or case of in.json.
    """
    _, function = plugs.one(Kind.PLAYBOOK, sample.case.plugin)
    given = sample.json({})
    subject = msgspec.convert(given, Finding if "fingerprint" in given else Case)
    steps = RecordedSteps(sample.beside("steps.json", {}))
    outcome = _or_error(lambda: to_builtins(asyncio.run(function(subject, steps))))
    return {"steps": steps.taken, "outcome": outcome}


@contextmanager
def _context(sample: Sample, declaration: Declaration) -> Iterator[PluginContext]:
    """Give a context whose wire is the recording; afterwards all of the recording must have been asked for."""
    secrets = _Secrets()
    replay = Replay(sample.beside("wire.json", []), secrets)
    told = sample.settings
    with tempfile.TemporaryDirectory(prefix="tocsin-sample-") as folder:
        world = World(
            cache_folder=Path(folder),
            settings=told.get("settings", {}),
            secret=secrets.__getitem__,
            transport=replay,
            clock=Stopped(told.get("now", NOW)),
            sleep=lambda _: None,
            log=io.StringIO(),
        )
        yield PluginContext(declaration, world)
    replay.done()


class _Secrets(dict[str, str]):
    """A secret for each name that is asked for; its value says that it is none."""

    def __missing__(self, name: str) -> str:
        self[name] = f"value-of-{name}"
        return self[name]


def _or_error(run: Callable[[], Any]) -> Any:
    """Return what a call gives, or the error that it ends with: a sample may be about a failure."""
    try:
        return run()
    except Mismatch:
        raise
    except TocsinError as error:
        if isinstance(error, PluginError) and not isinstance(error, RemoteError):
            raise
        return {"error": type(error).__name__, "says": error.says}


def _each(given: Any, *kinds: type) -> Iterator[Any]:
    """Yield records, each of which must be of its kind."""
    for one in given:
        if not isinstance(one, kinds):
            raise PluginError(f"a {type(one).__name__} was given where {kinds[0].__name__} is wanted")
        yield one


def _least(record: Any) -> dict[str, Any]:
    """Return a record without what it does not say."""
    return {name: _least_of(value) for name, value in to_builtins(record).items() if value not in (None, "", [], {})}


def _least_of(value: Any) -> Any:
    return _least(value) if isinstance(value, dict) else value
