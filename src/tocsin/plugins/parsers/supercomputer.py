"""Event logs of large machines in their archives: Blue Gene/L RAS events and the node events of HPC clusters.

Names label (`-` for no alert), node, component, level and message.

Misses: the syslog part of such archives, which the parser of syslog reads.

See: https://www.usenix.org/cfdr-data and A. Oliner, J. Stearley, "What Supercomputers Say" (DSN 2007)
"""

from tocsin.kit import Batch, Chunk, Lines, LogSource, Wanted, parser

BLUE_GENE = Lines(
    r"(?P<log__label>-|[A-Z]{2,16}) \d{9,10} \d{4}\.\d\d\.\d\d \S{1,64} "
    r"(?P<time>\d{4}-\d\d-\d\d-\d\d\.\d\d\.\d\d\.\d{6})"
    r" (?P<host__name>\S{1,64}) (?P<event__provider>\w{1,16}) (?P<log__logger>\w{1,32}) "
    r"(?P<log__level>[A-Z]{1,16})(?: (?P<message>.*))?",
    what="Blue Gene",
    logsource=LogSource("bluegene"),
    clock="dotted",
)
CLUSTER = Lines(
    r"(?P<event__sequence>\d{1,12}) (?P<host__name>[\w.-]{1,64}) (?P<log__logger>[a-z][\w.]{1,32}) "
    r"(?P<event__action>[a-z][\w.]{2,64})"
    r" (?P<time>\d{9,10}) (?P<event__severity>\d{1,2}) (?P<message>.*)",
    what="cluster events",
    logsource=LogSource("hpc"),
    clock="epoch",
)


@parser(
    frame="lines",
    what="supercomputer",
    weight=15,
    looks=(
        r"(?:-|[A-Z]{2,16}) \d{9,10} \d{4}\.\d\d\.\d\d \S{1,64} \d{4}-|\d{1,12} [\w.-]{1,64} [a-z][\w.]{1,32}"
        r" [a-z][\w.]{2,64} \d{9,10} \d"
    ),
)
def supercomputer(chunk: Chunk, _: Wanted) -> Batch:
    """Return events as tables, one for each kind of machine."""
    first = BLUE_GENE.read(chunk)
    rest = list(first.rest)
    left = Chunk(path=chunk.path, texts=[chunk.texts[i] for i in rest], numbers=[chunk.numbers[i] for i in rest])
    second = CLUSTER.read(left)
    return Batch(tables=[*first.tables, *second.tables], rest=[rest[i] for i in second.rest])
