"""cron: commands that ran by the clock, and changed tables.

Within syslog, of Vixie cron and its kin (cronie, anacron's parent, Solaris excepted). `(root) CMD (command)` gives user
and command line; crontab's lines give who listed, edited or replaced a table.

Misses: what a command printed; busybox.

See: https://github.com/cronie-crond/cronie/blob/master/src/misc.c (log_it)
"""

from tocsin.kit import Batch, Form, Forms, LogSource, Table, Wanted, parser

SOURCE = LogSource("linux", frozenset(), frozenset({"cron"}))

FORMS = Forms(
    Form(
        r"\((?P<user__name>[^)]{1,256})\) CMD \((?P<process__command_line>(?s:.*?))\)?$",
        {"event.action": "cron-command"},
    ),
    Form(r"\((?P<user__name>[^)]{1,256})\) CMDEND \(", {"event.action": "cron-end"}),
    Form(
        r"\((?P<user__name>[^)]{1,256})\) (?P<cron__verb>LIST|REPLACE|BEGIN EDIT|END EDIT|DELETE) \("
        r"(?P<user__target__name>[^)]{1,256})\)",
        {"event.action": "cron-table"},
    ),
    Form(
        r"\((?P<user__name>[^)]{1,256})\) (?P<cron__verb>RELOAD|ORPHAN|MAIL|INFO|STARTUP|[A-Za-z][\w. -]{1,40})"
        r" \((?P<event__reason>(?s:.*?))\)?$",
        {"event.action": "cron-note"},
    ),
)


@parser(
    within="syslog",
    what="syslog: cron",
    programs=("cron", "crond", "CRON", "CROND", "crontab", "anacron"),
    product="linux",
    service="cron",
)
def cron(table: Table, _: Wanted) -> Batch:
    """Return what cron says as a table of users and commands."""
    return FORMS.read(table, what="syslog: cron", logsource=SOURCE)
