"""A workspace's settings from the command line: made, shown, and refused with file and place when they are bad."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.made import failures
from tests.cli.conftest import Result

Tocsin = Callable[..., Result]


@pytest.fixture
def team(tocsin: Tocsin, home: Path) -> Path:
    assert tocsin("init", "team")[0] == 0
    (home / "auth.log").write_text(failures(40, "192.0.2.7"))
    return home / "team"


def test_what_is_made_is_a_good_workspace_and_nothing_is_replaced(tocsin: Tocsin, team: Path) -> None:
    (team / "estate.toml").write_text("# mine\n")
    code, out, _ = tocsin("init", "team")
    assert code == 0
    assert "made" not in out
    assert (team / "estate.toml").read_text() == "# mine\n"
    code, out, err = tocsin("--workspace", "team", "scan", "auth.log")
    assert (code, err) == (0, "")
    assert (team / ".tocsin" / "store.db").is_file()


def test_each_setting_is_shown_with_its_origin(tocsin: Tocsin, team: Path) -> None:
    (team / "tocsin.toml").write_text('[scan]\nfail_on = "high"\n')
    _, out, _ = tocsin("--workspace", "team", "config", "show", "--format", "json")
    rows = {row["name"]: (row["value"], row["origin"]) for row in json.loads(out)["settings"]}
    assert rows["scan.fail_on"] == ("high", "tocsin.toml")
    assert rows["scan.tz"] == ("UTC", "default")
    assert rows["store"][1] == "default"


def test_the_password_of_a_store_is_not_shown(tocsin: Tocsin, team: Path) -> None:
    _, out, _ = tocsin("config", "show", "--store", "postgresql://me:Hunter2Hunter2@db/x")
    assert "postgresql://me:***@db/x" in out
    assert "Hunter2" not in out


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("tocsin.toml", "[scan\n", "line 1"),
        ("tocsin.toml", "[scan]\ntimezone = 'UTC'\n", "timezone"),
        ("tocsin.toml", "[scan]\ntz = 7\n", "tz"),
        ("tocsin.toml", "[scan]\ntz = 'Mars'\n", "Mars"),
        ("tocsin.toml", "[scan]\nfail_on = 'huge'\n", "huge"),
        ("tocsin.toml", "[scan]\nrules = ['nowhere']\n", "nowhere"),
        ("tocsin.toml", b"\xff\xfe\0", "utf-8"),
        ("estate.toml", "[[network]]\ncidr = 'here'\n", "here"),
        ("estate.toml", "[[host]]\naddress = '192.0.2.1'\n", "host"),
        ("suppressions.toml", "[[suppress]]\nfingerprint = 'x'\n", "suppress"),
        ("suppressions.toml", "[[suppress]]\nfingerprint = 'x'\nreason = 'r'\nowner = 'o'\nuntil = 'soon'\n", "until"),
    ],
)
def test_a_bad_setting_is_refused_with_its_file_and_place(
    tocsin: Tocsin, team: Path, file: str, text: str | bytes, says: str
) -> None:
    (team / file).write_bytes(text if isinstance(text, bytes) else text.encode())
    code, out, err = tocsin("--workspace", "team", "scan", "auth.log")
    assert (code, out) == (2, "")
    assert says in err
    assert len(err.splitlines()) <= 2


def test_the_gate_of_the_workspace_is_in_force_and_the_option_wins(tocsin: Tocsin, team: Path) -> None:
    (team / "tocsin.toml").write_text('[scan]\nfail_on = "high"\n')
    assert tocsin("--workspace", "team", "scan", "auth.log")[0] == 1
    assert tocsin("--workspace", "team", "scan", "auth.log", "--fail-on", "critical")[0] == 0


def test_the_doctor_says_what_it_saw(tocsin: Tocsin, team: Path) -> None:
    code, out, _ = tocsin("--workspace", "team", "doctor", "--format", "json")
    checks = {check["name"]: check["state"] for check in json.loads(out)["checks"]}
    assert code == 0
    assert set(checks.values()) == {"ok"}
    assert {"Python", "packages", "plug-ins", "rules", "worker processes", "workspace", "store"} <= set(checks)


def test_the_doctor_finds_a_store_that_is_none(tocsin: Tocsin, home: Path) -> None:
    (home / "notes.db").write_text("my notes")
    code, out, _ = tocsin("doctor", "--store", f"sqlite:///{home / 'notes.db'}")
    assert code == 3
    assert "is no store of Tocsin" in out
