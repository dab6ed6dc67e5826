"""The journey as a whole: the same findings and cases, however the same records are given."""

import os
import random
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.app.made import SHELL, failures
from tocsin.app.scan import scan
from tocsin.app.scan_looked import Request
from tocsin.ingest import frame
from tocsin.model.codec import to_builtins
from tocsin.runtime.workspace import Workspace

WRITTEN = datetime(2025, 11, 23, tzinfo=UTC).timestamp()  # what settles the year of a log that names none
KEY = "AKIA" + "Q3EGWT5NDRJ7ZK2M"


def accepted(address: str) -> str:
    return f"Nov 22 02:15:00 bastion sshd[9]: Accepted password for root from {address} port 50000 ssh2\n"


def trail(address: str) -> str:
    return (
        '{"eventVersion": "1.08", "eventTime": "2025-11-22T02:20:00Z", "eventSource": "cloudtrail.amazonaws.com", '
        f'"eventName": "StopLogging", "awsRegion": "eu-west-1", "sourceIPAddress": "{address}", '
        f'"userIdentity": {{"type": "IAMUser", "userName": "deploy", "accessKeyId": "{KEY}"}}}}\n'
    )


@pytest.fixture
def day(home: Path) -> dict[str, str]:
    """Return files of one day: guessing that succeeds, more guessing, a key in code that stops a trail."""
    noise = "".join(f"Nov 22 02:14:{n % 60:02d} bastion cron[{n}]: (root) CMD (run {n})\n" for n in range(400))
    return {
        "a/auth.log": failures(60, "192.0.2.1") + accepted("192.0.2.1") + noise,
        "b/auth.log": failures(45, "192.0.2.2", "admin") + noise.replace("bastion", "web"),
        "b/trail.json": trail("192.0.2.1"),
        "code/deploy.py": f'{SHELL}KEY = "{KEY}"\n',
    }


def write(folder: Path, files: dict[str, str]) -> list[Path]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (WRITTEN, WRITTEN))
    return [folder / name for name in files]


def look(*paths: Path, workers: int = 1) -> Any:
    request = Request(paths=tuple(map(str, paths)), workspace=Workspace(), workers=workers)
    return scan(request, stdin=BytesIO(), progress=lambda *_: None).result


def essence(result: Any) -> Any:
    """Return what must not change: which findings, how often, of whom, when; and how they make cases."""
    findings = sorted(
        (f.rule, f.fingerprint, f.count, f.entities, str(f.first), str(f.last), f.message, f.severity)
        for f in result.findings
    )
    cases = sorted((sorted(c.findings), c.title, c.severity, c.entities, c.do_now) for c in result.cases)
    return findings, cases


def test_the_day_makes_a_case_of_guessing_and_success(home: Path, day: dict[str, str]) -> None:
    result = look(*write(home / "day", day))
    assert {"ssh-guessed", "secret-aws-key", "aws-trail-stopped", "code-shell"} <= {f.rule for f in result.findings}
    (case,) = [c for c in result.cases if "ip:192.0.2.1" in c.entities]
    rules = {f.rule for f in result.findings if f.fingerprint in case.findings}
    assert {"ssh-guessed", "secret-aws-key", "aws-trail-stopped"} <= rules


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_the_arguments_changes_nothing(home: Path, day: dict[str, str], seed: int) -> None:
    paths = write(home / "day", day)
    plain = essence(look(*paths))
    random.Random(seed).shuffle(paths)
    assert essence(look(*paths)) == plain


@pytest.mark.parametrize("workers", [2, 3])
def test_the_number_of_workers_changes_nothing(home: Path, day: dict[str, str], workers: int) -> None:
    paths = write(home / "day", day)
    one, several = look(*paths), look(*paths, workers=workers)
    assert to_builtins(one.findings) == to_builtins(several.findings)
    assert to_builtins(one.cases) == to_builtins(several.cases)
    assert one.coverage == several.coverage


@pytest.mark.parametrize("size", [200, 1_777, 30_000])
def test_where_blocks_are_cut_changes_nothing(
    home: Path, day: dict[str, str], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = write(home / "day", day)
    whole = look(*paths)
    monkeypatch.setattr(frame, "BLOCK", size)
    monkeypatch.setattr(frame, "PIECE", max(100, size // 2))
    cut = look(*paths, workers=2)
    assert to_builtins(cut.findings) == to_builtins(whole.findings)
    assert to_builtins(cut.cases) == to_builtins(whole.cases)
    assert cut.coverage.looked_at == whole.coverage.looked_at


def test_a_log_in_several_files_is_one_log_to_the_rules(home: Path, day: dict[str, str]) -> None:
    whole = essence(look(*write(home / "day", day)))
    lines = day.pop("a/auth.log").splitlines(keepends=True)
    for number, start in enumerate(range(0, len(lines), 50)):
        day[f"a/auth.{number}.log"] = "".join(lines[start : start + 50])
    assert essence(look(*write(home / "split", day))) == whole


def test_a_folder_is_the_sum_of_its_files(home: Path, day: dict[str, str]) -> None:
    paths = write(home / "day", day)
    assert essence(look(home / "day")) == essence(look(*paths))
