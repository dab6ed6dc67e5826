"""The generator of demo/acme: the same seed gives the same bytes, and every planted fact is there, once."""

import ast
import os
import re
import tomllib
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from tests.demo.day import (
    DEMO,
    INTRUDER,
    PHISHER,
    PROBER,
    ROOT,
    audited,
    calls,
    events,
    files,
    lines,
    sessions,
    written,
)

RESERVED = [ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "10.0.0.0/8")]
AWS_KEY = re.compile(r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b")


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the day of seed 1, which is the one that `make demo` shows."""
    return written(tmp_path_factory.mktemp("one"), 1)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the day of another seed."""
    return written(tmp_path_factory.mktemp("two"), 2)


def test_the_same_seed_gives_the_same_bytes_in_seconds(day: Path, tmp_path: Path) -> None:
    before = os.times()
    again = written(tmp_path, 1)
    after = os.times()
    # processor time of the child, which a busy machine does not stretch; 0 where the platform does not tell
    assert after.children_user + after.children_system - before.children_user - before.children_system < 10
    assert files(again) == files(day)


def test_another_seed_gives_another_day(day: Path, other: Path) -> None:
    ours, theirs = files(day), files(other)
    assert ours.keys() == theirs.keys()
    same = {name for name in ours if ours[name] == theirs[name]}
    fixed = {name for name in ours if name.startswith(("tools/", "mail/")) or name == "CODEOWNERS"}
    assert same == fixed - {"tools/s3_rotate.py"}


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("logs/fw-edge.log", 21_904),
        ("logs/auth.log", 3_318),
        ("logs/www-access.log.gz", 19_440),
        ("logs/dc1-security.jsonl", 2_871),
    ],
)
def test_each_log_has_the_lines_that_the_guide_names(day: Path, other: Path, name: str, count: int) -> None:
    assert len(lines(day, name)) == len(lines(other, name)) == count


def test_the_two_cloud_logs_have_the_records_that_the_guide_names(day: Path, other: Path) -> None:
    assert len(calls(day)) == len(calls(other)) == 680
    assert len(audited(day)) == len(audited(other)) == 412


def test_every_file_ends_with_the_day(day: Path) -> None:
    times = {path.stat().st_mtime for path in day.rglob("*") if path.is_file()}
    assert times == {datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC).timestamp()}


def test_the_firewall_log_is_in_order_of_time(day: Path) -> None:
    times = [int(session["eventtime"]) for session in sessions(day)]
    assert times == sorted(times)
    assert {session["date"] for session in sessions(day)} == {"2026-11-22"}


def test_the_intruder_scans_214_ports_of_the_bastion(day: Path, other: Path) -> None:
    for folder in (day, other):
        denied = [one for one in sessions(folder) if one["srcip"] == INTRUDER and one["action"] == "deny"]
        assert len({one["dstport"] for one in denied}) == 214
        assert {one["dstip"] for one in denied} == {"198.51.100.10"}
        assert denied[0]["time"].startswith("01:58")
        assert denied[-1]["time"] < "02:00"


def test_nobody_else_is_denied_at_more_than_ten_ports(day: Path, other: Path) -> None:
    for folder in (day, other):
        ports: dict[str, set[str]] = {}
        for one in sessions(folder):
            if one["action"] == "deny" and one["srcip"] != INTRUDER:
                ports.setdefault(one["srcip"], set()).add(one["dstport"])
        assert len(ports) > 100
        assert max(len(found) for found in ports.values()) <= 10


def test_412_passwords_of_38_names_fail_and_deploy_gets_in_41_seconds_later(day: Path, other: Path) -> None:
    for folder in (day, other):
        log = lines(folder, "logs/auth.log")
        failed = [line for line in log if "Failed password" in line and INTRUDER in line]
        names = {re.sub(r".* for (?:invalid user )?(\S+) from .*", r"\1", line) for line in failed}
        assert (len(failed), len(names)) == (412, 38)
        assert failed[0].startswith("Nov 22 02:11:")
        assert failed[-1].startswith("Nov 22 02:25:38 ")
        accepted = [line for line in log if "Accepted" in line and INTRUDER in line]
        assert len(accepted) == 1
        assert accepted[0].startswith("Nov 22 02:26:19 bastion sshd")
        assert "Accepted password for deploy from" in accepted[0]


def test_every_session_of_the_intruder_with_sshd_went_through_the_firewall(day: Path) -> None:
    log = "\n".join(lines(day, "logs/auth.log"))
    ports = {one["srcport"] for one in sessions(day) if one["srcip"] == INTRUDER and one["action"] == "close"}
    assert ports == set(re.findall(rf"from {INTRUDER} port (\d+)", log))


def test_the_lonely_guesses_stay_lonely(day: Path, other: Path) -> None:
    for folder in (day, other):
        per_hour: dict[tuple[str, str], int] = {}
        for line in lines(folder, "logs/auth.log"):
            if (found := re.search(r"Failed password .* from (\S+) ", line)) and found[1] != INTRUDER:
                key = (found[1], line[7:9])
                per_hour[key] = per_hour.get(key, 0) + 1
        assert len(per_hour) > 100
        assert max(per_hour.values()) <= 3


def test_two_lines_of_the_auth_log_are_cut(day: Path) -> None:
    whole = re.compile(r"Nov 22 \d\d:\d\d:\d\d (?:bastion|www|files) [\w.-]+(?:\[\d+\])?: +\S")
    assert [line for line in lines(day, "logs/auth.log") if not whole.match(line)] == [
        "Nov 22 13:07:",
        "n): session closed for user root",
    ]


def test_57_traversal_requests_come_from_one_address_and_all_end_in_404(day: Path, other: Path) -> None:
    for folder in (day, other):
        log = lines(folder, "logs/www-access.log.gz")
        probes = [line for line in log if "../" in line]
        assert len(probes) == 57
        assert all(line.startswith(f"{PROBER} - - [22/Nov/2026:04:1") for line in probes)
        assert all('" 404 153 ' in line for line in probes)
        assert [line for line in log if line.startswith(f"{PROBER} ")] == probes


def test_the_web_log_is_in_the_combined_format(day: Path) -> None:
    combined = re.compile(
        r'[\d.]+ - - \[22/Nov/2026:\d\d:\d\d:\d\d \+0000\] "(?:GET|POST) \S+ HTTP/1\.1" \d{3} \d+ "[^"]+" "[^"]+"'
    )
    assert all(combined.fullmatch(line) for line in lines(day, "logs/www-access.log.gz"))


def test_the_domain_controller_has_31_kinds_of_event_and_none_of_an_attack(day: Path, other: Path) -> None:
    for folder in (day, other):
        found = events(folder)
        numbers = {int(event["event_id"]) for event in found}
        assert len(numbers) == 31
        # log cleared, service installed, task made, account made, added to a group, audit policy changed
        assert not numbers & {1102, 4697, 4698, 4719, 4720, 4728, 4732, 4756}
        replicated = [event["event_data"]["SubjectUserName"] for event in found if event["event_id"] == "4662"]
        assert set(replicated) == {"DC2$"}


def test_the_key_in_the_script_stops_the_trail_from_the_intruders_address(day: Path, other: Path) -> None:
    for folder in (day, other):
        script = (folder / "tools/s3_rotate.py").read_text(encoding="utf-8").splitlines()
        key = AWS_KEY.search(script[13])
        assert key is not None
        assert key[0].endswith("7Q2M")
        used = [call for call in calls(folder) if call["userIdentity"].get("accessKeyId") == key[0]]
        stolen = [call for call in used if call["sourceIPAddress"] == INTRUDER]
        names = [call["eventName"] for call in stolen]
        assert names == ["GetCallerIdentity", "ListBuckets", "DescribeTrails", "StopLogging"]
        assert all(call["eventTime"].startswith("2026-11-22T02:41:") for call in stolen)
        proper = [call for call in used if call not in stolen]
        assert {call["sourceIPAddress"] for call in proper} == {"198.51.100.2"}
        assert {call["userIdentity"]["userName"] for call in used} == {"s3-rotate"}
        assert min(call["eventTime"] for call in proper) < stolen[0]["eventTime"]


def test_nobody_else_stops_a_trail_or_uses_root(day: Path) -> None:
    assert [call["eventName"] for call in calls(day)].count("StopLogging") == 1
    assert "Root" not in {call["userIdentity"]["type"] for call in calls(day)}


def test_31_wrong_passwords_of_finance1_and_the_right_one_come_from_one_address(day: Path, other: Path) -> None:
    for folder in (day, other):
        logins = [record for record in audited(folder) if record.get("ActorIpAddress") == PHISHER]
        logins.sort(key=lambda record: str(record["CreationTime"]))
        assert [record["Operation"] for record in logins] == ["UserLoginFailed"] * 31 + ["UserLoggedIn"]
        assert {record["UserId"] for record in logins} == {"finance1@acme.example"}
        assert logins[0]["CreationTime"].startswith("2026-11-22T06:40:")
        assert {record["ErrorNumber"] for record in logins[:31]} == {"50126"}


def test_a_rule_named_dot_forwards_the_mailbox_outside_at_0703(day: Path) -> None:
    rules = [record for record in audited(day) if record["Operation"] == "New-InboxRule"]
    outside = [rule for rule in rules if "ForwardTo" in {one["Name"] for one in rule["Parameters"]}]
    assert len(rules) == 2
    assert len(outside) == 1
    given = {one["Name"]: one["Value"] for one in outside[0]["Parameters"]}
    assert (given["Name"], given["ForwardTo"]) == (".", "pay@example.net")
    assert outside[0]["CreationTime"].startswith("2026-11-22T07:03:")
    assert outside[0]["UserId"] == "finance1@acme.example"
    assert outside[0]["ClientIP"].startswith(f"{PHISHER}:")


def test_the_export_is_written_as_the_portal_writes_it(day: Path) -> None:
    text = (day / "m365/audit-export.csv").read_bytes().decode()
    head, first = text.split("\r\n")[:2]
    assert head.startswith("RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,")
    assert re.match(r'[0-9a-f-]{36},"2026-11-22T\d\d:\d\d:\d\d\.0000000Z ",\d+,[^,]+,[^,]+@acme\.example,"\{""', first)


@pytest.mark.parametrize(
    ("name", "line", "mistake"),
    [
        ("block_ip.py", 31, "shell=True"),
        ("ioc_fetch.py", 22, "verify=False"),
        ("ioc_fetch.py", 52, "os.system("),
        ("report.py", 40, 'open("/tmp/'),
        ("s3_rotate.py", 14, "AWS_ACCESS_KEY_ID = "),
        ("user_audit.py", 18, "yaml.load("),
    ],
)
def test_each_mistake_stands_on_the_line_that_the_guide_names(day: Path, name: str, line: int, mistake: str) -> None:
    source = (day / "tools" / name).read_text(encoding="utf-8").splitlines()
    assert mistake in source[line - 1]
    assert sum(mistake in one for one in source) == 1


def test_the_tools_are_six_python_files_that_parse(day: Path) -> None:
    scripts = sorted((day / "tools").glob("*.py"))
    assert len(scripts) == 6
    for script in scripts:
        ast.parse(script.read_text(encoding="utf-8"))


def test_four_of_six_packages_have_neither_version_nor_hash(day: Path) -> None:
    named = [line for line in lines(day, "tools/requirements.txt") if not line.startswith("#")]
    assert len(named) == 6
    assert sum("==" not in line and "--hash" not in line for line in named) == 4


def test_no_address_is_anybodys(day: Path) -> None:
    for name in files(day):
        for text in set(re.findall(r"(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w.-])", "\n".join(lines(day, name)))):
            # Browsers write their versions like addresses, and a version ends in .0.0.0.
            assert text.endswith(".0.0.0") or any(ip_address(text) in network for network in RESERVED), (name, text)


def test_each_outside_address_tells_one_story_only(day: Path) -> None:
    web = {line.split(" ")[0] for line in lines(day, "logs/www-access.log.gz")}
    ssh = set(re.findall(r"from (\S+) port", "\n".join(lines(day, "logs/auth.log"))))
    cloud = {call["sourceIPAddress"] for call in calls(day)}
    mail = {record["ActorIpAddress"] for record in audited(day) if "ActorIpAddress" in record}
    outside = [
        {one for one in found if not one.startswith(("10.", "198.51.100."))} for found in (web, ssh, cloud, mail)
    ]
    shared = {one for found in outside for one in found if sum(one in others for others in outside) > 1}
    assert shared == {INTRUDER}


def test_no_committed_file_holds_what_looks_like_a_key() -> None:
    secret = re.compile(
        r"(?<![A-Za-z0-9/+])(?=[A-Za-z/+]*\d)(?=\S*[a-z])(?=\S*[A-Z])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"
    )
    for folder in (DEMO / "acme_gen", DEMO / "templates", ROOT / "tests" / "demo", ROOT / "docs" / "guide"):
        for path in (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            text = path.read_text(encoding="utf-8")
            assert not AWS_KEY.search(text), path
            assert not secret.search(text), path


def test_the_estate_names_what_the_day_is_about() -> None:
    estate = tomllib.loads((DEMO / "estate.toml").read_text(encoding="utf-8"))
    bastion = next(host for host in estate["host"] if host["name"] == "bastion")
    assert bastion["addresses"] == ["198.51.100.10"]
    assert bastion["protected"] is True
    finance = next(person for person in estate["person"] if person["name"] == "finance1")
    assert "finance1@acme.example" in finance["aliases"]
    assert {network["timezone"] for network in estate["network"]} == {"UTC"}
