"""What a person said need not be shown: counted, never lost, and over when its day has passed."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from tocsin.model import Finding
from tocsin.runtime.workspace import Workspace


def suppressed(findings: Iterable[Finding], workspace: Workspace, now: datetime) -> tuple[list[Finding], list[Finding]]:
    """Return the findings to show, and those that are hidden.

    A live suppression of the workspace hides one.
    """
    live = {s.fingerprint: s.record() for s in workspace.suppressions if s.is_live(now)}
    shown: list[Finding] = []
    hidden: list[Finding] = []
    for finding in findings:
        words = live.get(finding.fingerprint)
        if words is None:
            shown.append(finding)
        else:
            hidden.append(msgspec.structs.replace(finding, suppressed=words))
    return shown, hidden
