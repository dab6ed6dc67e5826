"""OpenSSH server: logins, failures, unknown users, disconnections.

Within syslog. Names the user, the address and port, the method and the outcome. A user name is whatever the client
sent: it may hold spaces and text that looks like another record; the address is the last one written, which sshd wrote
itself. `message repeated N times: [ ... ]` of rsyslog is one record whose `event.count` is N.

Misses: what a LogLevel below INFO leaves out. With `UseDNS yes` the address may be a name; then `source.domain` holds
it.

See: https://github.com/openssh/openssh-portable/blob/master/auth.c (auth_log), packet.c (sshpkt_disconnect)
"""

from tocsin.kit import Batch, Form, Forms, LogSource, Table, Wanted, parser

SOURCE = LogSource("linux", frozenset({"authentication"}), frozenset({"sshd", "auth"}))
_PEER = (
    r"(?P<source__address>(?P<source__ip>\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f.]{0,40}:[0-9A-Fa-f:.]{1,45}(?:%\w{1,15})?)"
    r"|(?P<source__domain>(?=[\w.-]{0,254}[A-Za-z])[\w.-]{1,255}))"
)
_PORT = r"port (?P<source__port>\d{1,5})"
_PRE = r"(?: \[preauth\])?"
_END = (
    rf"(?: ssh2?)?(?:: (?P<ssh__key>[\w-]{{2,40}} (?:ID .{{1,512}} CA [\w-]+ )?"
    rf"(?:SHA256|MD5):[\w:+/=]{{1,128}}))?{_PRE}\]?$"
)
_WHO = r"(?:(?P<ssh__stage>invalid|illegal|authenticating) user |user )?"
_LOGIN = "ssh-login"

FORMS = Forms(
    Form(
        rf"Failed (?P<ssh__method>[\w/-]{{1,40}}) for (?:invalid|illegal) user (?P<user__name>.+)? from {_PEER}"
        rf" {_PORT}{_END}",
        {"event.action": _LOGIN, "event.outcome": "failure", "event.reason": "unknown user"},
    ),
    Form(
        rf"Failed (?P<ssh__method>[\w/-]{{1,40}}) for (?P<user__name>.+)? from {_PEER} {_PORT}{_END}",
        {"event.action": _LOGIN, "event.outcome": "failure", "event.reason": "wrong credential"},
    ),
    Form(
        rf"Accepted (?P<ssh__method>[\w/-]{{1,40}}) for (?P<user__name>.+)? from {_PEER} {_PORT}{_END}",
        {"event.action": _LOGIN, "event.outcome": "success"},
    ),
    Form(
        rf"(?:Invalid|Illegal) user (?P<user__name>.+)? from {_PEER}(?: {_PORT})?{_PRE}$",
        {"event.action": "ssh-unknown-user", "event.outcome": "failure", "event.reason": "unknown user"},
    ),
    Form(
        rf"(?:error: )?maximum authentication attempts exceeded for (?:invalid user |illegal user )?"
        rf"(?P<user__name>.+)? from {_PEER} {_PORT}{_END}",
        {"event.action": "ssh-too-many", "event.outcome": "failure", "event.reason": "too many attempts"},
    ),
    Form(
        rf"(?:error: )?Received disconnect from {_PEER}(?: {_PORT})?: ?(?P<event__code>\d{{1,4}}): ?"
        rf"(?P<event__reason>.{{0,200}}?){_PRE}$",
        {"event.action": "ssh-disconnect"},
    ),
    Form(
        rf"(?:Connection (?P<ssh__how>closed|reset) by|Disconnected from|Disconnecting) {_WHO}(?:"
        rf"(?P<user__name>.*) )?{_PEER}(?: {_PORT})?(?:: (?P<event__reason>.{{0,200}}?))?{_PRE}$",
        {"event.action": "ssh-disconnect"},
    ),
    Form(
        rf"Disconnecting: (?P<event__reason>Too many authentication failures(?: for (?P<user__name>.*?))?){_PRE}$",
        {"event.action": "ssh-too-many", "event.outcome": "failure"},
    ),
    Form(
        rf"Connection from {_PEER} {_PORT}(?: on (?P<destination__ip>\S+) port (?P<destination__port>\d{{1,5}}))?",
        {"event.action": "ssh-connect"},
    ),
    Form(
        rf"Did not receive identification string from {_PEER}(?: {_PORT})?",
        {"event.action": "ssh-probe", "event.reason": "no identification string"},
    ),
    Form(
        rf"Bad protocol version identification '(?P<ssh__version>.*)' from {_PEER}(?: {_PORT})?",
        {"event.action": "ssh-probe", "event.reason": "bad protocol version"},
    ),
    Form(
        rf"Unable to negotiate with {_PEER}(?: {_PORT})?: (?P<event__reason>.{{0,200}}?){_PRE}$",
        {"event.action": "ssh-probe"},
    ),
    Form(
        r"(?:reverse mapping checking getaddrinfo|Address) for (?P<source__domain>\S{1,255}) \["
        r"(?P<source__ip>[^\]]{2,64})\] failed",
        {"event.action": "ssh-name-mismatch", "event.reason": "name and address disagree"},
    ),
    Form(
        r"Address (?P<source__ip>\S{2,64}) maps to (?P<source__domain>\S{1,255}), but this does not map back",
        {"event.action": "ssh-name-mismatch", "event.reason": "name and address disagree"},
    ),
    Form(
        rf"User (?P<user__name>.+)? from {_PEER} not allowed because (?P<event__reason>.*)",
        {"event.action": "ssh-not-allowed", "event.outcome": "failure"},
    ),
    Form(
        rf"(?:ROOT LOGIN REFUSED FROM|Connection rate limited?,? from) {_PEER}",
        {"event.action": "ssh-not-allowed", "event.outcome": "failure"},
    ),
    Form(
        rf"input_userauth_request: invalid user (?P<user__name>.*?){_PRE}$", {"event.action": "ssh-unknown-user-note"}
    ),
    Form(
        rf"Starting session: (?P<ssh__session>.{{1,80}}?)(?: on (?P<ssh__tty>\S+))? for (?P<user__name>.+)? from"
        rf" {_PEER} {_PORT} id \d+$",
        {"event.action": "ssh-session"},
    ),
    Form(
        r"Server listening on (?P<destination__ip>\S+) port (?P<destination__port>\d{1,5})",
        {"event.action": "ssh-listen"},
    ),
    Form(
        r"subsystem request for (?P<ssh__session>\S+)(?: by user (?P<user__name>.*))?",
        {"event.action": "ssh-subsystem"},
    ),
    before=r"(?:message repeated (?P<event__count>\d{1,9}) times: \[ ?)?",
)


@parser(
    within="syslog",
    what="syslog: sshd",
    programs=("sshd", "sshd-session", "sshd-auth"),
    product="linux",
    category="authentication",
    service="sshd",
)
def sshd(table: Table, _: Wanted) -> Batch:
    """Return what sshd says as a table of actions, users and addresses."""
    return FORMS.read(table, what="syslog: sshd", logsource=SOURCE)
