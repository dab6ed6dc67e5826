"""What the author of a scanner works with: the files of a project, read within bounds, and findings about them.

A scanner is one function `(project) -> Iterator[Finding]` under `@scanner(title=..., rules=(...), files=(...))`.
"""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import PurePosixPath

import msgspec

from tocsin.kit.declare import Declaration
from tocsin.model import Confidence, Finding, FindingKind, Place, PluginError, Severity, fingerprint
from tocsin.model.coverage import Missed
from tocsin.model.finding import MAX_PLACES

MAX_BYTES = 8 << 20  # a lock file of a large project has 2 MiB


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What a scanner says of one of its rules; findings carry it."""

    id: str
    title: str
    severity: Severity
    confidence: Confidence
    remedy: str
    kind: FindingKind = FindingKind.DEPENDENCY
    tags: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


class Project:
    """Files by the path that people see, `/` between its parts.

    `asking` is the scanner that is being asked; the runner sets it. What a scanner could not look at it says by `miss`.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.asking: Declaration | None = None
        self.missed: list[Missed] = []

    def named(self, *patterns: str) -> Iterator[str]:
        """Yield the paths whose file name fits a pattern (`requirements*.txt`)."""
        for path in sorted(self.files):
            name = PurePosixPath(path).name.lower()
            if any(fnmatch(name, pattern.lower()) for pattern in patterns):
                yield path

    def beside(self, path: str, *patterns: str) -> Iterator[str]:
        """Yield the paths in the same folder whose name fits one of the patterns."""
        folder = PurePosixPath(path).parent
        return (other for other in self.named(*patterns) if PurePosixPath(other).parent == folder)

    def text(self, path: str) -> str | None:
        """Return a file's text; None, and a word under coverage, when it has none."""
        raw = self.files.get(path)
        if raw is None:
            return None
        if len(raw) > MAX_BYTES:
            self.miss(path, f"{len(raw) >> 20} MiB, over the bound of {MAX_BYTES >> 20} MiB")
            return None
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.miss(path, "not UTF-8")
            return None

    def miss(self, path: str, why: str, count: int = 1) -> None:
        """Say that something could not be looked at; this makes the run incomplete."""
        self.missed.append(Missed(path=path, why=why, count=count))

    def finding(
        self,
        rule: Rule,
        path: str,
        message: str,
        *,
        lines: Sequence[int] = (),
        key: Sequence[str] = (),
        evidence: Sequence[str] = (),
    ) -> Finding:
        """Return a finding about a file, with one place and one count for each line.

        The scanner must declare the rule's id. `key` makes it the same finding in the next run; the path never does.
        """
        if self.asking is None or rule.id not in self.asking.says["rules"]:
            raise PluginError(f"{path}: the scanner declares no rule {rule.id!r}", hint="name it in rules=(...)")
        places = tuple(Place(path=path, line=line) for line in lines) or (Place(path=path),)
        return Finding(
            fingerprint=fingerprint(rule.id, *key),
            kind=rule.kind,
            rule=rule.id,
            title=rule.title,
            message=message,
            severity=rule.severity,
            confidence=rule.confidence,
            count=len(places),
            where=places[:MAX_PLACES],
            evidence=tuple(evidence),
            remedy=rule.remedy,
            tags=rule.tags,
            references=rule.references,
        )
