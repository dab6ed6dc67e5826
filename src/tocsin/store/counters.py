"""Ids, handed out once by the store: whole numbers from 1.

None is given again, also not after a purge or a restore.
"""

from sqlalchemy import Connection, insert, select, update

from tocsin.store.tables import COUNTER


def next_ids(conn: Connection, name: str, many: int = 1) -> range:
    """Return the next ids of a kind; the transaction must be a writing one."""
    last = conn.execute(select(COUNTER.c.value).where(COUNTER.c.name == name)).scalar()
    if last is None:
        conn.execute(insert(COUNTER).values(name=name, value=many))
        return range(1, many + 1)
    conn.execute(update(COUNTER).where(COUNTER.c.name == name).values(value=last + many))
    return range(last + 1, last + many + 1)


def next_id(conn: Connection, name: str) -> int:
    """Return the next id of a kind; the transaction must be a writing one."""
    return next_ids(conn, name)[0]
