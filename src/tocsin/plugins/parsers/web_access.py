"""Access logs of web servers: Apache's and nginx's common, combined and virtual-host formats.

Names client, user, time, method, address (`url.original`, `url.path`, `url.query`), status, size, referrer and agent,
as ECS and Sigma's webserver category call them. A request line that is no HTTP (a probe with other bytes) stays whole
in `http.request.line`. Fields that a site appends are kept in `web.more`.

Misses: formats with another order (a parser of your own is ten lines); the body of a request.

See: https://httpd.apache.org/docs/2.4/mod/mod_log_config.html https://nginx.org/en/docs/http/ngx_http_log_module.html
"""

from collections.abc import Callable, Sequence

from tocsin.kit import Batch, Chunk, Lines, LogSource, Table, Wanted, parser

SOURCE = LogSource("", frozenset({"webserver"}), frozenset({"access"}))
_TEXT = r'[^"\\]*+(?:\\.[^"\\]*+)*+'
_STEP = r'[^"\\ ?]*+(?:(?:\\.| (?!HTTP/[\d.]{1,8}"))[^"\\ ?]*+)*+'
_QUERY = r'[^"\\ ]*+(?:(?:\\.| (?!HTTP/[\d.]{1,8}"))[^"\\ ]*+)*+'
READER = Lines(
    r"\s*(?:(?P<url__domain>[\w.*-]{1,255})(?::(?P<url__port>\d{1,5}))? )?"
    r"(?P<source__address>(?=[\w-]{0,255}[.:]|localhost )[\w.:%-]{2,255}) (?P<web__ident>\S{1,64})"
    r' (?P<user__name>[^\s\[]{1,256}|.{1,512}?) \[(?P<time>\d\d/[A-Z][a-z]{2}/\d{4}:[^\]]{8,20})\] (?:"-" )?'
    rf'"(?:(?P<http__request__method>[A-Z_-]{{2,32}}) (?P<url__original>(?P<url__path>{_STEP})(?:\?'
    rf"(?P<url__query>{_QUERY}))?)"
    rf'(?: HTTP/(?P<http__version>[\d.]{{1,8}}))?|(?P<http__request__line>{_TEXT}))"'
    r" (?P<http__response__status_code>\d{3}|-) (?P<http__response__body__bytes>\d{1,18}|-)(?: \d{1,18})?"
    rf'(?: "(?P<http__request__referrer>{_TEXT})" "(?P<user_agent__original>{_TEXT})")?(?: (?P<web__more>.*))?$',
    what="web access",
    logsource=SOURCE,
    clock="clf",
)
_NUMBERS = ("http.response.status_code", "http.response.body.bytes")
_DASHES = ("url.domain", "web.ident", "user.name", "http.request.referrer", "user_agent.original")


@parser(
    frame="lines",
    what="web access",
    category="webserver",
    service="access",
    weight=20,
    looks=r'(?:[^\[]{1,600}+\[){1,3}?\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d[^\]]{0,8}\] "',
)
def web_access(chunk: Chunk, _: Wanted) -> Batch:
    """Return requests as a table."""
    batch = READER.read(chunk)
    return Batch(tables=[_finished(table) for table in batch.tables], rest=batch.rest)


def _finished(table: Table) -> Table:
    columns = dict(table.columns)
    for name in _NUMBERS:
        columns[name] = _mapped(columns[name], lambda text: int(text) if text.isdigit() else None)
    for name in _DASHES:
        columns[name] = _mapped(columns[name], lambda text: None if text == "-" else text)
    columns["source.ip"] = _mapped(columns["source.address"], lambda text: text if _is_address(text) else None)
    return Table(
        what=table.what,
        logsource=SOURCE,
        numbers=table.numbers,
        texts=table.texts,
        columns=columns,
        times=table.times,
        clock=table.clock,
    )


def _mapped(values: Sequence[str | None], turn: Callable[[str], str | int | None]) -> list[str | int | None]:
    """Return a column with each different value turned once."""
    known = {value: None if value is None else turn(value) for value in set(values)}
    return [known[value] for value in values]


def _is_address(text: str) -> bool:
    return ":" in text or text.replace(".", "").isdigit()
