"""The account of a scan: what it saw and did not, which rules could fire, and the events that no rule looks at."""

from collections.abc import Iterator

from tocsin.app.scan_looked import Looked
from tocsin.detect.cover import idle, unruled
from tocsin.detect.gather import Notes
from tocsin.detect.rules import RuleSet
from tocsin.model.coverage import Coverage, Missed, Nothing, Rules, Unloaded
from tocsin.model.coverage import Looked as LookedAt
from tocsin.model.text import counted

MAX_NAMED = 1000  # places that are named one by one; the rest is counted by reason


def coverage_of(looked: Looked, rules: RuleSet, notes: Notes) -> Coverage:
    """Return the account of a scan."""
    missed = [*looked.missed, *(m for state in looked.inputs for m in state.missed()), *_left_out(notes)]
    unloaded = tuple(Unloaded(path=problem.path, why=str(problem)) for problem in rules.problems)
    asleep = idle(rules, {source: frozenset(fields) for source, fields in looked.seen.items()})
    records = sum(state.records for state in looked.inputs)
    refused = sum(len(state.refused) + sum(state.more_refused.values()) for state in looked.inputs)
    parsed = sum(state.parsed for state in looked.inputs)
    return Coverage(
        complete=not missed and not unloaded,
        looked_at=LookedAt(
            files=len(looked.inputs) + len(looked.files),
            bytes=looked.bytes,
            records=records,
            events=records - refused,
            parsed_share=share(parsed, records - refused),
        ),
        nothing_to_look_for=(
            *looked.nothing,
            *_outside(looked),
            *(Nothing(path=problem.path, why=str(problem)) for problem in rules.left_out),
        ),
        not_looked_at=tuple(folded(missed)),
        unruled=unruled(looked.unruled),
        rules=Rules(
            loaded=len(rules.telling),
            active=len(rules.telling) - len(asleep),
            unloaded=unloaded,
            idle=tuple(Nothing(path=one.rule, why=one.why) for one in asleep),
        ),
    )


def _outside(looked: Looked) -> Iterator[Nothing]:
    if looked.outside:
        yield Nothing(path="*", why=f"{counted(looked.outside, 'event')} outside the time asked for (--since, --until)")


def share(parsed: int, events: int) -> float:
    """Return the share of events that a parser knew.

    It is never rounded up: 1 means every one.
    """
    return parsed * 10_000 // events / 10_000 if events else 1.0


def folded(missed: list[Missed]) -> Iterator[Missed]:
    """Yield what was missed, counted by input and reason past a bound.

    Up to the bound it comes one by one.
    """
    yield from missed[:MAX_NAMED]
    counts: dict[tuple[str, str], int] = {}
    for one in missed[MAX_NAMED:]:
        counts[one.path, one.why] = counts.get((one.path, one.why), 0) + one.count
    for (path, why), count in counts.items():
        yield Missed(path=path, why=why, count=count)


def _left_out(notes: Notes) -> Iterator[Missed]:
    for count, why in (
        (notes.overflow, "matches past the bound of what correlations hold; thresholds may be missed"),
        (notes.dropped, "groups in which a threshold was passed, past the bound of findings; they are not shown"),
        (notes.untimed, "matches without a time; they cannot take part in correlations"),
    ):
        if count:
            yield Missed(path="*", why=why, count=count)
