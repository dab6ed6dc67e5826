"""Suppressing a rule, or what it finds in some places, with a reason and a last day."""

import msgspec

from tocsin.app.explain import explain
from tocsin.app.queue import append_entry
from tocsin.app.suppress import covers
from tocsin.model import UserError
from tocsin.runtime.suppressions import NAME, Suppress
from tocsin.runtime.workspace import Workspace
from tocsin.store import findings
from tocsin.store.open import Store, open_existing
from tocsin.store.states import State

_ORDER = ("rule", "entity", "path", "reason", "owner", "until")


class Silenced(msgspec.Struct, frozen=True, kw_only=True):
    """What suppressing a rule did.

    Where it was written, how many kept findings it is for now, and whether a rule of that name is known here.
    """

    where: str
    findings: int
    is_known: bool


def suppress_rule(url: str, workspace: Workspace, entry: Suppress) -> Silenced:
    """Write an entry for a rule to the workspace's file.

    The findings that are kept already are marked. Raises UserError without a workspace.
    """
    if workspace.folder is None:
        hint = "tocsin init DIR, then --workspace DIR; a single finding can be suppressed without one"
        raise UserError("a rule is suppressed in a workspace's suppressions.toml, and there is none here", hint=hint)
    path = workspace.folder / NAME
    said = {name: getattr(entry, name) for name in _ORDER}
    append_entry(path, "", {name: _plain(value) for name, value in said.items() if value})
    return Silenced(where=str(path), findings=_mark(url, entry), is_known=_is_known(url, workspace, entry.rule))


def _plain(value: object) -> object:
    """Return a list of one as that one, as a person would write it."""
    return (value[0] if len(value) == 1 else list(value)) if isinstance(value, tuple) else value


def _mark(url: str, entry: Suppress) -> int:
    store = _kept(url)
    if store is None:
        return 0
    with store, store.begin() as conn:
        found = [one.finding for one in findings.listed(conn, findings.Query(states=(State.OPEN,), rule=entry.rule))]
        mine = [one.fingerprint for one in found if covers(entry, one)]
        for name in mine:
            findings.mark_suppressed(conn, name, entry.record())
    return len(mine)


def _kept(url: str) -> Store | None:
    """Return the store, None where nothing was kept yet: the file is what counts."""
    try:
        return open_existing(url)
    except UserError:
        return None


def _is_known(url: str, workspace: Workspace, rule: str) -> bool:
    try:
        return explain(rule, workspace, url).id == rule
    except UserError:
        return False
