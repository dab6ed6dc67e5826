"""What is known of an input while and after its blocks come back."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Result
from tocsin.app.scan_inputs import Kinds, Sightings, identity
from tocsin.model import ObservableType

Tocsin = Callable[..., Result]
LINE = "Nov 20 02:00:{:02d} bastion sshd[1]: Accepted password for bob from 192.0.2.77 port {} ssh2\n"


def log(*numbers: int) -> str:
    return "".join(LINE.format(n, n) for n in numbers)


def seen(tocsin: Tocsin, value: str) -> int:
    _, out, _ = tocsin("about", value, "--format", "json")
    return sum(int(one["count"]) for one in json.loads(out)["seen"])


def test_a_short_log_that_grew_doubles_no_sighting(tocsin: Tocsin, home: Path) -> None:
    for many in (4, 5, 9):
        (home / "a.log").write_text(log(*range(many)))
        tocsin("scan", "a.log")
    assert seen(tocsin, "192.0.2.77") == 9


def test_logs_that_begin_alike_are_told_apart(tocsin: Tocsin, home: Path) -> None:
    (home / "a.log").write_text(log(1, 2, 3))
    (home / "b.log").write_text(log(4, 5))
    tocsin("scan", ".")
    assert seen(tocsin, "192.0.2.77") == 5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"#separator \\x09\n#path conn\n" + b"1\ta\n" * 60, b"#separator \\x09\n#path conn\n" + b"2\tb\n" * 60),
        (b"time,user," + b"x" * 2000 + b"\n1,a,b\n", b"time,user," + b"x" * 2000 + b"\n2,a,b\n"),
        (b"ElfFile\0" + b"\0" * 4600 + b"**\0\0one", b"ElfFile\0" + b"\0" * 4600 + b"**\0\0two"),
        (b'{"records":[{"time":"1"}]}', b'{"records":[{"time":"2"}]}'),
        (b'[\n  {\n    "a": 1\n  }\n]\n', b'[\n  {\n    "a": 2\n  }\n]\n'),
    ],
    ids=["comments", "header", "evtx", "one line", "printed"],
)
def test_inputs_with_the_same_head_are_not_one(one: bytes, other: bytes) -> None:
    assert identity(one) != identity(other)


def test_an_event_log_that_grew_is_the_same_one() -> None:
    def event_log(chunks: int, last: int) -> bytes:
        head = b"ElfFile\0" + last.to_bytes(8, "little") + chunks.to_bytes(8, "little")
        chunk = b"ElfChnk\0" + last.to_bytes(8, "little")
        return head.ljust(4096, b"\0") + chunk.ljust(512, b"\0") + b"**\0\0first record".ljust(2000, b"x")

    assert identity(event_log(1, 7)) == identity(event_log(3, 900))


def test_sightings_come_back_as_they_were_written() -> None:
    written = Sightings()
    written.add(b"a", [("ip", "192.0.2.1", "host:x", 0, 3)])
    written.add(b"b", [])
    for _ in range(2):  # a store that was busy is asked again
        read = [
            (source, [(o.type, o.value, who, day.isoformat(), n) for o, who, day, n in rows])
            for source, rows in written
        ]
        assert read == [(b"a", [(ObservableType.IP, "192.0.2.1", "host:x", "1970-01-01", 3)]), (b"b", [])]


def test_kinds_are_counted_over_all_inputs_and_spelt_as_most_do() -> None:
    kinds = Kinds()
    kinds.add({("Windows Security", True): 5, ("text", False): 1})
    kinds.add({("Windows security", True): 2, ("Windows Security", True): 1})
    assert [(row.what, row.records, row.inputs, row.parsed) for row in kinds.details()] == [
        ("Windows Security", 8, 2, True),
        ("text", 1, 1, False),
    ]
