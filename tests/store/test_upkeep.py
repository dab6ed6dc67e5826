import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import zstandard
from sqlalchemy import func, select

from tests.store.made import DAY, HOUR, NOW, case, digests, finding, look
from tocsin.model import Observable, ObservableType, UserError
from tocsin.model.finding import Suppression
from tocsin.store import cases, dump, findings, grouped, runs, seen, suppressions, upkeep
from tocsin.store.open import Connection, Store, file_url, open_store
from tocsin.store.seen import Sighting
from tocsin.store.states import CaseState, State
from tocsin.store.tables import CASE_HISTORY, CASE_NOTE, FINDING_ENTITY, METADATA, OCCURRENCE, PIN, RUN_FINDING

OLD, LATE = NOW - 100 * DAY, NOW
A, B, C = (finding(name, entities=(f"user:{name}",), evidence=("NUL \0 here",)) for name in "abc")
WHO: dict[str, Any] = {"by": "ines", "now": OLD}
FORMS = ["backup.jsonl.zst", "backup.db"]


def fill(store: Store) -> None:
    """Put something in every table."""
    with store.begin() as conn:
        look(conn, [A, B, C], {one.fingerprint: digests(1, 2) for one in (A, B, C)}, now=OLD)
        grouped.save(conn, [case(A, B), case(C)], OLD)
        cases.note(conn, "1", "a note", **WHO)
        cases.merge(conn, "1", "2", **WHO)
        cases.split(conn, "1", [C.fingerprint], **WHO)
        findings.suppress(conn, B.fingerprint, Suppression(reason="r", owner="o", until="2026-08-20"), OLD)
        seen.record(conn, b"\0\xff", [sighting(OLD)], OLD)


def sighting(at: Any) -> Sighting:
    return Sighting(seen=Observable(type=ObservableType.IP, value="192.0.2.1"), who="host:a", day=at.date(), count=3)


def everything(conn: Connection) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table.name: sorted((tuple(row) for row in conn.execute(select(table))), key=repr)
        for table in METADATA.sorted_tables
    }


def rows(conn: Connection) -> dict[str, int]:
    return {name: len(some) for name, some in everything(conn).items()}


def test_the_filler_of_these_tests_leaves_no_table_empty(store: Store) -> None:
    fill(store)
    with store.read() as conn:
        assert [name for name, many in rows(conn).items() if not many] == []


def test_a_purge_takes_what_is_old_and_leaves_what_is_not(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [A, B], {A.fingerprint: digests(1), B.fingerprint: digests(1)}, now=OLD)
        look(conn, [B], {B.fingerprint: digests(2)}, now=LATE)
        seen.record(conn, b"1", [sighting(OLD), sighting(LATE)], LATE)
    purged = upkeep.purge(store, NOW - DAY)
    assert (purged.findings, purged.occurrences, purged.seen, purged.runs) == (1, 2, 1, 1)
    with store.read() as conn:
        assert [stored.finding.fingerprint for stored in findings.listed(conn)] == [B.fingerprint]
        assert seen.first_and_last(conn, ObservableType.IP, "192.0.2.1") == (LATE.date(), LATE.date())
        assert [run.started for run in runs.listed(conn)] == [LATE]


def test_a_purge_leaves_nothing_that_belongs_to_what_it_took(store: Store) -> None:
    fill(store)
    with store.begin() as conn:
        for one in cases.listed(conn):
            cases.close(conn, one.id, **WHO)
    purged = upkeep.purge(store, NOW)
    assert (purged.findings, purged.cases, purged.suppressions, purged.kept) == (3, 2, 1, 0)
    with store.read() as conn:
        left = rows(conn)
    # The last run over some paths stays, to say what is new at the next look; and no id is ever given again.
    assert {name for name, many in left.items() if many} == {"tocsin_store", "counter", "run"}


def test_a_purge_keeps_what_an_open_case_holds(store: Store) -> None:
    fill(store)
    purged = upkeep.purge(store, NOW)
    assert (purged.findings, purged.kept) == (0, 3)
    with store.read() as conn:
        assert [one.state for one in cases.listed(conn)] == [CaseState.OPEN, CaseState.OPEN]
        assert [note.says for note in cases.notes(conn, "1")] == ["a note"]


def test_after_a_purge_a_known_input_is_new_again(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [A], {A.fingerprint: digests(1)}, now=OLD)
    upkeep.purge(store, NOW)
    with store.begin() as conn:
        assert look(conn, [A], {A.fingerprint: digests(1)}, now=LATE).new == (A.fingerprint,)
        assert findings.get(conn, A.fingerprint).finding.count == 1


def test_what_was_purged_is_in_no_byte_of_the_file(tmp_path: Path) -> None:
    word = "sehr-privat-7Q2M"
    with open_store(file_url(tmp_path / "store.db")) as store:
        with store.begin() as conn:
            look(conn, [finding("a", evidence=(word,)), finding("b")], now=OLD)
            look(conn, [finding("b")], now=LATE)
        assert any(word.encode() in path.read_bytes() for path in tmp_path.iterdir())
        upkeep.purge(store, NOW - DAY)
        assert not any(word.encode() in path.read_bytes() for path in tmp_path.iterdir())


def test_a_purge_of_an_empty_store_takes_nothing(store: Store) -> None:
    assert set(upkeep.purge(store, NOW).__struct_fields__) >= {"findings", "kept"}
    with store.read() as conn:
        assert rows(conn) == dict.fromkeys(METADATA.tables, 0) | {"tocsin_store": 1}


def test_a_backup_restores_into_an_empty_store_as_it_was(store: Store, tmp_path: Path, other_store_url: str) -> None:
    fill(store)
    upkeep.backup(store, tmp_path / "backup.jsonl.zst")
    with store.read() as conn:
        before = everything(conn)
    with open_store(other_store_url) as other:
        restored = upkeep.restore(other, tmp_path / "backup.jsonl.zst")
        with other.read() as conn:
            assert everything(conn) == before
            assert restored == rows(conn)


def test_both_databases_write_the_same_backup(store: Store, tmp_path: Path, other_store_url: str) -> None:
    fill(store)
    upkeep.backup(store, tmp_path / "one.zst")
    with open_store(other_store_url) as other:
        fill(other)
        upkeep.backup(other, tmp_path / "two.zst")
    one, two = (zstandard.ZstdDecompressor().decompressobj().decompress((tmp_path / name).read_bytes()) for name in
                ("one.zst", "two.zst"))  # fmt: skip
    assert sorted(one.splitlines()) == sorted(two.splitlines())


def test_a_copy_of_the_file_restores_into_either_database(store: Store, tmp_path: Path) -> None:
    with open_store(file_url(tmp_path / "source.db")) as source:
        fill(source)
        upkeep.backup(source, tmp_path / "backup.db")
        with source.read() as conn:
            before = everything(conn)
    kept = (tmp_path / "backup.db").read_bytes()
    upkeep.restore(store, tmp_path / "backup.db")
    with store.read() as conn:
        assert everything(conn) == before
    assert (tmp_path / "backup.db").read_bytes() == kept


def test_a_restored_store_works_on_and_gives_no_id_twice(store: Store, tmp_path: Path, other_store_url: str) -> None:
    fill(store)
    upkeep.backup(store, tmp_path / "backup.zst")
    with open_store(other_store_url) as other:
        upkeep.restore(other, tmp_path / "backup.zst")
        with other.begin() as conn:
            assert look(conn, [A, B, C]).known == tuple(sorted(one.fingerprint for one in (A, B, C)))
            assert grouped.save(conn, [case(finding("new"))], NOW)[0].id == "4"


def test_a_restore_into_a_store_that_holds_anything_is_refused(store: Store, tmp_path: Path) -> None:
    with store.begin() as conn:
        suppressions.add(conn, "a", Suppression(reason="r", owner="o", until="2027-01-01"), NOW)
        before = everything(conn)
    upkeep.backup(store, tmp_path / "backup.zst")
    with pytest.raises(UserError, match="not empty"):
        upkeep.restore(store, tmp_path / "backup.zst")
    with store.read() as conn:
        assert everything(conn) == before


def lines(path: Path) -> list[bytes]:
    return zstandard.ZstdDecompressor().decompressobj().decompress(path.read_bytes()).splitlines(keepends=True)


def packed(some: list[bytes]) -> bytes:
    return zstandard.ZstdCompressor().compress(b"".join(some))


def with_note(path: Path, old: bytes, new: bytes) -> bytes:
    """Change the line of the note only."""
    return packed([line.replace(old, new) if b"a note" in line else line for line in lines(path)])


def flipped(path: Path) -> bytes:
    raw = path.read_bytes()
    return raw[:200] + bytes([raw[200] ^ 0x55]) + raw[201:]


BREAKS: dict[str, Callable[[Path], bytes]] = {
    "cut in the stream": lambda whole: whole.read_bytes()[:-20],
    "a flipped byte": flipped,
    "cut between lines": lambda whole: packed(lines(whole)[:-1]),
    "a row less": lambda whole: packed([line for line in lines(whole) if b"a note" not in line]),
    "a row of the wrong length": lambda whole: packed([*lines(whole)[:2], b"[1]\n", *lines(whole)[2:]]),
    "a row of the wrong type": lambda whole: with_note(whole, b'"a note"', b'{"a":1}'),
    "a row twice": lambda whole: packed([line for one in lines(whole) for line in [one] * (1 + (b"a note" in one))]),
    "a row without its key": lambda whole: with_note(whole, b"[1,1,", b"[null,1,"),
    "NUL in a text": lambda whole: with_note(whole, b'"a note"', b'"a \\u0000"'),
    "a number too great": lambda whole: with_note(whole, b"[1,1,", b"[1,99999999999999999999,"),
    "an unknown table": lambda whole: packed([line.replace(b'"case_note"', b'"others"') for line in lines(whole)]),
    "a newer version": lambda whole: packed([lines(whole)[0].replace(b":1}", b":9}"), *lines(whole)[1:]]),
    "two versions": lambda whole: packed([line if line != b"[1,1]\n" else b"[1,9]\n" for line in lines(whole)]),
    "no header": lambda whole: packed(lines(whole)[1:]),
    "another format": lambda _: packed([b'{"format":"x","version":1}\n']),
    "no JSON": lambda _: packed([b"hello\n"]),
    "nothing": lambda _: b"",
    "text": lambda _: b"hello world\n" * 20,
}


@pytest.mark.parametrize("how", list(BREAKS))
def test_a_backup_that_is_not_whole_restores_nothing(store: Store, tmp_path: Path, how: str) -> None:
    with open_store(file_url(tmp_path / "source.db")) as source:
        fill(source)
        upkeep.backup(source, tmp_path / "whole.zst")
    broken = tmp_path / "broken.zst"
    broken.write_bytes(BREAKS[how](tmp_path / "whole.zst"))
    with pytest.raises(UserError) as raised:
        upkeep.restore(store, broken)
    assert "broken.zst" in raised.value.says
    with store.read() as conn:
        assert rows(conn) == dict.fromkeys(METADATA.tables, 0) | {"tocsin_store": 1}
    upkeep.restore(store, tmp_path / "whole.zst")


def test_a_damaged_copy_of_the_file_restores_nothing(store: Store, tmp_path: Path) -> None:
    with open_store(file_url(tmp_path / "source.db")) as source:
        with source.begin() as conn:
            look(conn, [finding(str(number)) for number in range(300)])
        upkeep.backup(source, tmp_path / "backup.db")
    raw = bytearray((tmp_path / "backup.db").read_bytes())
    raw[40_000:60_000] = os.urandom(20_000)
    (tmp_path / "backup.db").write_bytes(raw)
    with pytest.raises(UserError, match="damaged"):
        upkeep.restore(store, tmp_path / "backup.db")
    with store.read() as conn:
        assert findings.counts(conn) == {}


def test_another_programs_file_is_no_backup(store: Store, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "their.db")) as theirs:
        theirs.execute("CREATE TABLE finding (id)")
        theirs.commit()
    with pytest.raises(UserError, match="no backup"):
        upkeep.restore(store, tmp_path / "their.db")
    with pytest.raises(UserError, match="cannot be read"):
        upkeep.restore(store, tmp_path / "absent.db")


def test_a_backup_never_overwrites(store: Store, tmp_path: Path) -> None:
    (tmp_path / "backup.zst").write_bytes(b"mine")
    with pytest.raises(UserError, match="there already"):
        upkeep.backup(store, tmp_path / "backup.zst")
    assert (tmp_path / "backup.zst").read_bytes() == b"mine"


def test_a_backup_that_cannot_be_written_leaves_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        upkeep.backup(store, tmp_path / "no" / "backup.zst")
    assert "no" not in [path.name for path in tmp_path.iterdir()]


def test_a_server_s_store_has_no_file_to_copy(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    if store.path is None:
        with pytest.raises(UserError, match="only a SQLite store"):
            upkeep.backup(store, target)
        assert not target.exists()
    else:
        upkeep.backup(store, target)
        assert target.exists()
    assert list(tmp_path.glob(".*")) == []


def test_a_backup_holds_what_was_committed_while_another_writes(store: Store, tmp_path: Path) -> None:
    fill(store)
    with store.begin() as conn:
        look(conn, [finding("late")])
        upkeep.backup(store, tmp_path / "backup.zst")
    names = [line for line in lines(tmp_path / "backup.zst") if finding("late").fingerprint.encode() in line]
    assert names == []


def test_a_backup_is_lines_that_any_tool_reads(store: Store, tmp_path: Path) -> None:
    fill(store)
    upkeep.backup(store, tmp_path / "backup.zst")
    first, *_, last = (json.loads(line) for line in lines(tmp_path / "backup.zst"))
    assert first == {"format": dump.FORMAT, "version": 1}
    assert last["rows"]["finding"] == 3


def test_the_check_of_a_sound_store_finds_nothing(store: Store) -> None:
    fill(store)
    assert upkeep.problems(store) == []


def test_purging_does_not_touch_what_others_hold(store: Store) -> None:
    fill(store)
    with store.begin() as conn:
        look(conn, [A, B, C], now=LATE + HOUR)
    upkeep.purge(store, LATE)
    with store.read() as conn:
        for table, many in ((OCCURRENCE, 0), (FINDING_ENTITY, 3), (RUN_FINDING, 3), (PIN, 3)):
            assert conn.execute(select(func.count()).select_from(table)).scalar_one() == many, table.name
        assert conn.execute(select(func.count()).select_from(CASE_NOTE)).scalar_one() == 1
        assert conn.execute(select(func.count()).select_from(CASE_HISTORY)).scalar_one() > 0
        assert findings.get(conn, A.fingerprint).state is State.OPEN
        assert findings.get(conn, A.fingerprint).seen_first == OLD
    assert timedelta(0) < LATE - OLD
