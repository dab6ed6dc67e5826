"""Samples of checks, secrets, scanners and finders: what files hold."""

from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Any

from tocsin.kit.declare import Kind
from tocsin.kit.exchange import File
from tocsin.kit.project import Project
from tocsin.match.redact import Redactor
from tocsin.match.secrets import Kinds, builtin_kinds
from tocsin.model import Finding, UserError
from tocsin.model.codec import to_builtins
from tocsin.posture.checks import Checks
from tocsin.posture.look import Kit, look_at
from tocsin.testing.cases import Sample
from tocsin.testing.plugs import Plugs

KEY = bytes(32)  # samples show the fingerprints that the key of zeros gives, the same on every machine


def check(sample: Sample, plugs: Plugs) -> Any:
    """Return what the named check says of the files.

    What a comment sets aside is left out.
    """
    declaration, function = plugs.one(Kind.CHECK, sample.case.plugin)
    kit = Kit(Checks([(declaration, function)]), Redactor(Kinds([]), KEY), KEY)
    found: list[tuple[str, Finding]] = []
    for name, path in sample.files():
        found += [(name, f) for f in look_at(name, path.read_bytes(), kit).findings if f.rule == declaration.id]
    return _shown(found)


def secret(sample: Sample, _: Plugs) -> Any:
    """Return what the named kind of secret finds in the files.

    Other kinds take part and are left out.
    """
    kinds = builtin_kinds()
    ids = {kind.id for kind in kinds.kinds} & {sample.case.plugin.replace("_", "-")}
    if not ids:
        raise UserError(f"no kind of secret is named {sample.case.plugin}", hint="the folder bears the file's name")
    kit = Kit(Checks([]), Redactor(kinds, KEY), KEY)
    found: list[tuple[str, Finding]] = []
    for name, path in sample.files():
        found += [(name, f) for f in look_at(name, path.read_bytes(), kit).findings if f.rule in ids]
    return _shown(found)


def scanner(sample: Sample, plugs: Plugs) -> Any:
    """Return what the named scanner says of the project.

    With it comes what it could not look at.
    """
    declaration, function = plugs.one(Kind.SCANNER, sample.case.plugin)
    project = Project({name: path.read_bytes() for name, path in sample.files()})
    project.asking = declaration
    found = [(f.where[-1].path, f) for f in function(project)]
    missed = [{"path": m.path, "why": m.why} for m in project.missed]
    shown = _shown(found)
    return {"findings": shown, "missed": missed} if missed else shown


def finder(sample: Sample, plugs: Plugs) -> Any:
    """Return the components that the named finder sees in the files."""
    declaration, function = plugs.one(Kind.FINDER, sample.case.plugin)
    found: list[Any] = []
    for name, path in sample.files():
        if not any(fnmatch(PurePosixPath(name).name, pattern) for pattern in declaration.says["files"]):
            continue
        executable = bool(path.stat().st_mode & 0o100)
        found += function(File(path=name, raw=path.read_bytes(), is_executable=executable))
    return [{key: value for key, value in to_builtins(one).items() if value is not None} for one in found]


def _shown(found: list[tuple[str, Finding]]) -> list[dict[str, Any]]:
    """Return findings as samples show them: one entry a finding, with the last place, where things happen."""
    several = len({path for path, _ in found}) > 1
    rows = []
    for path, one in sorted(
        found, key=lambda pair: (pair[0], pair[1].where[-1].line or 0, pair[1].rule, pair[1].message)
    ):
        row: dict[str, Any] = {"path": path} if several else {}
        row |= {
            "rule": one.rule,
            "severity": one.severity.value,
            "confidence": one.confidence.value,
            "line": one.where[-1].line,
            "message": one.message,
            "entities": list(one.entities),
        }
        rows.append(row)
    return rows
