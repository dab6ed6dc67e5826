from tocsin.store.open import Store, open_store
from tocsin.store import runs
from datetime import datetime, UTC

def test_x(store: Store) -> None:
    with store.begin() as conn:
        runs.start(conn, command="scan", paths=["/a"], now=datetime(2026,1,1,tzinfo=UTC))
    with store.read() as conn:
        assert len(runs.listed(conn)) == 1
