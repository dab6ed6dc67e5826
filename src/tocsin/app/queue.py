"""The queue: findings and cases of the store, read and changed by a person."""

import getpass
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from secrets import token_hex

import msgspec
import tomlkit
from tomlkit.exceptions import TOMLKitError

from tocsin.model import Case, Finding, Severity, Suppression, UserError
from tocsin.model.text import safe
from tocsin.runtime.workspace import Workspace
from tocsin.store import cases, findings
from tocsin.store.open import Store, open_existing
from tocsin.store.states import CaseState, State
from tocsin.store.suppressions import end_of


class CasePage(msgspec.Struct, frozen=True, kw_only=True):
    """A case with all that belongs to it."""

    case: Case
    findings: tuple[Finding, ...]
    notes: tuple[cases.Entry, ...]
    history: tuple[cases.Entry, ...]


def me() -> str:
    """Return who is at the keyboard, for the history."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user in the system's table, as in many containers
        return f"uid {os.environ.get('USER', 'unknown')}"


def now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """Yield the store, which must be there."""
    with open_existing(url) as store:
        yield store


def list_findings(url: str, query: findings.Query) -> list[findings.Stored]:
    """Return findings, the worst first; one whose suppression has ended is open."""
    wide = query
    if query.states and not {State.OPEN, State.SUPPRESSED}.isdisjoint(query.states):
        wide = msgspec.structs.replace(query, states=(*query.states, State.OPEN, State.SUPPRESSED), limit=None)
    with opened(url) as store, store.read() as conn:
        found = (_as_of(stored, now()) for stored in findings.listed(conn, wide))
        return list(islice((one for one in found if not query.states or one.state in query.states), query.limit))


def _as_of(stored: findings.Stored, moment: datetime) -> findings.Stored:
    """Return a finding as it stands at a moment: the store learns of a suppression's end at the next look only."""
    words = stored.finding.suppressed
    if stored.state is not State.SUPPRESSED or words is None or end_of(words.until) > moment:
        return stored
    finding = msgspec.structs.replace(stored.finding, suppressed=None)
    return msgspec.structs.replace(stored, state=State.OPEN, finding=finding)


def query(
    *, state: str | None, at_least: str | None, rule: str | None, entity: str | None, limit: int | None
) -> findings.Query:
    """Return the query that options ask for.

    Open findings unless a state is named, `all` for every state.
    """
    states = () if state == "all" else (State(state),) if state else (State.OPEN,)
    return findings.Query(
        states=states, at_least=Severity(at_least) if at_least else Severity.INFO, rule=rule, entity=entity, limit=limit
    )


def get_finding(url: str, fingerprint: str) -> findings.Stored:
    """Return a finding by its fingerprint or the unique beginning of one."""
    with opened(url) as store, store.read() as conn:
        return _as_of(findings.get(conn, fingerprint), now())


def suppress(url: str, workspace: Workspace, fingerprint: str, *, reason: str, owner: str, until: date) -> str:
    """Suppress a finding, and return where that was written.

    In the workspace's file, or without a workspace in the store.
    """
    with opened(url) as store, store.begin() as conn:
        found = findings.get(conn, fingerprint).finding
        words = Suppression(reason=reason, owner=owner, until=until.isoformat())
        if workspace.folder is None:
            findings.suppress(conn, found.fingerprint, words, now())
            return store.where
        # the file is what counts: a line taken out shows it again
        findings.mark_suppressed(conn, found.fingerprint, words)
        path = workspace.folder / "suppressions.toml"
        entry = {"fingerprint": found.fingerprint, "reason": reason, "owner": owner, "until": until}
        append_entry(path, f"{found.rule}: {found.title}", entry)
        return str(path)


def append_entry(path: Path, comment: str, values: Mapping[str, object]) -> None:
    """Add an entry to suppressions.toml; what a person wrote there stays as it is.

    Raises UserError for a file that cannot be changed.
    """
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        document = tomlkit.parse(text)
        entries = document.get("suppress")
        if entries is None:
            entries = tomlkit.aot()
            document["suppress"] = entries
        entry = tomlkit.table()
        if comment:
            entry.add(tomlkit.comment(safe(" ".join(comment.split()))))
        entry.update(values)
        entries.append(entry)
        part = path.with_name(f".{token_hex(8)}.part")
        with part.open("x", encoding="utf-8") as file:
            file.write(tomlkit.dumps(document))
        part.replace(path)
    except (OSError, TOMLKitError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be changed: {error}", where=str(path)) from error


def list_cases(url: str, *, closed: str) -> list[Case]:
    """Return cases, the worst first; `closed` is `with` or `without`."""
    states = () if closed == "with" else (CaseState.OPEN,)
    with opened(url) as store, store.read() as conn:
        return cases.listed(conn, states)


def case_page(url: str, case: str) -> CasePage:
    """Return a case with its findings, notes and history."""
    with opened(url) as store, store.read() as conn:
        found = cases.get(conn, case)
        known = findings.known(conn, found.findings)
        return CasePage(
            case=found,
            findings=tuple(known[p].finding for p in found.findings if p in known),
            notes=tuple(cases.notes(conn, case)),
            history=tuple(cases.history(conn, case)),
        )


def note(url: str, case: str, text: str) -> None:
    """Add a note to a case."""
    with opened(url) as store, store.begin() as conn:
        cases.note(conn, case, text, by=me(), now=now())


def assign(url: str, case: str, to: str | None) -> None:
    """Give a case to a person, or to nobody."""
    with opened(url) as store, store.begin() as conn:
        cases.assign(conn, case, to, by=me(), now=now())


def close(url: str, case: str, why: str) -> None:
    """Close a case and its open findings."""
    with opened(url) as store, store.begin() as conn:
        cases.close(conn, case, by=me(), now=now(), why=why)


def merge(url: str, one: str, other: str) -> Case:
    """Make one case of two; the older id stays, and later looks keep them together."""
    with opened(url) as store, store.begin() as conn:
        return cases.merge(conn, one, other, by=me(), now=now())


def split(url: str, case: str, names: Sequence[str]) -> Case:
    """Take findings out of a case into a new one; later looks keep them apart."""
    with opened(url) as store, store.begin() as conn:
        whole = [findings.get(conn, name).finding.fingerprint for name in names]
        return cases.split(conn, case, whole, by=me(), now=now())
