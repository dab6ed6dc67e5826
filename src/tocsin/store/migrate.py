"""Migrations: numbered functions that bring an older store to the present.

They are the same for both databases.
Step N makes version N from version N-1. A step says its tables itself and never uses tables.py, which is always the
newest shape; a test holds that all steps together make just what tables.py says.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, column, insert, inspect, select, table, update

from tocsin.model import UserError
from tocsin.store.dialect import named
from tocsin.store.steps import step_1

Step = Callable[[Connection], None]

STEPS: tuple[Step, ...] = (step_1,)

_MARK = table("tocsin_store", column("id"), column("version"))


def version(conn: Connection) -> int:
    """Return the version of the store's shape, 0 where there is none.

    Raises UserError for tables that are not ours.
    """
    names = inspect(conn).get_table_names()
    if _MARK.name in names:
        found = conn.execute(select(_MARK.c.version).where(_MARK.c.id == 1)).scalar()
        if isinstance(found, int):
            return found
    if names:
        raise UserError(
            f"{named(conn.engine.url)} holds other tables, it is no store of Tocsin",
            hint="name another file, database or schema with --store",
        )
    return 0


def check_version(conn: Connection, steps: Sequence[Step] = STEPS) -> int:
    """Return the version; raises UserError for a store that a newer Tocsin made."""
    found = version(conn)
    if found > len(steps):
        raise UserError(
            f"the store {named(conn.engine.url)} has version {found},"
            f" made by a newer Tocsin: this one knows {len(steps)}",
            hint="upgrade Tocsin, or name another store with --store",
        )
    return found


def migrate(conn: Connection, steps: Sequence[Step] = STEPS) -> int:
    """Bring the store to the newest version; return the one that was found.

    All happens in the caller's transaction.
    """
    found = check_version(conn, steps)
    for step in steps[found:]:
        step(conn)
    if found == 0 and steps:
        conn.execute(insert(_MARK).values(id=1, version=len(steps)))
    elif found < len(steps):
        conn.execute(update(_MARK).where(_MARK.c.id == 1).values(version=len(steps)))
    return found
