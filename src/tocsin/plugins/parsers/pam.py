"""PAM modules: refused passwords, sessions, locked accounts, whatever program asked.

Within syslog: `pam_unix(sshd:auth): ...` and the older `sshd(pam_unix)[19939]: ...`. The program that asked is
`process.name`, its service `pam.service`; rows of sshd, sudo, su and cron serve the rules of those services too.
`PAM 5 more authentication failures` is one record whose `pam.more` is 5.

Misses: modules of vendors that write in shapes of their own.

See: https://github.com/linux-pam/linux-pam/blob/master/modules/pam_unix/pam_unix_auth.c (and support.c)
"""

from tocsin.kit import Batch, Form, Forms, LogSource, Table, Wanted, parser

_MODULE = (
    r"(?:message repeated (?P<event__count>\d{1,9}) times: \[ ?)?"
    r"(?:(?P<pam__module>pam_\w{1,30})\((?P<pam__service>[^():]{1,64})(?::(?P<pam__type>\w{1,20}))?\): ?)?"
)
_PEER = (
    r"(?P<source__address>(?P<source__ip>\d{1,3}(?:\.\d{1,3}){3}(?=\s|$)|[0-9A-Fa-f.]{0,40}:[0-9A-Fa-f:.]{1,45}"
    r"(?=\s|$))"
    r"|(?P<source__domain>[^\s=]{1,255}(?=\s|$)))?"
)
_WHO = (
    rf"logname=(?P<pam__logname>\S+)? uid=(?P<user__acting__id>\d+)? euid=\d* tty=(?P<pam__tty>\S+)? ruser="
    rf"(?P<user__acting__name>\S+)?"
    rf" rhost={_PEER}(?:\s+user=(?P<user__name>[^\s\]]+))?"
)
_REFUSED = {"event.action": "pam-authentication", "event.outcome": "failure"}

FORMS = Forms(
    Form(rf"authentication failure; {_WHO}", _REFUSED),
    Form(
        rf"PAM (?P<pam__more>\d{{1,9}}) more authentication failures?; {_WHO}",
        {**_REFUSED, "event.action": "pam-more-failures"},
    ),
    Form(
        r"check pass; user unknown",
        {"event.action": "pam-unknown-user", "event.outcome": "failure", "event.reason": "unknown user"},
    ),
    Form(
        r"session opened for user (?P<user__name>[^\s(]+)(?:\(uid=(?P<user__id>\d+)\))? by "
        r"(?P<user__acting__name>[^\s(]+)?(?:\(uid=(?P<user__acting__id>\d+)\))?",
        {"event.action": "session-opened", "event.outcome": "success"},
    ),
    Form(r"session closed for user (?P<user__name>\S+)", {"event.action": "session-closed"}),
    Form(
        r"(?:account (?P<user__name>\S+) has expired|user (?P<pam__logname>\S+) .{0,40}(?:locked|expired))",
        {"event.action": "pam-account", "event.outcome": "failure", "event.reason": "account expired or locked"},
    ),
    Form(
        r"Consecutive login failures for user (?P<user__name>\S+) account temporarily locked",
        {"event.action": "pam-account", "event.outcome": "failure", "event.reason": "account locked after failures"},
    ),
    Form(r"password changed for (?P<user__name>\S+)", {"event.action": "password-changed", "event.outcome": "success"}),
    Form(
        r"PAM service\((?P<pam__service>[^)]{1,64})\) ignoring max retries; (?P<pam__retries>\d+) > \d+",
        {"event.action": "pam-max-retries"},
    ),
    Form(
        r"user '?(?P<user__name>[^\s']+)'? granted access", {"event.action": "pam-account", "event.outcome": "success"}
    ),
    before=_MODULE,
)


@parser(
    within="syslog",
    what="syslog: PAM",
    product="linux",
    category="authentication",
    service="auth",
    looks=(
        r"(?:message repeated \d+ times: \[ ?)?(?:pam_\w+\([^()]{1,80}\): |PAM (?:\d+ more|service)|authentication"
        r" failure; |check pass; |session (?:opened|closed) for user )"
    ),
)
def pam(table: Table, _: Wanted) -> Batch:
    """Return what PAM says as tables, one for each program that asked."""
    batch = FORMS.read(table, what="syslog: PAM", logsource=_source(""))
    return Batch(tables=[part for found in batch.tables for part in _by_program(found)], rest=batch.rest)


def _by_program(table: Table) -> list[Table]:
    names = table.columns.get("process.name") or [None] * len(table)
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        rows.setdefault(name or "", []).append(row)
    return [_for(table.pick(found) if len(found) < len(table) else table, name) for name, found in sorted(rows.items())]


def _for(table: Table, program: str) -> Table:
    return Table(
        what=table.what,
        logsource=_source(program),
        numbers=table.numbers,
        texts=table.texts,
        columns=table.columns,
        same=table.same,
        times=table.times,
        clock=table.clock,
    )


def _source(program: str) -> LogSource:
    return LogSource(
        "linux", frozenset({"authentication"}), frozenset({"auth", "pam", *([program] if program else [])})
    )
