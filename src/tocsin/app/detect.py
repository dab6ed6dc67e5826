"""The journey of `tocsin detect`: rules over logs, with every single match at hand."""

from collections.abc import Callable
from typing import BinaryIO

import msgspec

from tocsin.app.hits import Hit, Hits
from tocsin.app.scan import Scanned, key_entity, rules_for, scan
from tocsin.app.scan_journey import Progress
from tocsin.app.scan_looked import Request

__all__ = ["Hit", "Hits", "Request", "Scanned", "detect"]


def detect(
    request: Request, *, stdin: BinaryIO, progress: Progress, each: Callable[[Hit], None] | None = None
) -> Scanned:
    """Run the rules in force over logs.

    `each` is told of every match as soon as its input has ended.

    What is no log is counted and left to `tocsin scan`.
    Raises TocsinError for what the user must mend.
    """
    request = msgspec.structs.replace(request, command="detect")
    hits = Hits(rules_for(request), key_entity, each)
    return scan(request, stdin=stdin, progress=progress, hits=hits)
