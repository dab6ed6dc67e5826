"""Slack: one message a finding, into the channel in `slack.channel`.

A message says how bad, what, who is in it and what to do. Addresses that could be clicked are defanged, and what Slack
would take for a mention or a link is escaped.

Misses: a message that was sent when the connection broke off may be there; it is reported as not delivered, and may
come twice.

See: https://docs.slack.dev/reference/methods/chat.postMessage
"""

from collections.abc import Iterator, Sequence

from tocsin.kit import Context, Delivered, NotDelivered, sink
from tocsin.model import Finding, RemoteError
from tocsin.model.text import defang, safe

URL = "https://slack.com/api/chat.postMessage"
ENTITIES = 10  # named in a message; the rest is counted
LONGEST = 3000  # characters; Slack cuts a text at 4,000
# Errors that the next attempt will meet too, as the method's page lists them.
FINAL = frozenset(
    """channel_not_found is_archived not_in_channel invalid_auth account_inactive token_revoked missing_scope
    msg_too_long no_permission not_allowed_token_type restricted_action""".split()
)


@sink(
    hosts=("slack.com",),
    auth="header Authorization Bearer {secret:slack}",
    settings=("slack.channel",),
    takes=("finding",),
)
def slack_message(findings: Sequence[Finding], ctx: Context) -> Iterator[Delivered | NotDelivered]:
    """Send each finding, and yield what became of it."""
    channel = ctx.settings.get("slack.channel", "")
    for finding in findings:
        if not channel:
            yield NotDelivered(
                fingerprint=finding.fingerprint, why="the setting slack.channel is not set", is_final=True
            )
            continue
        try:
            answer = ctx.http.send(
                "POST", URL, body={"channel": channel, "text": _message(finding), "unfurl_links": False}
            ).json()
        except RemoteError as error:
            yield NotDelivered(fingerprint=finding.fingerprint, why=error.says)
            continue
        if answer.get("ok") is True:
            yield Delivered(fingerprint=finding.fingerprint, receipt=f"{answer['channel']}/{answer['ts']}")
        else:
            why = safe(str(answer.get("error", "no reason given")))
            yield NotDelivered(fingerprint=finding.fingerprint, why=f"Slack says {why}", is_final=why in FINAL)


def _message(finding: Finding) -> str:
    """Return the text of a message, with nothing in it that Slack would make active."""
    named = list(finding.entities[:ENTITIES])
    if len(finding.entities) > ENTITIES:
        named.append(f"{len(finding.entities) - ENTITIES} more")
    lines = [f"{finding.severity.upper()} {finding.title}", finding.message]
    if named:
        lines.append("In it: " + ", ".join(named))
    if finding.remedy:
        lines.append("Do: " + finding.remedy)
    text = "\n".join(defang(safe(line)) for line in lines)[:LONGEST]
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
