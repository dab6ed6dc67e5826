"""Bringing a set of rules into a workspace, or another version of it: what would change is known before it is written.

A set lies in `rules/NAME`, where every look with the workspace finds it, and in `rules.lock.toml`, which says of which
bytes it was made. It is written beside its place and then moved there: all of it or nothing.
"""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from secrets import token_hex

import msgspec

from tocsin.app import rule_add_lock as lock
from tocsin.app.rule_add_lock import Locked
from tocsin.app.rule_add_source import Source, source_of, take
from tocsin.app.rules import builtin_sources
from tocsin.detect.pipelines import FileName
from tocsin.detect.rules import files as rule_files
from tocsin.detect.rules import together
from tocsin.detect.set_changes import Difference, Entry, Sorted, difference, entries, sort_out
from tocsin.detect.sets import Taken, tree_digest
from tocsin.match.sigma.placeholder import of_estate
from tocsin.model import Refused, UserError
from tocsin.model.text import safe
from tocsin.runtime.transport import Transport
from tocsin.runtime.workspace import RULES, Workspace

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


class Unloaded(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of a set that would not load: its path in the set, and why."""

    path: str
    why: str


class Collision(msgspec.Struct, frozen=True, kw_only=True):
    """A rule whose id another rule of this workspace, or one of ours, has.

    One of the two would not load.
    """

    id: str
    path: str
    other: str


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asked for.

    `SET@VERSION`, where from, pinned to which digest, which folders of it.
    """

    word: str
    place: str = ""
    digest: str = ""
    under: tuple[str, ...] = ()
    filters: bool = False


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What would be written, and what that changes.

    `before` is the set as it is locked now; `edited` says that its files were changed since.
    """

    now: Locked
    before: Locked | None
    difference: Difference
    unloaded: tuple[Unloaded, ...]
    collisions: tuple[Collision, ...]
    left: Mapping[str, int]
    refused: Mapping[str, str]
    filters: tuple[str, ...]
    pipelines: tuple[str, ...]
    edited: bool
    files: Mapping[str, bytes]

    @property
    def is_there(self) -> bool:
        """Return whether just this is what the workspace holds already."""
        before = self.before
        return (
            before is not None
            and not self.edited
            and (before.tree, before.version) == (self.now.tree, self.now.version)
        )

    @property
    def needs_word(self) -> bool:
        """Return whether a person must agree.

        What is there would be replaced by something else.
        """
        return self.before is not None and not self.is_there


def folder_of(workspace: Workspace) -> Path:
    """Return the workspace's folder; raises UserError where no set can be brought."""
    if workspace.folder is None:
        hint = "tocsin init DIR, then --workspace DIR"
        raise UserError("a set of rules is brought into a workspace, and there is none here", hint=hint)
    if RULES not in workspace.settings.scan.rules:
        named = ", ".join(workspace.settings.scan.rules) or "no folder"
        hint = f'add "{RULES}" to `rules` of [scan] in tocsin.toml'
        raise UserError(f"sets of rules lie in {RULES}/, and this workspace reads rules from {named}", hint=hint)
    return workspace.folder


def plan(asked: Asked, workspace: Workspace, now: datetime, transport: Transport | None = None) -> Plan:
    """Return what adding a set would write and change; nothing is written.

    Raises UserError, Refused (not what was pinned) or RemoteError.
    """
    folder = folder_of(workspace)
    _mend(folder)
    if asked.digest and not _DIGEST.fullmatch(asked.digest):
        raise UserError(f"{safe(asked.digest)!r} is no digest", hint="sha256: and 64 hexadecimal digits")
    source = source_of(asked.word, asked.place)
    before = lock.read(folder).get(source.name)
    place = folder / RULES / source.name
    if before is None and place.exists():
        hint = f"move it, or give the set another name: NAME@{source.version} --from {source.shown}"
        raise UserError(f"{place} is there, and no set was added under that name", where=str(place), hint=hint)
    under = asked.under or (before.under if before else ())
    taken = take(source, under, transport)
    _held(taken, source, asked.digest, before)
    with_filters = asked.filters or (before is not None and before.filters)
    kinds = sort_out(taken.files)
    files = _chosen(taken, kinds, source, with_filters="with" if with_filters else "")
    then = tuple(entries(files))
    locked = Locked(
        name=source.name, version=source.version, source=source.shown, digest=taken.digest, tree=tree_digest(files),
        files=len(files), rules=len(then), added=now.replace(microsecond=0), commit=taken.commit, under=under,
        filters=with_filters, licence=_licence(source, taken, then),
    )  # fmt: skip
    others = list(_others(workspace, place))
    return Plan(
        now=locked,
        before=before,
        difference=difference(entries(_there(place)), then),
        unloaded=tuple(_unloaded(workspace, place, files, others)),
        collisions=tuple(_collisions(then, others)),
        left={**taken.left, **({"YAML files that hold no rule": kinds.others} if kinds.others else {})},
        refused=taken.refused,
        filters=() if with_filters else kinds.filters,
        pipelines=() if with_filters else kinds.pipelines,
        edited=before is not None and not _as_written(place, before),
        files=files,
    )


def _held(taken: Taken, source: Source, digest: str, before: Locked | None) -> None:
    """Raise Refused for what is not what a digest, or the lock for this version, says."""
    if digest:
        if taken.digest != digest:
            says = f"the archive is not the one that was pinned: {source.shown} has {taken.digest}"
            raise Refused(says, where=source.shown, hint=f"pinned is {digest}")
        return
    if before is None or before.version != source.version or taken.moves:
        return
    mine, now = (before.commit, taken.commit) if before.commit and taken.commit else (before.digest, taken.digest)
    if mine != now:
        says = (
            f"the archive is not the one that was pinned: {source.name}@{source.version} was {mine}, and is {now} now"
        )
        raise Refused(says, where=source.shown, hint=f"find out why; if it is right: --digest {taken.digest}")


def _chosen(taken: Taken, kinds: Sorted, source: Source, *, with_filters: str) -> dict[str, bytes]:
    """Return the files to write; raises UserError where there is no rule among them."""
    names = {*kinds.rules, *(kinds.filters + kinds.pipelines if with_filters else ())}
    if not kinds.rules:
        left = ", ".join(f"{count:,} {what}" for what, count in taken.left.items())
        seen = f"{len(taken.files):,} YAML files without a rule" + (f", {left}" if left else "")
        raise UserError(f"{source.shown} holds no Sigma rule", where=source.shown, hint=f"it holds {seen}")
    return {name: taken.files[name] for name in sorted(names)}


def _licence(source: Source, taken: Taken, then: Sequence[Entry]) -> str:
    said = {one.licence for one in then if one.licence}
    return source.licence or (safe(said.pop())[:80] if len(said) == 1 else "") or taken.licence


def _others(workspace: Workspace, place: Path) -> Iterator[tuple[str, bytes | str]]:
    """Yield our own rules, and those of the workspace that are not of the set."""
    mine = f"{place}/"
    found = chain(builtin_sources(), *(rule_files(one) for one in workspace.rule_folders))
    return ((path, raw) for path, raw in found if not Path(str(path)).as_posix().startswith(mine))


def _there(place: Path) -> dict[str, bytes]:
    return {name: raw for name, raw in lock.files_of(place).items() if name.endswith((".yml", ".yaml"))}


def _as_written(place: Path, before: Locked) -> bool:
    try:
        return lock.is_as_written(place, before)
    except OSError:
        return False


def _unloaded(
    workspace: Workspace, place: Path, files: Mapping[str, bytes], others: Sequence[tuple[str, bytes | str]]
) -> Iterator[Unloaded]:
    """Yield the files that would not load beside all the others."""
    mine = {str(place / name): name for name in files}
    new = [(FileName(path, str(place.parent)), files[name]) for path, name in mine.items()]
    for problem in together([*others, *new], of_estate(workspace.estate)).problems:
        if problem.path in mine:
            yield Unloaded(path=mine[problem.path], why=safe(str(problem)))


def _collisions(then: Sequence[Entry], others: Sequence[tuple[str, bytes | str]]) -> Iterator[Collision]:
    taken: dict[str, str] = {}
    for path, raw in others:
        if isinstance(raw, bytes):
            for one in entries({str(path): raw}):
                taken.setdefault(one.id, str(path))
    for one in then:
        if one.id in taken:
            yield Collision(id=one.id, path=one.path, other=taken[one.id])
        taken.setdefault(one.id, one.path)


def write(plan: Plan, workspace: Workspace) -> Path:
    """Write a set and its line in the lock, and return its folder.

    All or nothing; raises UserError where that cannot be.
    """
    folder = folder_of(workspace)
    staged = workspace.state / f"incoming-{token_hex(8)}"
    place = folder / RULES / plan.now.name
    try:
        for name, raw in plan.files.items():
            path = staged / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)
        place.parent.mkdir(exist_ok=True)
        sets = {**lock.read(folder), plan.now.name: plan.now}
        _swap(folder, staged, place, sets)
    except OSError as error:
        says = f"{error.filename or place} cannot be written: {error.strerror}; nothing was changed"
        raise UserError(says, where=str(place)) from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return place


def remove(name: str, workspace: Workspace) -> Path:
    """Take a set out of a workspace, and return where it was; raises UserError."""
    folder = folder_of(workspace)
    sets = lock.read(folder)
    if name not in sets:
        hint = f"there are {', '.join(sorted(sets))}" if sets else "none was added"
        raise UserError(f"no set is called {safe(name)!r} in {folder}", hint=hint)
    place = folder / RULES / name
    try:
        _swap(folder, None, place, {one: locked for one, locked in sets.items() if one != name})
    except OSError as error:
        says = f"{error.filename or place} cannot be removed: {error.strerror}; nothing was changed"
        raise UserError(says, where=str(place)) from error
    return place


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A set of a workspace, and whether it is as it was written.

    `as added`, `changed here` or `missing`.
    """

    locked: Locked
    state: str


def standing(workspace: Workspace) -> list[Standing]:
    """Return the sets of a workspace by name; raises UserError."""
    folder = folder_of(workspace)
    _mend(folder)
    return [Standing(locked=one, state=_state(folder / RULES / name, one)) for name, one in lock.read(folder).items()]


def _state(place: Path, locked: Locked) -> str:
    if not place.is_dir():
        return "missing"
    return "as added" if _as_written(place, locked) else "changed here"


def _swap(folder: Path, staged: Path | None, place: Path, sets: Mapping[str, Locked]) -> None:
    """Put what is staged (or nothing) in a set's place, and write the lock; undo all of it when that fails."""
    aside = _aside(folder, place.name)
    aside.parent.mkdir(parents=True, exist_ok=True)
    had = place.exists()
    if had:
        place.rename(aside)
    try:
        if staged is not None:
            staged.rename(place)
        lock.write(folder, sets.values())
    except OSError:
        if staged is not None and place.exists():
            place.rename(staged)
        if had:
            aside.rename(place)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _aside(folder: Path, name: str) -> Path:
    return folder / ".tocsin" / f"replaced-{name}"


def _mend(folder: Path) -> None:
    """Put back sets that were set aside when something broke off before the new ones stood in their place."""
    for name in lock.read(folder):
        aside, place = _aside(folder, name), folder / RULES / name
        try:
            if aside.exists() and not place.exists():
                aside.rename(place)
            elif aside.exists():
                shutil.rmtree(aside, ignore_errors=True)
        except OSError as error:
            raise UserError(f"{aside} cannot be put back in {place}: {error.strerror}", where=str(aside)) from error
