"""What a scan is asked for, and what it has looked at before findings are made of it."""

from collections import Counter
from pathlib import Path

import msgspec

from tocsin.app.scan_held import Window
from tocsin.app.scan_inputs import InputState, Kinds, Sightings
from tocsin.detect.cost import Cost
from tocsin.kit.parse import LogSource
from tocsin.model import Severity
from tocsin.model.coverage import Missed, Nothing
from tocsin.posture.results import File, FileResult
from tocsin.runtime.call import LEAST, LIMIT
from tocsin.runtime.workspace import Workspace


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long things may take, in seconds.

    For a worker's whole job, for one record or file, and for the store while another writes to it.
    """

    job: float = LIMIT
    record: float = LEAST
    store: float = 30.0  # as store/open.py, which is not imported where nothing is kept


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan is asked for; without `store_url` nothing is kept.

    `command` is `detect` where only logs are wanted. Records outside `window` are read and not matched.
    """

    paths: tuple[str, ...]
    workspace: Workspace
    rules: tuple[Path, ...] = ()
    only_rules: bool = False
    tz: str = ""
    store_url: str | None = None
    gate: Severity | None = None
    only_new: bool = False
    workers: int = 0
    argv: str = ""
    command: str = "scan"
    window: Window = Window()
    profile: bool = False
    limits: Limits = Limits()


class Looked:
    """All that was looked at, before findings are made of it."""

    def __init__(self) -> None:
        self.inputs: list[InputState] = []
        self.sightings = Sightings()
        self.kinds = Kinds()
        self.missed: list[Missed] = []
        self.nothing: list[Nothing] = []
        self.files: list[tuple[File | None, FileResult]] = []
        self.declared: dict[str, bytes] = {}
        self.asked: list[FileResult] = []
        self.owners: dict[Path, str | None] = {}
        self.bytes = 0
        self.interrupted = False
        self.seen: dict[LogSource, set[str]] = {}
        self.unruled: Counter[str] = Counter()
        self.in_force: frozenset[str] = frozenset()  # the ids of the rules that were looked for
        self.outside = 0  # records that lie outside the window
        self.costs: list[Cost] = []
