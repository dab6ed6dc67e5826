"""Lines of applications: a time, a level, a component, a message, in the usual orders.

Sees the layouts of log4j, logback and Python's logging (time, level, thread or process, component), of OpenStack,
Hadoop, HDFS, Spark, ZooKeeper, Windows component servicing (CBS.log), and `time|component|process|message`. Gives
`log.level`, `log.logger`, `process.pid`, `process.thread.name` and `message`.

Misses: layouts without a time; a level in another language.

See: https://logging.apache.org/log4j/2.x/manual/pattern-layout.html https://docs.python.org/3/library/logging.html
"""

from collections.abc import Sequence

from tocsin.kit import Batch, Chunk, Lines, LogSource, Table, Wanted, parser

SOURCE = LogSource("", frozenset({"application"}))
_LEVEL = (
    r"\[?(?P<log__level>TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE|Trace|Debug|Info|Notice|War"
    r"ning|Warn|Error|Fatal|Critical)\]?:?"
)
_ISO = r"(?P<time>\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d))?)"
_COMPACT = r"(?P<time>(?:\d{6} \d{6}|\d\d/\d\d/\d\d \d\d:\d\d:\d\d|\d{8}-\d{1,2}:\d{1,2}:\d{1,2}:\d{1,3})(?=[ |]))"
_LOGGER = r"(?P<log__logger>[\w.$/-]{1,200}(?:\(\d+\))?)"

READERS = (
    Lines(
        rf"(?:[\w.:-]{{1,200}} )?\[?{_ISO}\]?,?(?: (?P<process__pid>\d{{1,10}}))?(?: -)?\s{{1,20}}{_LEVEL}\s{{1,20}}"
        rf"(?:\[(?P<process__thread__name>(?:[^\[\]]|\[[^\[\]]{{0,200}}\]){{0,300}})\](?: -)?:? ?)?(?:{_LOGGER}"
        rf"(?::| -| {{2,8}}| (?=\[)) ?)?(?P<message>(?s:.*))",
        clock="iso",
        what="application",
        logsource=SOURCE,
    ),
    Lines(rf"{_ISO} - {_LOGGER} - {_LEVEL} - (?P<message>(?s:.*))", clock="iso", what="application", logsource=SOURCE),
    Lines(
        rf"\[?{_ISO}\]? \[(?P<process__thread__name>[^\]]{{0,200}})\] {_LEVEL}\s{{1,20}}(?:{_LOGGER}(?: -|:) ?)?"
        rf"(?P<message>(?s:.*))",
        clock="iso",
        what="application",
        logsource=SOURCE,
    ),
    Lines(
        rf"{_COMPACT} (?:(?P<process__pid>\d{{1,10}}) )?{_LEVEL} (?:{_LOGGER}: )?(?P<message>(?s:.*))",
        clock="compact",
        what="application",
        logsource=SOURCE,
    ),
    Lines(
        rf"{_COMPACT}\|(?P<log__logger>[^|]{{1,200}})\|(?P<process__pid>\d{{1,12}})\|(?P<message>(?s:.*))",
        clock="compact",
        what="application",
        logsource=SOURCE,
    ),
)


@parser(
    frame="lines",
    what="application",
    category="application",
    weight=5,
    looks=(
        r"(?:[\w.:-]{1,200}+ )?\[?\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d|\d{6} \d{6} |\d\d/\d\d/\d\d \d\d:\d\d:\d\d"
        r" |\d{8}-\d{1,2}:\d{1,2}:\d{1,2}:\d{1,3}\|"
    ),
)
def app_log(chunk: Chunk, _: Wanted) -> Batch:
    """Return lines of applications as tables, one for each layout."""
    tables: list[Table] = []
    left = chunk
    rows: Sequence[int] = range(len(chunk.texts))
    for reader in READERS:
        batch = reader.read(left)
        tables.extend(batch.tables)
        rows = [rows[i] for i in batch.rest]
        if not rows:
            break
        left = Chunk(path=chunk.path, texts=[chunk.texts[i] for i in rows], numbers=[chunk.numbers[i] for i in rows])
    return Batch(tables=tables, rest=rows)
