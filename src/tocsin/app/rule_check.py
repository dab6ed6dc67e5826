"""Checking rules: files and folders through the lints, and mending what can be mended."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import msgspec

from tocsin.detect.lint.catalogue import LINTS, chosen
from tocsin.detect.lint.check import Checked, check
from tocsin.detect.lint.mend import Mended, mended
from tocsin.detect.lint.remark import CONVENTIONS, Lint, Remark, State
from tocsin.detect.rules import files
from tocsin.match.sigma.placeholder import NO_FILLS, Fills
from tocsin.model import UserError
from tocsin.model.errors import Exit

BOM = b"\xef\xbb\xbf"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to check: files and folders, and by which lints.

    `conventions` are sets of lints that are asked for by name; `only` and `skip` are ids of lints, `exclude` patterns
    of paths. `strict` takes warnings for errors.
    """

    paths: tuple[Path, ...]
    conventions: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    strict: bool = False
    fills: Fills = NO_FILLS


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What mending does to one file.

    `refused` are edits that would change what a rule asks.
    """

    path: str
    diff: str
    done: tuple[Remark, ...]
    refused: tuple[Remark, ...]
    text: str


def rule_check(request: Request) -> Checked:
    """Return what is wrong with rules.

    Raises UserError for a path that is not there and for a lint that is none.
    """
    found = check(_sources(request), _lints(request), fills=request.fills, complete=_is_complete(request))
    if not request.strict:
        return found
    stricter = tuple(
        msgspec.structs.replace(one, state=State.ERROR) if one.state is State.WARNING else one for one in found.remarks
    )
    return msgspec.structs.replace(found, remarks=stricter)


def changes(request: Request, found: Checked) -> Iterator[Change]:
    """Yield what mending would do to each file; nothing is written.

    A file that is no UTF-8 is left as it is.
    """
    paths = dict.fromkeys(one.path for one in found.remarks if one.edit is not None)
    lints = [lint for lint in _lints(request) if not lint.whole]
    for path in paths:
        try:
            before = Path(path).read_bytes().removeprefix(BOM).decode("utf-8")
        except UnicodeDecodeError:
            continue
        made = _mended(path, before, lints, request.fills)
        diff = unified_diff(before.splitlines(), made.text.splitlines(), path, path, n=1, lineterm="")
        yield Change(path=path, diff="\n".join(diff), done=made.done, refused=made.refused, text=made.text)


def write(change: Change) -> None:
    """Write what mending made of a file, whole or not at all.

    Its permissions stay.
    """
    target = Path(change.path).resolve()
    mark = BOM if target.read_bytes().startswith(BOM) else b""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(mark + change.text.encode("utf-8"))
        shutil.copymode(target, name)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)


def code(found: Checked) -> Exit:
    """Return the exit code: 1 for errors, 3 for files that could not be read, else 0."""
    if found.count(State.ERROR):
        return Exit.GATE
    return Exit.INCOMPLETE if found.unread else Exit.DONE


def shape(found: Checked, done: Sequence[Change] = ()) -> dict[str, Any]:
    """Return the result as its JSON; `done` are the changes that were written."""
    return {
        "rules": [_entry(one) for one in found.remarks],
        "checked": {
            "files": found.files, "rules": found.documents, "ok": found.count(State.OK),
            "errors": found.count(State.ERROR), "warnings": found.count(State.WARNING), "allowed": found.allowed,
            "fixable": sum(one.edit is not None for one in found.remarks),
        },
        "unread": [{"path": path, "why": why} for path, why in found.unread],
        "fixed": [{**_entry(one), "state": "fixed"} for change in done for one in change.done],
        "refused": [_entry(one) for change in done for one in change.refused],
    }  # fmt: skip


def _entry(one: Remark) -> dict[str, Any]:
    return {
        "path": one.path, "id": one.id, "state": one.state, "says": one.says, "line": one.line, "fix": one.fix,
        "lint": one.lint, "hint": one.hint,
    }  # fmt: skip


def sarif(found: Checked) -> dict[str, Any]:
    """Return the result as SARIF 2.1.0, each lint a rule of it."""
    from urllib.parse import quote

    from tocsin import __version__

    told = [one for one in found.remarks if one.state is not State.OK]
    used = [lint for lint in LINTS if any(one.lint == lint.id for one in told)]
    rules = [
        {"id": lint.id, "shortDescription": {"text": lint.about}, "defaultConfiguration": {"level": str(lint.state)}}
        for lint in used
    ]
    places = {lint.id: number for number, lint in enumerate(used)}
    results = [
        {
            "ruleId": one.lint, "ruleIndex": places[one.lint], "level": str(one.state),
            "message": {"text": f"{one.says}. {one.hint}" if one.hint else one.says},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": quote(one.path.replace("\\", "/"), safe="/!:")},
                "region": {"startLine": max(1, one.line)},
            }}],
        }
        for one in told
    ]  # fmt: skip
    driver = {"name": "Tocsin rule check", "semanticVersion": __version__, "rules": rules}
    notes = [{"level": "error", "message": {"text": f"{path}: {why}"}} for path, why in found.unread]
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints",
            "invocations": [{"executionSuccessful": not found.unread, "toolExecutionNotifications": notes}],
        }],
    }  # fmt: skip


def _mended(path: str, before: str, lints: Sequence[Lint], fills: Fills) -> Mended:
    def look(text: str) -> Sequence[Remark]:
        return check([(path, text.encode())], lints, fills=fills, complete=False).remarks

    return mended(path, before, look, fills)


def _lints(request: Request) -> list[Lint]:
    known: Mapping[str, Lint] = {lint.id: lint for lint in LINTS}
    for name in (*request.only, *request.skip):
        if name not in known:
            from difflib import get_close_matches

            near = get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else "tocsin rule check --list"
            raise UserError(f"no lint is named {name!r}", hint=hint)
    for name in request.conventions:
        if name not in CONVENTIONS:
            raise UserError(f"no convention is named {name!r}", hint=", ".join(CONVENTIONS))
    return chosen(request.conventions, request.only, request.skip)


def _is_complete(request: Request) -> bool:
    return any(path.is_dir() for path in request.paths)


def _sources(request: Request) -> Iterator[tuple[str, bytes | str]]:
    seen: set[str] = set()
    for path in request.paths:
        if not path.exists():
            raise UserError(f"{path}: there is no such file or folder of rules", where=str(path))
        for name, raw in files(path):
            if str(name) not in seen and not _is_left_out(Path(name), path, request.exclude):
                seen.add(str(name))
                yield str(name), raw


def _is_left_out(file: Path, root: Path, exclude: Sequence[str]) -> bool:
    """Return whether a file is hidden below the folder that was named, or excluded."""
    below = file.relative_to(root) if file != root else Path(file.name)
    hidden = file != root and any(part.startswith(".") for part in below.parts)
    return hidden or any(fnmatch(below.as_posix(), one) or fnmatch(file.as_posix(), one) for one in exclude)
