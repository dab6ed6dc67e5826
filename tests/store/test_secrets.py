"""A secret whose masked form the records hold is in no byte that the store writes."""

from pathlib import Path

from tests.store.made import NOW, case, digests, finding, look
from tocsin.model import FindingKind, Observable, ObservableType
from tocsin.model.finding import Place
from tocsin.store import cases, grouped, seen, upkeep
from tocsin.store.open import Store, file_url, open_store
from tocsin.store.seen import Sighting

SECRET = "AKIA" + "QWERTZUIOPAS" + "7Q2M"  # made up, and in two parts so that no scanner of repositories stops at it
MASKED = "AKIA...7Q2M(fp 9c1f8e2a)"


def plant(store: Store) -> None:
    """Record all that the secret leads to, as the caller hands it: masked."""
    log = finding("l", entities=(f"key:{MASKED}",), where=(Place(path="t.json", event={"key": MASKED}),))
    code = finding(
        "c", kind=FindingKind.SECRET, entities=(f"key:{MASKED}",), evidence=(f"KEY = '{MASKED}'",), message=MASKED
    )
    key = Observable(type=ObservableType.KEY, value=MASKED)
    with store.begin() as conn:
        look(conn, [log, code], {log.fingerprint: digests(1)})
        grouped.save(conn, [case(log, code, entities=(f"key:{MASKED}",), do_now=(f"deactivate {MASKED}",))], NOW)
        cases.note(conn, "1", f"who uses {MASKED}?", by="ines", now=NOW)
        seen.record(conn, b"1", [Sighting(seen=key, who="", day=NOW.date(), count=1)], NOW)


def test_a_secret_is_in_no_table_of_the_store_and_its_masked_form_is(store: Store, tmp_path: Path) -> None:
    plant(store)
    upkeep.backup(store, tmp_path / "all.zst")
    with open_store(file_url(tmp_path / "flat.db")) as flat:
        upkeep.restore(flat, tmp_path / "all.zst")
    raw = (tmp_path / "flat.db").read_bytes()
    assert SECRET.encode() not in raw
    assert MASKED.encode() in raw


def test_a_secret_is_in_no_byte_of_the_files_the_log_among_them(tmp_path: Path) -> None:
    with open_store(file_url(tmp_path / "store.db")) as store:
        plant(store)
        files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert "store.db-wal" in files
    assert any(MASKED.encode() in raw for raw in files.values())
    for name, raw in files.items():
        assert SECRET.encode() not in raw, name
        assert SECRET[4:16].encode() not in raw, name
