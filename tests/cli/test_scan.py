"""`tocsin scan` from the command line: what it prints, what it keeps, how it ends."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sarif_pydantic import Sarif

from tests.cli.conftest import Result

Tocsin = Callable[..., Result]
PYTHON = "import os\nimport sys\n\nos.system('ping ' + sys.argv[1])\n"


def failures(count: int, address: str = "192.0.2.7", user: str = "root") -> str:
    return "".join(
        f"Nov 22 02:{11 + n // 60:02d}:{n % 60:02d} bastion sshd[{900 + n}]: "
        f"Failed password for {user} from {address} port {40000 + n} ssh2\n"
        for n in range(count)
    )


@pytest.fixture
def guessing(home: Path) -> Path:
    log = home / "auth.log"
    log.write_text(failures(40))
    return log


def test_a_finding_of_code_is_shown_with_its_line_and_the_run_is_kept(tocsin: Tocsin, home: Path) -> None:
    (home / "tool.py").write_text(PYTHON)
    code, out, err = tocsin("scan", "tool.py")
    assert code == 0, err
    assert "tool.py:4" in out
    assert "code-shell" in out
    assert "no gate is set (--fail-on LEVEL)" in out


def test_a_gate_ends_with_one_and_says_so(tocsin: Tocsin, home: Path) -> None:
    (home / "tool.py").write_text(PYTHON)
    code, out, _ = tocsin("scan", "tool.py", "--fail-on", "high")
    assert code == 1
    assert "a finding is at or above the gate (high)" in out


def test_nothing_found_is_not_silence(tocsin: Tocsin, home: Path) -> None:
    (home / "fine.py").write_text("print('hello')\n")
    code, out, _ = tocsin("scan", "fine.py")
    assert code == 0
    assert "Looked at 1 input" in out
    assert "0 findings" in out


def test_json_is_the_contract(tocsin: Tocsin, home: Path) -> None:
    (home / "tool.py").write_text(PYTHON)
    code, out, _ = tocsin("scan", "tool.py", "--format", "json")
    result = json.loads(out)
    assert code == 0
    assert set(result) == {"tocsin", "command", "started", "seconds", "findings", "cases", "verdict", "coverage"}
    (finding,) = [f for f in result["findings"] if f["rule"] == "code-shell"]
    assert set(finding) == {
        "fingerprint", "kind", "rule", "title", "severity", "confidence", "message", "count", "first", "last",
        "entities", "owner", "where", "evidence", "remedy", "tags", "references", "case", "suppressed",
    }  # fmt: skip
    assert finding["kind"] == "code"
    assert finding["where"][-1]["line"] == 4
    assert result["verdict"] == {"says": "allow", "why": ["no gate is set"]}
    assert result["coverage"]["complete"] is True


def test_sarif_is_valid_and_carries_the_fingerprint(tocsin: Tocsin, home: Path) -> None:
    (home / "tool.py").write_text(PYTHON)
    _, out, _ = tocsin("scan", "tool.py", "--format", "sarif")
    (run,) = Sarif.model_validate_json(out).runs
    assert run.results is not None
    assert {r.rule_id for r in run.results} >= {"code-shell"}
    assert all(len((r.partial_fingerprints or {})["tocsin/v1"]) == 20 for r in run.results)


def test_json_lines_are_one_finding_a_line(tocsin: Tocsin, home: Path) -> None:
    (home / "tool.py").write_text(PYTHON)
    _, out, _ = tocsin("scan", "tool.py", "--format", "jsonl")
    assert [json.loads(line)["rule"] for line in out.splitlines()].count("code-shell") == 1


def test_csv_holds_no_formula(tocsin: Tocsin, home: Path) -> None:
    folder = home / "=cmd"
    folder.mkdir()
    (folder / "tool.py").write_text(PYTHON)
    _, out, _ = tocsin("scan", "=cmd", "--format", "csv")
    assert "'=cmd/tool.py" in out
    assert ",=cmd" not in out


def test_a_report_is_written_in_the_format_of_its_suffix(tocsin: Tocsin, home: Path) -> None:
    (home / "tool.py").write_text(PYTHON)
    code, out, err = tocsin(
        "scan", "tool.py", "--report", "r.html", "--report", "r.sarif", "--report", "r.md", "--report", "r.csv"
    )
    assert code == 0, err
    assert (home / "r.html").read_text().startswith("<!doctype html>")
    assert json.loads((home / "r.sarif").read_text())["version"] == "2.1.0"
    assert "code-shell" in (home / "r.md").read_text()
    assert (home / "r.csv").read_text().startswith("fingerprint,")
    assert "Report: r.html, r.sarif, r.md, r.csv" in out


def test_a_report_of_an_unknown_suffix_is_refused_before_anything_is_read(tocsin: Tocsin, home: Path) -> None:
    (home / "tool.py").write_text(PYTHON)
    code, out, err = tocsin("scan", "tool.py", "--report", "r.docx")
    assert code == 2
    assert not out
    assert "no report has the suffix '.docx'" in err


def test_looking_twice_doubles_nothing(tocsin: Tocsin, guessing: Path) -> None:
    _, first, _ = tocsin("scan", guessing, "--format", "json")
    _, second, _ = tocsin("scan", guessing, "--format", "json")
    counts = [{f["rule"]: f["count"] for f in json.loads(out)["findings"]} for out in (first, second)]
    assert counts[0] == counts[1]
    assert counts[0]["ssh-guessing"] == 40
    _, listed, _ = tocsin("finding", "list", "--format", "json")
    assert {f["rule"]: f["count"] for f in json.loads(listed)["findings"]} == counts[0]


def test_a_copy_and_its_gzip_double_nothing(tocsin: Tocsin, guessing: Path, home: Path) -> None:
    (home / "copy.log").write_bytes(guessing.read_bytes())
    (home / "auth.log.gz").write_bytes(gzip.compress(guessing.read_bytes()))
    _, out, _ = tocsin("scan", home, "--format", "json", "--no-store")
    result = json.loads(out)
    assert {f["rule"]: f["count"] for f in result["findings"]}["ssh-guessing"] == 40
    assert result["coverage"]["looked_at"]["records"] == 120


def test_new_shows_only_what_the_last_look_did_not_have(tocsin: Tocsin, guessing: Path) -> None:
    tocsin("scan", guessing)
    guessing.write_text(failures(40) + failures(40, "192.0.2.99"))
    _, out, _ = tocsin("scan", guessing, "--new", "--format", "json")
    found = json.loads(out)["findings"]
    assert {e for f in found for e in f["entities"] if e.startswith("ip:")} == {"ip:192.0.2.99"}


def test_the_same_for_one_worker_and_for_four(tocsin: Tocsin, home: Path) -> None:
    log = home / "auth.log"
    log.write_text("".join(failures(200, f"192.0.2.{n}") for n in range(1, 120)))
    results = []
    for workers in (1, 4):
        _, out, _ = tocsin("scan", log, "--format", "json", "--no-store", "--workers", workers)
        result = json.loads(out)
        results.append((result["findings"], result["cases"], result["coverage"]))
    assert results[0] == results[1]


def test_standard_input_is_an_input(process: Callable[..., object]) -> None:
    ended = process("scan", "-", "--no-store", "--format", "json", stdin=failures(40))
    result = json.loads(ended.stdout)  # type: ignore[attr-defined]  # a completed process
    assert result["coverage"]["looked_at"]["records"] == 40


def test_a_dry_run_looks_at_nothing_and_says_what_it_would(tocsin: Tocsin, guessing: Path, home: Path) -> None:
    code, out, _ = tocsin("scan", guessing, "--dry-run")
    assert code == 0
    assert "would look at" in out
    assert "syslog" in out
    assert not (home.parent / "XDG_DATA_HOME" / "tocsin" / "store.db").exists()


def test_no_store_keeps_nothing(tocsin: Tocsin, guessing: Path, home: Path) -> None:
    _, out, _ = tocsin("scan", guessing, "--no-store")
    assert "Nothing was kept (--no-store)" in out
    assert not (home.parent / "XDG_DATA_HOME" / "tocsin" / "store.db").exists()


def test_control_characters_of_a_log_never_reach_the_screen(tocsin: Tocsin, home: Path) -> None:
    (home / "auth.log").write_text(failures(40, user="root\x1b]0;owned\x07\x1b[31m"))
    _, out, err = tocsin("scan", "auth.log")
    assert "\x1b" not in out + err
    _, out, _ = tocsin("scan", "auth.log", "--report", "r.html", "--format", "markdown")
    assert "\x1b" not in out
    assert "\x1b" not in (home / "r.html").read_text()


def test_a_record_whose_names_are_objects_is_looked_at(tocsin: Tocsin, home: Path) -> None:
    record = {"@timestamp": "2026-11-22T02:11:00Z", "user": {"name": {"given": "a"}}, "host": {"name": ["b"]}}
    (home / "app.json").write_text(json.dumps(record) + "\n" + json.dumps(record | {"user": {"name": "a"}}) + "\n")
    _, out, _ = tocsin("scan", "app.json", "--format", "json")
    assert json.loads(out)["coverage"]["not_looked_at"] == []


def test_every_finding_says_what_to_do(tocsin: Tocsin, home: Path) -> None:
    probes = "".join(
        f'192.0.2.77 - - [22/Nov/2026:04:12:{n:02d} +0000] "GET /a?f=../../../etc/passwd HTTP/1.1" 404 162 "-" "x"\n'
        for n in range(30)
    )
    (home / "access.log").write_text(probes)
    _, out, _ = tocsin("scan", "access.log", "--format", "json")
    findings = json.loads(out)["findings"]
    assert findings
    assert all(f["remedy"] for f in findings)


def test_what_is_one_stands_in_the_singular(tocsin: Tocsin, home: Path) -> None:
    (home / "one.log").write_text(failures(1))
    _, out, _ = tocsin("scan", "one.log")
    assert "1 log record." in out
    assert "1 record\n" in out


def test_findings_beyond_the_list_are_not_called_less_severe(tocsin: Tocsin, home: Path) -> None:
    for number in range(40):
        (home / f"tool{number}.py").write_text(PYTHON.replace("ping", f"ping{number}"))
    _, out, _ = tocsin("scan", *sorted(path.name for path in home.glob("*.py")))
    assert "more, none worse than these, not listed here" in out
    assert "lower severity" not in out


def test_a_host_of_a_log_is_defanged_beside_its_finding(tocsin: Tocsin, home: Path) -> None:
    (home / "auth.log").write_text(failures(40).replace("bastion", "bastion.evil.example"))
    _, out, _ = tocsin("scan", "auth.log")
    assert "evil[.]example" in out
    assert "evil.example" not in out


def test_where_nothing_is_kept_nothing_is_offered_that_asks_the_store(tocsin: Tocsin, guessing: Path) -> None:
    _, out, _ = tocsin("scan", guessing, "--no-store")
    assert "tocsin explain ssh-guessing" in out
    assert "tocsin case" not in out
    assert "tocsin finding" not in out


def test_new_shows_no_case_without_anything_new(tocsin: Tocsin, home: Path) -> None:
    names = "".join(failures(3, user=f"nobody{n}").replace("for ", "for invalid user ") for n in range(12))
    (home / "auth.log").write_text(names)
    _, first, _ = tocsin("scan", "auth.log")
    _, again, _ = tocsin("scan", "auth.log", "--new")
    assert "CASE 1" in first
    assert "CASE 1" not in again
    assert "0 findings. 0 cases." in again
    assert "explain  " not in again


@pytest.mark.parametrize("pair", [("--quiet", "--verbose"), ("--new", "--no-store")])
def test_options_that_contradict_each_other_are_wrong_use(
    tocsin: Tocsin, guessing: Path, pair: tuple[str, str]
) -> None:
    code, _, err = tocsin("scan", guessing, *pair)
    assert code == 2
    assert all(word in err for word in pair)


def test_what_holds_nothing_to_look_for_is_named_with_its_reason(tocsin: Tocsin, home: Path) -> None:
    (home / "empty.log").write_text("")
    _, out, _ = tocsin("scan", "empty.log")
    assert "nothing to look for  empty.log: empty" in out


def test_only_the_rules_of_nowhere_is_wrong_use(tocsin: Tocsin, guessing: Path) -> None:
    code, _, err = tocsin("scan", guessing, "--only-rules")
    assert code == 2
    assert "--rules" in err


def test_a_rehearsal_shows_no_name_that_steers_a_terminal(tocsin: Tocsin, home: Path) -> None:
    (home / "a\x1b]0;t\x07\u202e\x9b2J.log").write_text(failures(1))
    code, out, err = tocsin("scan", ".", "--dry-run")
    assert code == 0, err
    assert "a\\x1b]0;t\\x07\\u202e\\x9b2J.log" in out


@pytest.mark.parametrize("form", ["json", "jsonl", "sarif"])
def test_json_on_a_terminal_steers_nothing_and_says_the_same(tocsin: Tocsin, home: Path, form: str) -> None:
    name = "a\u202e\x9b2J\U000e0041.py"
    (home / name).write_text(PYTHON)
    _, out, _ = tocsin("scan", ".", "--format", form)
    assert all(line.isprintable() for line in out.split("\n"))
    assert form == "sarif" or name in json.dumps(json.loads(out), ensure_ascii=False)  # SARIF names files by URI


def test_a_link_that_waits_beside_a_report_is_not_written_through(tocsin: Tocsin, home: Path) -> None:
    (home / "tool.py").write_text(PYTHON)
    (home / "mine").write_text("mine")
    (home / "report.json.part").symlink_to(home / "mine")
    (home / "report.json").symlink_to(home / "mine")
    tocsin("scan", "tool.py", "--report", "report.json")
    assert (home / "mine").read_text() == "mine"
    assert json.loads((home / "report.json").read_text())["command"] == "scan"
    assert sorted(p.name for p in home.iterdir()) == ["mine", "report.json", "report.json.part", "tool.py"]


def test_what_was_mended_is_gone_though_another_input_could_not_be_looked_at(tocsin: Tocsin, home: Path) -> None:
    folder = home / "all"
    folder.mkdir()
    (folder / "tool.py").write_text(PYTHON)
    (folder / "requirements.txt").write_text("requests\n")
    code, _, _ = tocsin("scan", "all")
    assert code == 3  # no lock: the package is not audited
    (folder / "tool.py").write_text("print('mended')\n")
    _, out, _ = tocsin("scan", "all")
    assert "1 gone" in out
    _, out, _ = tocsin("finding", "list", "--state", "gone", "--format", "json")
    assert [f["rule"] for f in json.loads(out)["findings"]] == ["code-shell"]


def test_what_could_not_be_looked_at_is_not_gone(tocsin: Tocsin, home: Path) -> None:
    (home / "tool.py").write_text(PYTHON)
    tocsin("scan", home)
    (home / "tool.py").write_text("def (\n")
    _, out, _ = tocsin("scan", home)
    assert "not looked for" in out
    _, out, _ = tocsin("finding", "list", "--state", "gone", "--format", "json")
    assert json.loads(out)["findings"] == []


def test_the_gate_of_new_is_about_what_is_new(tocsin: Tocsin, home: Path) -> None:
    (home / "tool.py").write_text(PYTHON)
    assert tocsin("scan", "tool.py", "--new", "--fail-on", "high")[0] == 1
    assert tocsin("scan", "tool.py", "--new", "--fail-on", "high")[0] == 0
