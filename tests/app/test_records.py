from pathlib import Path

from tests.app.made import failures
from tocsin.app.records import Records
from tocsin.runtime import workspace


def records() -> Records:
    return Records(workspace.find(None, Path.cwd(), []))


def test_records_come_with_their_numbers_and_times(home: Path) -> None:
    (home / "auth.log").write_text(failures(3, "192.0.2.1"))
    (reading,) = records().read([str(home / "auth.log")])
    whole = reading.whole()
    assert (whole.records, [number for _, tables in whole.blocks for t in tables for number in t.numbers]) == (
        3, [0, 1, 2],
    )  # fmt: skip
    assert whole.settled.at("yearless", whole.blocks[0][1][0].times[0], 0, "") is not None


def test_bytes_are_recognised_as_a_file_would_be(home: Path) -> None:
    assert home.is_dir()
    (whole,) = records().of_bytes(failures(2, "192.0.2.1").encode())
    assert [table.what for _, tables in whole.blocks for table in tables] == ["syslog: sshd"]


def test_what_could_not_be_read_is_named(home: Path) -> None:
    (home / "x.bin").write_bytes(bytes(range(256)) * 20)
    found = records()
    assert list(found.read([str(home)])) == []
    assert [Path(one.path).name for one in found.missed] == ["x.bin"]
