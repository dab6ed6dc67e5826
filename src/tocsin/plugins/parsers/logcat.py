"""Android's logcat, in the `threadtime` format.

Names process, thread, level, tag and message.

Misses: the other formats of logcat (brief, long); years, which it does not write.

See: https://developer.android.com/tools/logcat#outputFormat
"""

from tocsin.kit import Batch, Chunk, Lines, LogSource, Wanted, parser

READER = Lines(
    r"(?P<time>\d\d-\d\d \d\d:\d\d:\d\d\.\d{3})\s{1,4}(?P<process__pid>\d{1,7})\s{1,4}(?P<process__thread__id>\d{1,7})"
    r" (?P<log__level>[VDIWEFA]) (?P<log__logger>[^:]{0,100}?)\s{0,20}: ?(?P<message>(?s:.*))",
    what="Android logcat",
    logsource=LogSource("android"),
    clock="month_day",
)


@parser(
    frame="lines",
    what="Android logcat",
    product="android",
    weight=20,
    looks=r"\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\s{1,4}\d{1,7}\s{1,4}\d{1,7} [VDIWEFA] ",
)
def logcat(chunk: Chunk, _: Wanted) -> Batch:
    """Return logcat's lines as a table."""
    return READER.read(chunk)
