"""Apache error logs, of versions 2.2 and 2.4.

Names level, module, process, client and the message with its `AH` code.

Misses: custom ErrorLogFormat lines.

See: https://httpd.apache.org/docs/2.4/mod/core.html#errorlogformat
"""

from tocsin.kit import Batch, Chunk, Lines, LogSource, Wanted, parser

READER = Lines(
    r"\[(?P<time>[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d(?:\.\d{1,6})? \d{4})\]"
    r" \[(?:(?P<log__logger>[\w-]{0,64}):)?(?P<log__level>[a-z0-9]{1,16})\](?: \[pid (?P<process__pid>\d{1,10})"
    r"(?::tid (?P<process__thread__id>\d{1,24}))?\])?"
    r"(?: \[(?:client|remote) \[?(?P<source__ip>[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{1,45}(?=\])|[\w.-]{1,255})\]?(?::"
    r"(?P<source__port>\d{1,5}))?\])?"
    r" (?:(?P<event__code>AH\d{5}): )?(?P<message>(?s:.*))",
    what="Apache error",
    clock="apache_error",
    logsource=LogSource("apache", frozenset({"webserver"}), frozenset({"error", "apache"})),
)


@parser(
    frame="lines",
    what="Apache error",
    product="apache",
    category="webserver",
    service="error",
    weight=20,
    looks=r"\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d(?:\.\d{1,6})? \d{4}\] \[",
)
def apache_error(chunk: Chunk, _: Wanted) -> Batch:
    """Return error lines as a table."""
    return READER.read(chunk)
