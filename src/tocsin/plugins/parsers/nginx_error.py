"""nginx error logs.

Names level, process, connection, message, client, server, request, upstream and host.

Misses: the client of a line that names two: a request can hold such words, so neither is believed (the access log has
the right one).

See: https://nginx.org/en/docs/ngx_core_module.html#error_log and src/core/ngx_log.c
"""

from tocsin.kit import Batch, Chunk, Lines, LogSource, Wanted, parser

_TEXT = r'[^"\\]*+(?:\\.[^"\\]*+)*+'
_URL = r'[^"\\ ]*+(?:(?:\\.| (?!HTTP/\d))[^"\\ ]*+)*+'
READER = Lines(
    r"(?P<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) \[(?P<log__level>[a-z]{1,10})\] (?P<process__pid>\d{1,10})#"
    r"(?P<process__thread__id>\d{1,20}):"
    r"(?: \*(?P<nginx__connection>\d{1,20}))? (?P<message>(?:(?!, client: ).)*+)"
    r"(?:, client: (?!.*, client: )"
    r"(?P<source__ip>[0-9A-Fa-f.:]{1,45}|unix:)(?:, server: (?P<nginx__server>[^,]{0,255}))?"
    rf'(?:, request: "(?:(?P<http__request__method>[A-Z_-]{{2,32}}) )?(?P<url__original>{_URL})(?: HTTP/'
    rf'(?P<http__version>[\d.]{{1,8}}))?")?'
    rf'(?:, (?:sub)?request: "{_TEXT}")?(?:, upstream: "(?P<nginx__upstream>{_TEXT})")?(?:, host: "'
    rf'(?P<url__domain>{_TEXT})")?'
    rf'(?:, referrer: "(?P<http__request__referrer>{_TEXT})")?)?',
    what="nginx error",
    clock="nginx_error",
    logsource=LogSource("nginx", frozenset({"webserver"}), frozenset({"error", "nginx"})),
)


@parser(
    frame="lines",
    what="nginx error",
    product="nginx",
    category="webserver",
    service="error",
    weight=20,
    looks=r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[[a-z]{1,10}\] \d{1,10}#\d",
)
def nginx_error(chunk: Chunk, _: Wanted) -> Batch:
    """Return error lines as a table."""
    return READER.read(chunk)
