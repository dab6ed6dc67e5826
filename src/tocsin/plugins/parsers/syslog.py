"""Syslog lines.

Sees RFC 3164 lines with and without `<PRI>`, with a year (`Dec 10 2025 06:55:46`), a fraction or an ISO 8601 time
(rsyslog's default since 8.2), RFC 5424 with structured data, and the copies of syslog in the Blue Gene and Thunderbird
archives. The program's name makes `process.name`, without folder and without `(module)`. What programs say is refined
by the parsers that stand within this one.

Misses: lines whose host was cut out; structured data stays one text.

See: https://datatracker.ietf.org/doc/html/rfc3164 https://datatracker.ietf.org/doc/html/rfc5424
"""

from collections.abc import Sequence

from tocsin.kit import Batch, Chunk, Lines, LogSource, Table, Wanted, parser

SOURCE = LogSource("linux", frozenset(), frozenset({"syslog"}))
_PRI = r"(?:<(?P<log__syslog__priority>\d{1,3})>)?"
_HOST = r"(?P<host__name>[^\s:\[\]<>={}\"]{1,255})"
_TAG = (
    r"(?:(?!CEF:|LEEF:|%)(?P<process__name>[^\s:\[\](){}=,\"]{1,64})(?:\((?P<log__syslog__module>[^()\s]{1,64})\))?"
    r"(?:\[(?P<process__pid>\d{1,10})\])?: ?)?(?P<message>(?s:.*))"
)
_BSD_TIME = r"[A-Z][a-z]{2} [ \d]?\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,9})?"
_ISO_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"

BSD = Lines(f"{_PRI}(?P<time>{_BSD_TIME}) {_HOST} {_TAG}", what="syslog", logsource=SOURCE, clock="syslog")
ISO = Lines(f"{_PRI}(?P<time>{_ISO_TIME}) {_HOST} {_TAG}", what="syslog", logsource=SOURCE, clock="iso")
RFC5424 = Lines(
    r"<(?P<log__syslog__priority>\d{1,3})>1 (?:-|(?P<time>\S{19,40})) (?:-|(?P<host__name>\S{1,255}))"
    r" (?:-|(?P<process__name>\S{1,48})) (?:-|(?P<process__pid>\S{1,128})) (?:-|(?P<log__syslog__msgid>\S{1,32}))"
    r" (?:-|(?P<log__syslog__structured_data>(?:\[(?:[^\]\"\\]|\\.|\"(?:[^\"\\]|\\.)*\")*\])+))"
    r"(?: \ufeff?|\Z)(?P<message>(?s:.*))$",
    what="syslog",
    logsource=SOURCE,
    clock="iso",
)
ARCHIVED = Lines(
    rf"(?P<log__label>-|[A-Z][A-Z_-]{{1,20}}) (?P<time>\d{{9,10}}) \d{{4}}\.\d\d\.\d\d \S{{1,255}} {_BSD_TIME}"
    rf" (?:[^\s/]{{1,64}}/)?(?P<host__name>[^\s:]{{1,255}}) {_TAG}",
    what="syslog",
    logsource=SOURCE,
    clock="epoch",
)


@parser(
    frame="lines",
    what="syslog",
    product="linux",
    service="syslog",
    looks=(
        r"(?:<\d{1,3}>)?(?:1 (?:-|\d{4})|[A-Z][a-z]{2} [ \d]?\d (?:\d{4} )?\d\d:\d\d:\d\d"
        r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S* \S)|(?:-|[A-Z][A-Z_-]{1,20}) \d{9,10} \d{4}\.\d\d\.\d\d "
    ),
)
def syslog(chunk: Chunk, _: Wanted) -> Batch:
    """Return syslog lines as tables of host, program and message."""
    tables: list[Table] = []
    left = chunk
    rows: Sequence[int] = range(len(chunk.texts))
    for form in (BSD, ISO, RFC5424, ARCHIVED):
        batch = form.read(left)
        tables.extend(batch.tables)
        rows = [rows[i] for i in batch.rest]
        if not rows:
            break
        left = Chunk(path=chunk.path, texts=[chunk.texts[i] for i in rows], numbers=[chunk.numbers[i] for i in rows])
    return Batch(tables=tables, rest=rows)
