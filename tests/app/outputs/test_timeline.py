"""A timeline of every match: a row each, and nothing that a spreadsheet would run."""

import csv
import io
from datetime import UTC, datetime

import msgspec

from tocsin.app.hits import Hit
from tocsin.app.outputs.timeline import COLUMNS, lines, rows
from tocsin.model import Severity

HIT = Hit(
    rule="ssh-guessing", title="Passwords guessed", severity=Severity.HIGH, path="auth.log", record=7,
    at=datetime(2026, 11, 22, 2, 11, 5, tzinfo=UTC), fingerprint="0f599c15", tags=("attack.t1110",),
    entities=("host:bastion", "ip:203.0.113.66", "user:=HYPERLINK(1)"), event={"a": "1", "b": "x\x1b[31m"},
    text="Failed password", digest="00",
)  # fmt: skip


def read(*hits: Hit) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("\n".join(rows(hits)))))


def test_a_row_says_when_what_where_and_who() -> None:
    (row,) = read(HIT)
    assert tuple(row) == COLUMNS
    assert (row["time"], row["severity"], row["host"], row["source"]) == (
        "2026-11-22T02:11:05Z", "high", "bastion", "203.0.113.66"
    )  # fmt: skip
    assert (row["path"], row["record"]) == ("auth.log", "7")


def test_no_cell_is_a_formula_or_steers_a_terminal() -> None:
    (row,) = read(HIT)
    assert row["user"] == "'=HYPERLINK(1)"
    assert "\x1b" not in row["details"]


def test_a_hit_without_a_time_has_an_empty_one() -> None:
    (row,) = read(msgspec.structs.replace(HIT, at=None))
    assert row["time"] == ""


def test_json_lines_hold_the_whole_hit() -> None:
    (line,) = lines([HIT])
    assert msgspec.json.decode(line, type=Hit) == HIT
    assert "\x1b" not in line
