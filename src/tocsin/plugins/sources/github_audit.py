"""GitHub audit log: who did what in an organisation.

Reads the events of the organisation in `github.org`, web and git ones, oldest first, a thousand at a time. `user.name`
is the actor, `source.ip` the address where the organisation shows it, `event.action` the action.

The cursor is the page that was read last and the ids of its events: the page is asked for again, and what stands in it
for the second time is left out. So nothing is missed when a page fills up between two calls.

Misses: organisations that are not on GitHub Enterprise have no such log. Git events are kept for seven days, others for
180. Addresses are there only when the organisation turned their display on.

See: https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#get-the-audit-log-for-an-organization
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import msgspec

from tocsin.kit import Batch, Context, Cursor, LogSource, Table, source
from tocsin.model import RemoteError, UserError

PAGES = 10  # of one call; the next call goes on
SIZE = 100  # events of a page, the most that GitHub gives
KIND = LogSource("github", frozenset(), frozenset({"audit"}))
NAMES = {"user.name": "actor", "source.ip": "actor_ip", "event.action": "action"}
_NEXT = re.compile(r'<([^<>]+)>;[^,]*\brel="next"')


@source(
    hosts=("api.github.com",),
    auth="header Authorization Bearer {secret:github}",
    settings=("github.org",),
    gives="GitHub audit log",
)
def github_audit(cursor: Cursor, ctx: Context) -> tuple[Batch, Cursor]:
    """Return the events since the cursor, and where the next call goes on."""
    organisation = ctx.settings.get("github.org")
    if not organisation:
        raise UserError("github-audit needs the setting github.org", hint="the organisation's name")
    url = f"https://api.github.com/orgs/{quote(organisation, safe='')}/audit-log"
    after, seen = cursor.get("after"), frozenset(cursor.get("seen", ()))
    events: list[Mapping[str, Any]] = []
    for _ in range(PAGES):
        page, following = _read(ctx, url, after)
        events += [event for event in page if event.get("_document_id") not in seen]
        seen = frozenset(event["_document_id"] for event in page if "_document_id" in event)
        if following is None:
            break
        after, seen = following, frozenset()
    return _batch(events), Cursor({"after": after, "seen": sorted(seen)})


def _read(ctx: Context, url: str, after: str | None) -> tuple[Sequence[Mapping[str, Any]], str | None]:
    """Return one page, and the mark of the next; None at the end."""
    answer = ctx.http.send(
        "GET",
        url,
        query={"include": "all", "order": "asc", "per_page": SIZE, "after": after},
        headers={"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"},
    )
    page = answer.json()
    if not isinstance(page, list):
        raise RemoteError("api.github.com answers with something that is no page of events")
    found = _NEXT.search(answer.headers.get("link", ""))
    marks = parse_qs(urlsplit(found[1]).query).get("after", []) if found else []
    return page, marks[0] if marks else None


def _batch(events: Sequence[Mapping[str, Any]]) -> Batch:
    """Return events as a table with their own names and the usual ones."""
    if not events:
        return Batch()
    own = sorted({name for event in events for name in event})
    columns = {name: [event.get(name) for event in events] for name in own}
    columns |= {usual: columns[name] for usual, name in NAMES.items() if name in columns}
    return Batch(
        tables=[
            Table(
                what="GitHub audit log",
                logsource=KIND,
                numbers=range(len(events)),
                texts=[msgspec.json.encode(event).decode() for event in events],
                columns=columns,
                times=columns.get("@timestamp", ()),
                clock="epoch" if "@timestamp" in columns else "",
            )
        ]
    )
