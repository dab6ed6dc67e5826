"""A case in words: its title, why its findings are one, and what to do now, in order."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import msgspec

from tocsin.cases.group import Cluster
from tocsin.cases.names import Names
from tocsin.model import Case, Finding, FindingKind
from tocsin.model.estate import Estate

MAX_ENTITIES = 100
MAX_DO = 8
_NO_NAMES = frozenset("A An The One Many Several Somebody Pages Paths Ports".split())


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says of its finding in a story.

    A short clause ("bastion was guessed") and the things to do.
    """

    story: str = ""
    do: tuple[str, ...] = ()


def tell(cluster: Cluster, words: Mapping[str, Words], estate: Estate) -> Case:
    """Return the case of a cluster, without an id."""
    findings = cluster.findings
    times = [f.first for f in findings if f.first] + [f.last for f in findings if f.last]
    entities = sorted({entity for f in findings for entity in f.entities}, key=lambda e: (-_holders(e, findings), e))
    return Case(
        id="",
        title=_title(findings, words),
        severity=max((f.severity for f in findings), key=lambda s: s.rank),
        findings=tuple(f.fingerprint for f in findings),
        entities=tuple(entities[:MAX_ENTITIES]),
        why=tuple(_why(cluster, Names(estate))),
        first=min(times, default=None),
        last=max(times, default=None),
        do_now=tuple(_do_now(findings, words)),
    )


def _holders(entity: str, findings: Iterable[Finding]) -> int:
    return sum(1 for f in findings if entity in f.entities)


def shared_keys(findings: Sequence[Finding]) -> list[tuple[str, Finding]]:
    """Return each key that is in code and in a log.

    With it comes the finding of the code that holds it.
    """
    in_logs = {e for f in findings if f.first is not None for e in f.entities if e.startswith("key:")}
    return [(entity, f) for f in findings if f.kind is FindingKind.SECRET for entity in f.entities if entity in in_logs]


def _title(findings: Sequence[Finding], words: Mapping[str, Words]) -> str:
    clauses = [(f, words[f.fingerprint].story or f.title) for f in findings if f.fingerprint in words]
    clauses = clauses or [(f, f.title) for f in findings]
    worst = sorted(clauses, key=lambda pair: -pair[0].severity.rank)
    top = worst[0]
    keys = shared_keys(findings)
    if keys:
        holder = "/".join(keys[0][1].where[0].path.replace("\\", "/").split("/")[-2:]) if keys[0][1].where else "code"
        used = f"the key in {holder} was used"
        return used if top[0].kind is FindingKind.SECRET else f"{top[1]}, then {used}"
    second = next((pair for pair in worst[1:] if pair[1] != top[1]), None)
    if second is None:
        return top[1]
    first, then = sorted((top, second), key=lambda pair: findings.index(pair[0]))
    return f"{first[1]}, then {_inner(then[1])}"


def _inner(clause: str) -> str:
    """Return a title as it stands within a sentence; names and abbreviations keep their capital."""
    return clause[:1].lower() + clause[1:] if clause.partition(" ")[0] in _NO_NAMES else clause


def _why(cluster: Cluster, names: Names) -> Iterable[str]:
    """Yield what joined the findings, the entity in most of them first, and where each was seen."""
    held = {f.fingerprint: frozenset(names.canonical(entity) for entity in f.entities) for f in cluster.findings}
    joining = {entity for join in cluster.joins for entity in join.entities}
    holders = {e: [f for f in cluster.findings if e in held[f.fingerprint]] for e in joining}
    left = {f.fingerprint for found in holders.values() for f in found}
    while left and holders:
        # the fewest entities that together explain all of it: the one that ties most of what is left, then the next
        entity = min(holders, key=lambda e: (-sum(f.fingerprint in left for f in holders[e]), -names.tie(e), e))
        yield f"{entity.replace(':', ' ', 1).partition('(')[0]} ({_inputs(holders[entity])})"
        left -= {f.fingerprint for f in holders.pop(entity)}
    began = {f.fingerprint: f.first for f in cluster.findings}
    spans = ((began[join.first], began[join.second]) for join in cluster.joins if not join.pinned)
    apart = max((abs(two - one) for one, two in spans if one and two), default=timedelta(0))
    if apart > timedelta(minutes=1):
        yield f"at most {_span(apart)} apart"
    if any(join.pinned for join in cluster.joins):
        yield "a person's word"


def _inputs(findings: Sequence[Finding]) -> str:
    logs = len({place.path for f in findings if f.first is not None for place in f.where[:1]})
    in_code = any(f.first is None for f in findings)
    said = f"{logs} log{'s' * (logs != 1)}" if logs else ""
    return " and ".join(part for part in ("code" if in_code else "", said) if part)


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes} minute{'s' * (minutes != 1)}" if minutes < 120 else f"{minutes // 60} hours"


def _do_now(findings: Sequence[Finding], words: Mapping[str, Words]) -> Iterable[str]:
    """Yield what to do: the keys that were seen in use first, then by severity, in the order of the story."""
    done: dict[str, None] = {}
    for entity, _ in shared_keys(findings):
        done[f"deactivate key {entity.partition(':')[2].partition('(')[0]}"] = None
    for f in sorted(findings, key=lambda f: -f.severity.rank):
        for action in words.get(f.fingerprint, Words()).do:
            done[action] = None
    return list(done)[:MAX_DO]
