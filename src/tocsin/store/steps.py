"""The steps of migrate.py: what each version of the store changed.

A step that shipped is never edited.
"""

from sqlalchemy import BigInteger, Column, Connection, Index, LargeBinary, MetaData, PrimaryKeyConstraint, Table, Text
from sqlalchemy.schema import SchemaItem

_TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def step_1(conn: Connection) -> None:
    """Make the tables of the first version."""
    metadata = MetaData()
    _marks_1(metadata)
    _runs_1(metadata)
    _findings_1(metadata)
    _cases_1(metadata)
    _judgements_1(metadata)
    _seen_1(metadata)
    metadata.create_all(conn)


def _marks_1(metadata: MetaData) -> None:
    Table("tocsin_store", metadata, *_numbers("id version"), _key("id"))
    Table("counter", metadata, *_texts("name"), *_numbers("value"), _key("name"))


def _runs_1(metadata: MetaData) -> None:
    Table(
        "run",
        metadata,
        *_numbers("id"),
        *_texts("command"),
        _bytes("key"),
        *_texts("paths by"),
        *_numbers("started"),
        *_optional_numbers("ended"),
        *_texts("state"),
        _key("id"),
        Index("run_key", "key"),
    )
    Table(
        "run_finding",
        metadata,
        *_numbers("run"),
        *_texts("fingerprint"),
        _key("run fingerprint"),
        sqlite_with_rowid=False,
    )


def _findings_1(metadata: MetaData) -> None:
    Table(
        "finding",
        metadata,
        *_texts("fingerprint kind rule"),
        *_numbers("severity confidence"),
        *_optional_numbers("first last"),
        *_numbers("times seen_first seen_last"),
        *_texts("state"),
        *_optional_numbers("closed"),
        *_texts("body"),
        _key("fingerprint"),
        Index("finding_rule", "rule"),
        Index("finding_seen_last", "seen_last"),
    )
    Table(
        "finding_entity",
        metadata,
        *_texts("entity fingerprint"),
        _key("entity fingerprint"),
        Index("finding_entity_fingerprint", "fingerprint"),
        sqlite_with_rowid=False,
    )
    Table(
        "occurrence",
        metadata,
        *_texts("fingerprint"),
        _bytes("digest"),
        *_numbers("run"),
        _key("fingerprint digest"),
        sqlite_with_rowid=False,
    )


def _cases_1(metadata: MetaData) -> None:
    Table(
        "case_file",
        metadata,
        *_numbers("id severity"),
        *_optional_numbers("first last"),
        *_texts("state"),
        Column("assignee", _TEXT, nullable=True),
        *_numbers("made changed"),
        *_texts("body"),
        _key("id"),
    )
    Table(
        "case_member",
        metadata,
        *_texts("fingerprint"),
        *_numbers("case_id place"),
        _key("fingerprint"),
        Index("case_member_case", "case_id"),
    )
    Table("case_alias", metadata, *_numbers("alias case_id"), _key("alias"))
    Table("case_note", metadata, *_numbers("id case_id at"), *_texts("by says"), _key("id"))
    Table("case_history", metadata, *_numbers("id case_id at"), *_texts("by did says"), _key("id"))


def _judgements_1(metadata: MetaData) -> None:
    Table("pin", metadata, *_texts("kind a b"), *_numbers("at"), *_texts("by"), _key("kind a b"))
    Table(
        "suppression",
        metadata,
        *_texts("fingerprint reason owner until"),
        *_numbers("ends made"),
        _key("fingerprint"),
    )


def _seen_1(metadata: MetaData) -> None:
    Table(
        "seen_source",
        metadata,
        *_numbers("id"),
        _bytes("digest"),
        *_numbers("at"),
        _key("id"),
        Index("seen_source_digest", "digest", unique=True),
    )
    Table(
        "seen",
        metadata,
        *_texts("type value who"),
        *_numbers("day source times"),
        _key("type value who day source"),
        Index("seen_day", "day"),
        sqlite_with_rowid=False,
    )


def _numbers(names: str) -> list[SchemaItem]:
    return [Column(name, BigInteger, nullable=False, autoincrement=False) for name in names.split()]


def _optional_numbers(names: str) -> list[SchemaItem]:
    return [Column(name, BigInteger, nullable=True) for name in names.split()]


def _texts(names: str) -> list[SchemaItem]:
    return [Column(name, _TEXT, nullable=False) for name in names.split()]


def _bytes(name: str) -> SchemaItem:
    return Column(name, LargeBinary, nullable=False)


def _key(names: str) -> SchemaItem:
    return PrimaryKeyConstraint(*names.split())
