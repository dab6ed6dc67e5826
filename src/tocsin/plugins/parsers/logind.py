"""systemd-logind and login: sessions of people.

Within syslog. Opened and removed sessions with their user; refused console logins.

Misses: sessions that logind does not track (ssh without PAM).

See: https://github.com/systemd/systemd/blob/main/src/login/logind-session.c
"""

from tocsin.kit import Batch, Form, Forms, LogSource, Table, Wanted, parser

SOURCE = LogSource("linux", frozenset({"authentication"}), frozenset({"auth", "logind"}))

FORMS = Forms(
    Form(
        r"New session (?P<session__id>\S{1,32}) of user (?P<user__name>\S{1,256}?)\.?$",
        {"event.action": "session-opened", "event.outcome": "success"},
    ),
    Form(
        r"(?:Session (?P<session__id>\S{1,32}) logged out|Removed session (?P<session__removed>\S{1,32}?))\.",
        {"event.action": "session-closed"},
    ),
    Form(
        r"FAILED LOGIN (?:SESSION FROM|\(?\d+\)? (?:on|FROM)) (?P<session__tty>\S{1,255}) FOR "
        r"(?P<user__name>[^,]{1,256}), (?P<event__reason>.*)",
        {"event.action": "console-login", "event.outcome": "failure"},
    ),
    Form(
        r"(?:ROOT )?LOGIN ON (?P<session__tty>\S{1,64})(?: BY (?P<user__name>\S{1,256}))?(?: FROM "
        r"(?P<source__domain>\S{1,255}))?",
        {"event.action": "console-login", "event.outcome": "success"},
    ),
)


@parser(
    within="syslog",
    what="syslog: logind",
    programs=("systemd-logind", "elogind", "login"),
    product="linux",
    category="authentication",
    service="auth",
)
def logind(table: Table, _: Wanted) -> Batch:
    """Return sessions of people as a table."""
    return FORMS.read(table, what="syslog: logind", logsource=SOURCE)
