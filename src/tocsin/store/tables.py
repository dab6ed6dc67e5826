"""The tables, as they are now.

How a store gets from an older shape to this one stands in migrate.py.
Times are integer microseconds UTC, days are days since 1970, ids come from `counter`. No column holds a type that only
one database knows. Records that are read whole are JSON text (`body`); what is searched by has a column of its own.
"""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, MetaData, PrimaryKeyConstraint, Table, Text

METADATA = MetaData()

# By code point on both databases: the same order everywhere, and the beginning of a fingerprint can use the index.
TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _maybe_number(name: str) -> Column[int | None]:
    return Column(name, BigInteger, nullable=True)


def _text(name: str) -> Column[str]:
    return Column(name, TEXT, nullable=False)


def _id() -> Column[int]:
    return Column("id", BigInteger, primary_key=True, autoincrement=False)


# One row: the version of the shape.
STORE = Table("tocsin_store", METADATA, _id(), _number("version"))

COUNTER = Table("counter", METADATA, Column("name", TEXT, primary_key=True), _number("value"))

RUN = Table(
    "run",
    METADATA,
    _id(),
    _text("command"),
    Column("key", LargeBinary, nullable=False),
    _text("paths"),
    _text("by"),
    _number("started"),
    _maybe_number("ended"),
    _text("state"),
    Index("run_key", "key"),
)

RUN_FINDING = Table(
    "run_finding",
    METADATA,
    _number("run"),
    _text("fingerprint"),
    PrimaryKeyConstraint("run", "fingerprint"),
    sqlite_with_rowid=False,
)

FINDING = Table(
    "finding",
    METADATA,
    Column("fingerprint", TEXT, primary_key=True),
    _text("kind"),
    _text("rule"),
    _number("severity"),
    _number("confidence"),
    _maybe_number("first"),
    _maybe_number("last"),
    _number("times"),
    _number("seen_first"),
    _number("seen_last"),
    _text("state"),
    _maybe_number("closed"),
    _text("body"),
    Index("finding_rule", "rule"),
    Index("finding_seen_last", "seen_last"),
)

FINDING_ENTITY = Table(
    "finding_entity",
    METADATA,
    _text("entity"),
    _text("fingerprint"),
    PrimaryKeyConstraint("entity", "fingerprint"),
    Index("finding_entity_fingerprint", "fingerprint"),
    sqlite_with_rowid=False,
)

OCCURRENCE = Table(
    "occurrence",
    METADATA,
    _text("fingerprint"),
    Column("digest", LargeBinary, nullable=False),
    _number("run"),
    PrimaryKeyConstraint("fingerprint", "digest"),
    sqlite_with_rowid=False,
)

CASE = Table(
    "case_file",
    METADATA,
    _id(),
    _number("severity"),
    _maybe_number("first"),
    _maybe_number("last"),
    _text("state"),
    Column("assignee", TEXT, nullable=True),
    _number("made"),
    _number("changed"),
    _text("body"),
)

CASE_MEMBER = Table(
    "case_member",
    METADATA,
    Column("fingerprint", TEXT, primary_key=True),
    _number("case_id"),
    _number("place"),
    Index("case_member_case", "case_id"),
)

CASE_ALIAS = Table(
    "case_alias", METADATA, Column("alias", BigInteger, primary_key=True, autoincrement=False), _number("case_id")
)

CASE_NOTE = Table("case_note", METADATA, _id(), _number("case_id"), _number("at"), _text("by"), _text("says"))

CASE_HISTORY = Table(
    "case_history", METADATA, _id(), _number("case_id"), _number("at"), _text("by"), _text("did"), _text("says")
)

PIN = Table(
    "pin",
    METADATA,
    _text("kind"),
    _text("a"),
    _text("b"),
    _number("at"),
    _text("by"),
    PrimaryKeyConstraint("kind", "a", "b"),
)

SUPPRESSION = Table(
    "suppression",
    METADATA,
    Column("fingerprint", TEXT, primary_key=True),
    _text("reason"),
    _text("owner"),
    _text("until"),
    _number("ends"),
    _number("made"),
)

SEEN_SOURCE = Table(
    "seen_source",
    METADATA,
    _id(),
    Column("digest", LargeBinary, nullable=False),
    _number("at"),
    Index("seen_source_digest", "digest", unique=True),
)

SEEN = Table(
    "seen",
    METADATA,
    _text("type"),
    _text("value"),
    _text("who"),
    _number("day"),
    _number("source"),
    _number("times"),
    PrimaryKeyConstraint("type", "value", "who", "day", "source"),
    Index("seen_day", "day"),
    sqlite_with_rowid=False,
)
