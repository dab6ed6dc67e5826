"""Postfix: who sent what to whom through this mail server, and what became of it; logins by SASL.

Within syslog, and bare where a line was torn from it. Gives the queue id (`postfix.queue`), sender and recipient
(`email.from.address`, `email.to.address`), the other side's name and address, size, status (`sent`, `deferred`,
`bounced`), and reasons. Failed and accepted SASL logins are `smtp-login` with `source.ip`, `user.name` and outcome.

Misses: the join of the lines of one queue id; the bodies of mails; messages of milters and of policy servers beyond
their addresses.

See: https://www.postfix.org/OVERVIEW.html https://www.postfix.org/SASL_README.html
"""

from tocsin.formats.kinds import joined
from tocsin.formats.logsources import logsource
from tocsin.kit import Batch, Chunk, Form, Forms, Table, Wanted, parser

_PEER = r"(?P<source__domain>[\w.-]{1,255})?\[(?P<source__ip>[0-9A-Fa-f:.]{2,45})\](?::(?P<source__port>\d{1,5}))?"
_TO = (
    r"(?P<destination__domain>[\w.-]{1,255})?\[(?P<destination__ip>[0-9A-Fa-f:.]{2,45})\]"
    r"(?::(?P<destination__port>\d{1,5}))?"
)
_QUEUE = r"(?P<postfix__queue>[0-9A-Za-z]{5,24}): "
FORMS = Forms(
    Form(
        rf"{_QUEUE}to=<?(?P<email__to__address>[^\s>,]{{0,512}})>?, "
        r"(?:orig_to=<?(?P<postfix__orig_to>[^\s>,]{0,512})>?, )?"
        r"relay=(?:none|(?P<postfix__relay>[^\s,]{1,255})), (?:conn_use=\d{1,6}, )?"
        r"delay=(?P<postfix__delay>[\d.]{1,20})"
        r"(?:, delays=[\d./]{1,60})?(?:, dsn=(?P<postfix__dsn>[\d.]{1,12}))?, status=(?P<postfix__status>[a-z-]{1,30})"
        r"(?: \((?P<event__reason>.{0,2000})\))?",
        {"event.action": "mail-delivery"},
    ),
    Form(
        rf"{_QUEUE}from=<(?P<email__from__address>[^\s>]{{0,512}})>, size=(?P<postfix__size>\d{{1,15}}), "
        r"nrcpt=(?P<postfix__nrcpt>\d{1,9})",
        {"event.action": "mail-queued"},
    ),
    Form(
        rf"{_QUEUE}client={_PEER}(?:, sasl_method=(?P<postfix__sasl_method>[\w-]{{1,40}}), "
        r"sasl_username=(?P<user__name>\S{1,256}))",
        {"event.action": "smtp-login", "event.outcome": "success"},
    ),
    Form(rf"{_QUEUE}client={_PEER}", {"event.action": "mail-received"}),
    Form(rf"{_QUEUE}message-id=<?(?P<email__message_id>[^\s>]{{1,998}})>?", {"event.action": "mail-message-id"}),
    Form(
        rf"{_QUEUE}uid=(?P<user__id>\d{{1,10}}) from=<(?P<email__from__address>[^\s>]{{0,512}})>",
        {"event.action": "mail-picked-up"},
    ),
    Form(
        rf"{_QUEUE}(?P<postfix__verdict>reject|filter|hold|discard|redirect|milter-reject|prepend|replace|warning): "
        rf"(?P<postfix__stage>[\w -]{{1,40}}) from {_PEER}: (?P<event__reason>.{{0,2000}})",
        {"event.action": "mail-refused"},
    ),
    Form(rf"{_QUEUE}removed", {"event.action": "mail-removed"}),
    Form(rf"{_QUEUE}host {_TO} said: (?P<event__reason>.{{0,2000}})", {"event.action": "mail-answered"}),
    Form(
        rf"warning: {_PEER}: SASL (?P<postfix__sasl_method>[\w-]{{1,40}}) authentication failed"
        r"(?:: (?P<event__reason>.{0,300}?))?(?:,? sasl_username=(?P<user__name>\S{1,256}))?\s*$",
        {"event.action": "smtp-login", "event.outcome": "failure"},
    ),
    Form(
        r"warning: hostname (?P<source__domain>[\w.-]{1,255}) does not resolve to address "
        r"(?P<source__ip>[0-9A-Fa-f:.]{2,45})",
        {"event.action": "smtp-name-mismatch"},
    ),
    Form(rf"(?:dis)?connect from {_PEER}", {"event.action": "smtp-connection"}),
    Form(rf"lost connection after (?P<postfix__stage>[A-Z-]{{1,20}}) from {_PEER}", {"event.action": "smtp-lost"}),
    Form(rf"connect to {_TO}: (?P<event__reason>.{{0,500}})", {"event.action": "smtp-unreachable"}),
    Form(
        rf"(?:Anonymous|Trusted|Untrusted|Verified) TLS connection established (?:to {_TO}|from {_PEER})",
        {"event.action": "smtp-tls"},
    ),
)


@parser(
    frame="lines",
    within="syslog",
    what="Postfix",
    programs=(
        "postfix/smtpd",
        "postfix/smtp",
        "postfix/qmgr",
        "postfix/cleanup",
        "postfix/pickup",
        "postfix/local",
        "postfix/bounce",
        "postfix/error",
        "postfix/virtual",
        "postfix/pipe",
        "postfix/lmtp",
        "postfix/postscreen",
        "postfix/submission/smtpd",
        "postfix/smtps/smtpd",
        "postfix/trivial-rewrite",
        "postfix/anvil",
    ),
    product="postfix",
    service="mail",
    weight=3,
    looks=(
        r"(?:[0-9A-F]{6,16}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,20}|NOQUEUE): "
        r"(?:to=|from=<|client=|uid=\d|message-id=|reject: |filter: |warning: header |host \S)"
        r"|(?:dis)?connect from [\w.-]{1,255}\[|warning: [\w.-]{1,255}\[[0-9A-Fa-f:.]{2,45}\]: SASL "
        r"|lost connection after [A-Z]"
    ),
)
def postfix(given: Chunk | Table, _: Wanted) -> Batch:
    """Return what Postfix says as a table of mails, peers and logins."""
    return FORMS.read(joined(given), what="Postfix", logsource=logsource("network", "postfix"))
