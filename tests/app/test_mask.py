"""A secret that lies in what is scanned appears whole nowhere: no output, no store, no cache, no file left behind."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Result

Tocsin = Callable[..., Result]
# Split, so that scanners of this repository see none; made up, and valid by the letter only.
AWS = "AKIA" + "Q3EGWT5NDRJ7ZK2M"
AWS_SECRET = "kR8vNqPz1xYd" + "T4mWb7LsEhGc" + "J2uFa9oQ5iXeZtVn"
GITHUB = "ghp_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17"  # as GitHub itself shows how tokens are checked
PASSWORD = "Tr0ub4dor" + "&3xyz"
SECRETS = {"aws": AWS, "aws secret": AWS_SECRET, "github": GITHUB, "password": PASSWORD}


@pytest.fixture
def planted(home: Path) -> Path:
    """Return a folder of code and logs with secrets in them."""
    folder = home / "in"
    folder.mkdir()
    (folder / "deploy.py").write_text(
        f'import boto3\n\nKEY = "{AWS}"\nSECRET = "{AWS_SECRET}"\nTOKEN = "{GITHUB}"\n'
        f'password = "{PASSWORD}"\nboto3.client("s3", aws_access_key_id=KEY, aws_secret_access_key="{AWS_SECRET}")\n'
    )
    (folder / "app.log").write_text(
        "".join(
            f"Nov 22 02:11:{n:02d} web app[7]: {text}\n"
            for n, text in enumerate(
                (
                    f"login password={PASSWORD} ok",
                    f"using key {AWS} and aws_secret_access_key = {AWS_SECRET}",
                    f"Authorization: token {GITHUB}",
                )
            )
        )
        + "".join(
            f"Nov 22 02:12:{n:02d} web sshd[7]: Failed password for invalid user {GITHUB} "
            f"from 192.0.2.1 port 2{n} ssh2\n"
            for n in range(50)
        )
    )
    (folder / "trail.json").write_text(
        '{"Records": [{"eventVersion": "1.08", "eventTime": "2026-01-02T03:04:05Z", "eventSource": '
        '"cloudtrail.amazonaws.com", "eventName": "StopLogging", "awsRegion": "eu-west-1", "sourceIPAddress": '
        f'"203.0.113.9", "userIdentity": {{"type": "IAMUser", "userName": "deploy", "accessKeyId": "{AWS}"}}, '
        f'"requestParameters": {{"name": "trail", "token": "{GITHUB}"}}, "userAgent": "cli password={PASSWORD}"}}]}}'
    )
    (folder / "requirements.txt").write_text(
        f"--index-url https://me:{PASSWORD.replace('&', '')}@pypi.example.org/simple\nrequests\n"
    )
    return folder


def leaks(text: str) -> list[str]:
    """Return the secrets that a text holds, in whatever case: entities are folded."""
    return [name for name, secret in SECRETS.items() if secret.lower() in text.lower()]


def left_behind(home: Path, planted: Path) -> Iterator[Path]:
    for path in home.parent.rglob("*"):
        if path.is_file() and not path.is_relative_to(planted):
            yield path


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "csv", "sarif", "html", "markdown"])
def test_no_format_shows_a_secret(tocsin: Tocsin, planted: Path, form: str) -> None:
    _, out, err = tocsin("scan", planted, "--no-store", "--format", form, *(["-v", "--raw"] if form == "text" else []))
    assert out
    assert leaks(out + err) == []


def test_neither_store_nor_cache_nor_any_other_file_holds_a_secret(
    tocsin: Tocsin, planted: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(home / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", None)
    tocsin("scan", planted, "--report", "r.html", "--report", "r.sarif", "--report", "r.json", "--report", "r.csv")
    tocsin("store", "backup", "backup.zst")
    tocsin("store", "backup", "backup.db")
    files = list(left_behind(home, planted))
    assert {path.name for path in files} >= {"store.db", "r.html", "backup.db"}
    assert [(path.name, found) for path in files if (found := leaks(path.read_bytes().decode("latin-1")))] == []


@pytest.mark.parametrize(
    "words",
    [
        ("finding", "list", "--format", "json"),
        ("finding", "list"),
        ("case", "list"),
        ("case", "show", "1"),
        ("case", "export", "1"),
        ("about", "key:" + AWS),
        ("about", AWS, "--format", "json"),
    ],
)
def test_no_command_on_the_store_shows_a_secret(tocsin: Tocsin, planted: Path, words: tuple[str, ...]) -> None:
    tocsin("scan", planted)
    code, out, err = tocsin(*words)
    assert code == 0, err
    assert leaks(out + err) == []
    assert out


@pytest.mark.parametrize("words", [(), ("--format", "json"), ("--format", "jsonl"), ("--count-by", "user.name")])
def test_event_masks_secrets(tocsin: Tocsin, planted: Path, words: tuple[str, ...]) -> None:
    _, out, err = tocsin("event", planted / "app.log", planted / "trail.json", *words)
    assert out
    assert leaks(out + err) == []


def test_an_error_shows_no_password_of_a_store(tocsin: Tocsin, planted: Path) -> None:
    url = f"postgresql://me:{PASSWORD.replace('&', '')}@127.0.0.1:1/none"
    code, out, err = tocsin("finding", "list", "--store", url)
    assert code in {2, 5}
    assert PASSWORD.replace("&", "") not in out + err


def test_the_report_does_not_repeat_the_password_of_the_command_line(
    tocsin: Tocsin, planted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["tocsin", "scan", "x", "--store", f"postgresql://me:{GITHUB}@db/x", "--no-store"])
    _, out, _ = tocsin("scan", planted, "--no-store", "--format", "html")
    assert "postgresql://me:***@db/x" in out
    assert leaks(out) == []
