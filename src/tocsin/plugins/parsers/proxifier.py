"""Proxifier's log: which program connected where, through which proxy.

Names program, target, action, proxy, and the bytes of a connection that closed.

Misses: years, which it does not write; messages of its licence and updates.

See: https://www.proxifier.com/docs/win-v4/logging.html
"""

from tocsin.kit import Batch, Chunk, Lines, LogSource, Wanted, parser

READER = Lines(
    r"\[(?P<time>\d\d\.\d\d \d\d:\d\d:\d\d)\] (?P<process__name>[^-]{1,200}?(?: \*64)?) - "
    r"(?P<destination__domain>[\w.:-]{1,255}?)"
    r":(?P<destination__port>\d{1,5}) (?P<event__action>open|close|error)(?P<message>.*)",
    what="Proxifier",
    logsource=LogSource("windows", frozenset({"proxy"}), frozenset({"proxifier"})),
    clock="month_day",
)


@parser(
    frame="lines",
    what="Proxifier",
    product="windows",
    category="proxy",
    weight=20,
    looks=r"\[\d\d\.\d\d \d\d:\d\d:\d\d\] \S",
)
def proxifier(chunk: Chunk, _: Wanted) -> Batch:
    """Return connections as a table."""
    return READER.read(chunk)
