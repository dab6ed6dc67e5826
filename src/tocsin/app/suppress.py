"""What a person said need not be shown: counted, never lost, and over when its day has passed."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from tocsin.detect.tally import MAX_ENTITIES
from tocsin.model import Finding
from tocsin.runtime.suppressions import Suppress
from tocsin.runtime.workspace import Workspace


def suppressed(findings: Iterable[Finding], workspace: Workspace, now: datetime) -> tuple[list[Finding], list[Finding]]:
    """Return the findings to show, and those that are hidden.

    A live suppression of the workspace hides one. One that has ended hides nothing, and the finding says so.
    """
    shown: list[Finding] = []
    hidden: list[Finding] = []
    about: dict[str, list[Suppress]] = {}
    for one in workspace.suppressions:
        about.setdefault(one.fingerprint or one.rule, []).append(one)
    for finding in findings:
        asked = (*about.get(finding.fingerprint, ()), *about.get(finding.rule, ()))
        mine = [one for one in asked if covers(one, finding)]
        live = [one for one in mine if one.is_live(now)]
        if live:
            words = _longest(live).record()
            hidden.append(msgspec.structs.replace(finding, suppressed=words))
        elif mine:
            ended = _longest(mine)
            shown.append(with_end(finding, ended.until.isoformat(), ended.owner, ended.reason))
        else:
            shown.append(finding)
    return shown, hidden


def ended(findings: Iterable[Finding], workspace: Workspace, now: datetime) -> list[Finding]:
    """Return the findings that are shown since their suppression has ended."""
    over = [one for one in workspace.suppressions if not one.is_live(now)]
    return [f for f in findings if f.suppressed is None and any(covers(one, f) for one in over)]


def covers(one: Suppress, finding: Finding) -> bool:
    """Return whether a suppression is for a finding.

    One by entity never is for a finding that names as many as are listed: there may be others.
    """
    return one.covers(finding) and not (one.entity and len(finding.entities) >= MAX_ENTITIES)


def with_end(finding: Finding, until: str, owner: str, reason: str) -> Finding:
    """Return a finding whose message says until when it was suppressed."""
    why = " ".join(f"{owner}: {reason}".split())
    return msgspec.structs.replace(finding, message=f"{finding.message} (was suppressed until {until} by {why})")


def _longest(several: Sequence[Suppress]) -> Suppress:
    return max(several, key=lambda one: one.until)
