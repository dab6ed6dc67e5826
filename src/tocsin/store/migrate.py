"""Migrations: numbered functions that bring a store of any older version to the present one, on both databases.

Step N makes version N from version N-1. A step says its tables itself and never uses tables.py, which is always the
newest shape; a test holds that all steps together make just what tables.py says.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, column, insert, inspect, select, table, update

from tocsin.model import UserError
from tocsin.store.steps import step_1

Step = Callable[[Connection], None]

STEPS: tuple[Step, ...] = (step_1,)

_MARK = table("tocsin_store", column("id"), column("version"))


def version(conn: Connection) -> int:
    """Return the version of the store's shape, 0 where there is none; raises UserError for tables that are not ours."""
    names = inspect(conn).get_table_names()
    if _MARK.name in names:
        found = conn.execute(select(_MARK.c.version).where(_MARK.c.id == 1)).scalar()
        if isinstance(found, int):
            return found
    if names:
        raise UserError(
            f"{conn.engine.url.render_as_string(hide_password=True)} holds other tables, it is no store of Tocsin",
            hint="name another file, database or schema with --store",
        )
    return 0


def check_version(conn: Connection, steps: Sequence[Step] = STEPS) -> int:
    """Return the version; raises UserError for a store that a newer Tocsin made."""
    found = version(conn)
    if found > len(steps):
        raise UserError(
            f"the store {conn.engine.url.render_as_string(hide_password=True)} has version {found},"
            f" made by a newer Tocsin: this one knows {len(steps)}",
            hint="upgrade Tocsin, or name another store with --store",
        )
    return found


def migrate(conn: Connection, steps: Sequence[Step] = STEPS) -> int:
    """Bring the store to the newest version within the transaction; return the version that was found."""
    found = check_version(conn, steps)
    for step in steps[found:]:
        step(conn)
    if found == 0 and steps:
        conn.execute(insert(_MARK).values(id=1, version=len(steps)))
    elif found < len(steps):
        conn.execute(update(_MARK).where(_MARK.c.id == 1).values(version=len(steps)))
    return found
