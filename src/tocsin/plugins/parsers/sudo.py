"""sudo: who ran what as whom, and what was refused.

Within syslog. Names the user who asked (`user.name`), the one the command ran as (`user.effective.name`), terminal,
folder and command. Refusals have their reason: not in sudoers, command not allowed, wrong passwords.

Misses: what the command did; commands typed into a shell that sudo started.

See: https://www.sudo.ws/docs/man/sudoers.man/#EVENT_LOGGING
"""

from tocsin.kit import Batch, Form, Forms, LogSource, Table, Wanted, parser

SOURCE = LogSource("linux", frozenset({"process_creation"}), frozenset({"sudo", "auth"}))
_WHAT = (
    r"(?:TTY=(?P<sudo__tty>[^;]{0,128}) ; )?(?:PWD=(?P<process__working_directory>[^;]{0,4096}) ; )?"
    r"USER=(?P<user__effective__name>[^;]{0,256}) ;(?: (?:GROUP|TSID|CHROOT)=[^;]{0,256} ;){0,4}"
    r"(?: ENV=(?P<sudo__env>[^;]{0,4096}) ;)? COMMAND=(?P<process__command_line>(?s:.*))"
)
_FAILED = {"event.action": "sudo", "event.outcome": "failure"}

FORMS = Forms(
    Form(rf"\s*(?P<user__name>\S{{1,256}}) : {_WHAT}", {"event.action": "sudo", "event.outcome": "success"}),
    Form(rf"\s*(?P<user__name>\S{{1,256}}) : (?P<event__reason>[^;=]{{1,200}}) ; {_WHAT}", _FAILED),
    Form(
        r"\s*(?P<user__name>\S{1,256}) : (?P<event__reason>user NOT (?:in sudoers|authorized on host)|command"
        r" not allowed"
        r"|\d{1,4} incorrect password attempts?|(?:a|no) (?:password|terminal)[^;]{0,120})",
        _FAILED,
    ),
)


@parser(
    within="syslog",
    what="syslog: sudo",
    programs=("sudo",),
    product="linux",
    category="process_creation",
    service="sudo",
)
def sudo(table: Table, _: Wanted) -> Batch:
    """Return what sudo says as a table of users and commands."""
    batch = FORMS.read(table, what="syslog: sudo", logsource=SOURCE)
    for made in batch.tables:
        if (target := made.columns.get("user.effective.name")) is not None:
            made.columns = {**made.columns, "USER": target}  # sudo's own name of it, which rules use
    return batch
