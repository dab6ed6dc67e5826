"""One side of a comparison run over data: only the rules that the change can have touched, as files of their own."""

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import msgspec
import yaml

from tocsin.app.detect import Hit, Request, Scanned, detect
from tocsin.app.scan_journey import Progress
from tocsin.detect.compare import Version
from tocsin.match.sigma.rule import Document, Rule
from tocsin.match.sigma.tree import Node
from tocsin.model import Severity
from tocsin.model.coverage import Coverage, Looked
from tocsin.runtime.workspace import Workspace

SAMPLE = 1000  # events without which a cost is chance
NOTHING = Coverage(complete=True, looked_at=Looked())


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """What both sides are run over, and how."""

    paths: tuple[str, ...]
    workspace: Workspace
    tz: str = ""
    workers: int = 0


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one side said of the data.

    `cpu` are the seconds of all processes, reading included; `costs` nanoseconds an event by rule, over a sample;
    `idle` says by rule why it cannot fire on this data.
    """

    ran: tuple[str, ...] = ()
    scanned: Scanned | None = None
    cpu: float = 0.0
    costs: Mapping[str, float] = {}
    findings: Mapping[Severity, int] = {}
    idle: Mapping[str, str] = {}

    @property
    def coverage(self) -> Coverage:
        """Return what was looked at."""
        return self.scanned.result.coverage if self.scanned else NOTHING


def run(
    version: Version, documents: Sequence[Document], affected: frozenset[str], data: Data, progress: Progress,
    each: Callable[[Hit], None],
) -> Outcome:  # fmt: skip
    """Return what some rules of a version say of data.

    `each` gets the hits of the affected ones.
    """
    if not documents:
        return Outcome()
    with tempfile.TemporaryDirectory(prefix="tocsin-rules-", ignore_cleanup_errors=True) as folder:
        write(version, documents, Path(folder))
        request = Request(
            paths=data.paths, workspace=without_rules(data.workspace), rules=(Path(folder),), only_rules=True,
            tz=data.tz, store_url=None, workers=data.workers, profile=True, argv="rule diff",
        )  # fmt: skip
        began = _cpu()
        scanned = detect(
            request, stdin=_nothing(), progress=progress,
            each=lambda hit: each(hit) if hit.rule in affected else None,
        )  # fmt: skip
        cpu = _cpu() - began
    costs = {scanned.rules.document(c.rule).about.id: c.nanos / c.events for c in scanned.costs if c.events >= SAMPLE}
    mine = (f.severity for f in scanned.result.findings if f.suppressed is None and f.rule in affected)
    return Outcome(
        ran=tuple(one.about.id for one in documents),
        scanned=scanned,
        cpu=cpu,
        costs=costs,
        findings=Counter(mine),
        idle={one.path: one.why for one in scanned.result.coverage.rules.idle if one.path in affected},
    )


def write(version: Version, documents: Iterable[Document], folder: Path) -> None:
    """Write rules into a folder, each to a file of its own.

    It lies where the rule stood. The filters that are in them stand beside them, and all pipelines, which go by
    folders.
    """
    for path in version.pipelines:
        _put(_beside(folder, path, PurePosixPath(path).stem), version.raws[path])
    filters: dict[str, None] = {}
    for number, document in enumerate(documents):
        about = document.about
        node = version.node(about)
        if node is not None:
            _put(_beside(folder, about.path, f"rule-{number}"), dumped(node))
        if isinstance(document, Rule):
            filters.update(dict.fromkeys(document.filters))
    for number, name in enumerate(filters):
        path, node = version.filters[name]
        _put(_beside(folder, path, f"filter-{number}"), dumped(node))


def _beside(folder: Path, path: str, name: str) -> Path:
    """Return a file in the folder; raises ValueError for a path that would lead out of it."""
    inside = PurePosixPath(path)
    if inside.is_absolute() or ".." in inside.parts or Path(path).is_absolute():
        raise ValueError(path)
    return folder / inside.parent / f"{name}.yml"


def _put(path: Path, raw: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)


def dumped(node: Node) -> bytes:
    """Return a document as YAML that reads back as the same values."""
    return yaml.dump(plain(node), Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True).encode()


def plain(node: Node) -> Any:
    """Return what a node holds as dicts, lists and scalars."""
    if isinstance(node.value, dict):
        return {key: plain(one) for key, one in node.value.items()}
    return [plain(one) for one in node.value] if isinstance(node.value, list) else node.value


def without_rules(workspace: Workspace) -> Workspace:
    """Return a workspace whose own rules are not in force."""
    scan = msgspec.structs.replace(workspace.settings.scan, rules=())
    return msgspec.structs.replace(workspace, settings=msgspec.structs.replace(workspace.settings, scan=scan))


def _nothing() -> BinaryIO:
    from io import BytesIO

    return BytesIO()


def _cpu() -> float:
    """Return the seconds that this process and its ended children have taken."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
