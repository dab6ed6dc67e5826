"""OpenSSH server: logins, failures, disconnections.

Within syslog. Names the user, the address and port, the method, and the outcome. A user name is whatever the client
sent: it may hold spaces and text that looks like another record; the address is always the last one written.
`message repeated N times: [ ... ]` (rsyslog) is one record whose `event.count` is N.

Misses: what a LogLevel below INFO leaves out; the name of a user who is not tried (before `user` is sent).

See: https://github.com/openssh/openssh-portable/blob/master/auth.c (auth_log)
"""

from tocsin.kit import Batch, Form, Forms, LogSource, Table, Wanted, parser

SOURCE = LogSource("linux", frozenset(), frozenset({"sshd", "auth"}))
_FROM = r"from (?P<source__ip>[0-9A-Fa-f.:%\w-]{2,64}) port (?P<source__port>\d{1,5})"
_END = r"(?: ssh2?)?(?: \[preauth\])?"
_TIMES = r"(?:message repeated (?P<event__count>\d{1,9}) times: \[ ?)?"

FORMS = Forms(
    Form(rf"{_TIMES}Failed (?P<ssh__method>[\w/-]+) for (?:invalid user |illegal user )(?P<user__name>.*) {_FROM}{_END}",
         {"event.action": "ssh-login", "event.outcome": "failure", "event.reason": "unknown user"}),
    Form(rf"{_TIMES}Failed (?P<ssh__method>[\w/-]+) for (?P<user__name>.*) {_FROM}{_END}",
         {"event.action": "ssh-login", "event.outcome": "failure"}),
    Form(rf"Accepted (?P<ssh__method>[\w/-]+) for (?P<user__name>.*) {_FROM}{_END}(?:: (?P<ssh__key>.*))?",
         {"event.action": "ssh-login", "event.outcome": "success"}),
    Form(r"(?:Invalid|Illegal) user (?P<user__name>.*) from (?P<source__ip>\S+)(?: port (?P<source__port>\d{1,5}))?$",
         {"event.action": "ssh-unknown-user", "event.outcome": "failure", "event.reason": "unknown user"}),
)


@parser(within="syslog", what="syslog: sshd", programs=("sshd", "sshd-session", "sshd-auth"), product="linux", service="sshd")
def sshd(table: Table, _: Wanted) -> Batch:
    """Return what sshd says as a table of actions, users and addresses."""
    return FORMS.read(table, what="syslog: sshd", logsource=SOURCE)
