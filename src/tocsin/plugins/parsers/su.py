"""su: who became whom, and who was refused.

Within syslog. `user.name` is the user who asked, `user.effective.name` the one asked for. Reads the lines of
util-linux, shadow and BSD.

Misses: what was done afterwards.

See: https://github.com/util-linux/util-linux/blob/master/login-utils/su-common.c (log_syslog)
"""

from tocsin.kit import Batch, Form, Forms, LogSource, Table, Wanted, parser

SOURCE = LogSource("linux", frozenset({"authentication"}), frozenset({"su", "auth"}))
_FAILED = {"event.action": "su", "event.outcome": "failure"}

FORMS = Forms(
    Form(
        r"\(to (?P<user__effective__name>[^)]{1,256})\) (?P<user__name>\S{1,256}) on (?P<su__tty>\S{1,64})",
        {"event.action": "su", "event.outcome": "success"},
    ),
    Form(
        r"FAILED SU \(to (?P<user__effective__name>[^)]{1,256})\) (?P<user__name>\S{1,256}) on (?P<su__tty>\S{1,64})",
        _FAILED,
    ),
    Form(
        r"Successful su for (?P<user__effective__name>\S{1,256}) by (?P<user__name>\S{1,256})",
        {"event.action": "su", "event.outcome": "success"},
    ),
    Form(r"FAILED su for (?P<user__effective__name>\S{1,256}) by (?P<user__name>\S{1,256})", _FAILED),
    Form(r"BAD SU (?P<user__name>\S{1,256}) to (?P<user__effective__name>\S{1,256}) on (?P<su__tty>\S{1,64})", _FAILED),
    Form(
        r"(?P<user__name>\S{1,256}) to (?P<user__effective__name>\S{1,256}) on (?P<su__tty>\S{1,64})$",
        {"event.action": "su", "event.outcome": "success"},
    ),
)


@parser(within="syslog", what="syslog: su", programs=("su",), product="linux", category="authentication", service="su")
def su(table: Table, _: Wanted) -> Batch:
    """Return what su says as a table of users."""
    return FORMS.read(table, what="syslog: su", logsource=SOURCE)
