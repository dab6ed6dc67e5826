"""What looking at files gives: plain records, so that they cross a pipe."""

import msgspec

from tocsin.model import Finding
from tocsin.model.coverage import Missed, Nothing


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file to look at: the path that people see, and where it lies on disk."""

    path: str
    at: str


class PythonFile(msgspec.Struct, frozen=True, kw_only=True):
    """What one Python file is: its length, imports, hosts, findings.

    `hosts` are those of addresses written in it; `packages` are imported top-level names outside the standard library.
    """

    path: str
    lines: int = 0
    owner: str | None = None
    hosts: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    secrets: int = 0
    findings: int = 0


class FileResult(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in one file, and what of it could not be looked at."""

    path: str
    bytes: int = 0
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    python: PythonFile | None = None
    missed: tuple[Missed, ...] = ()
    nothing: tuple[Nothing, ...] = ()


class PostureResult(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in all files; equal findings are merged, with all places."""

    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    python_files: tuple[PythonFile, ...] = ()
    missed: tuple[Missed, ...] = ()
    nothing: tuple[Nothing, ...] = ()
    files: int = 0
    bytes: int = 0
