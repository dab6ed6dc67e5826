"""Seeded results for the report's tests: one like a real incident, one of any size, one that is hostile."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

DAY = datetime(2026, 11, 22, tzinfo=UTC)
ATTACKER, BASTION = "203.0.113.66", "198.51.100.10"
KEY = "AKIA...7Q2M (20 chars, fp 9c1f)"
SEVERITIES = ("critical", "high", "medium", "low", "info")


def iso(moment: datetime) -> str:
    """Return a time as the JSON result writes it."""
    return moment.isoformat().replace("+00:00", "Z")


def at(clock: str) -> str:
    """Return a time of the day of the incident."""
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return iso(DAY + timedelta(hours=hours, minutes=minutes, seconds=seconds))


def finding(name: str, severity: str, message: str, **more: Any) -> dict[str, Any]:
    """Return a finding as the JSON result holds it."""
    key = f"{name} {message}"
    return {
        "fingerprint": sha256(key.encode()).hexdigest()[:20],
        "kind": "log",
        "rule": name,
        "title": message.split(",")[0],
        "severity": severity,
        "confidence": "high",
        "message": message,
        "count": 1,
        "first": None,
        "last": None,
        "entities": [],
        "owner": None,
        "where": [],
        "evidence": [],
        "remedy": "",
        "tags": [],
        "references": [],
        "case": None,
        "suppressed": None,
        **more,
    }


def _case_one() -> list[dict[str, Any]]:
    attacker, deploy = f"ip:{ATTACKER}", "user:deploy"
    sshd = "Nov 22 02:{:02d}:{:02d} bastion sshd[{}]: Failed password for invalid user {} from 203.0.113.66 port {} ssh2"
    rng = Random(1)
    users = ("admin", "oracle", "test", "git", "deploy", "ubuntu", "backup", "nagios")
    guesses = [sshd.format(11 + i, rng.randrange(60), 4100 + i, users[i % 8], 40000 + i) for i in range(10)]
    return [
        finding(
            "fw-port-scan", "medium", "203.0.113.66 tried 214 ports of 198.51.100.10 in 6 minutes", count=214,
            first=at("01:58:03"), last=at("02:04:10"), entities=[attacker, f"ip:{BASTION}"],
            where=[{"path": "logs/fw-edge.log", "record": 3811, "line": 3811}], tags=["attack.t1046", "attack.discovery"],
            evidence=['date=2026-11-22 time=01:58:03 devname="fw-edge" action="deny" srcip=203.0.113.66 dstip=198.51.100.10 dstport=21'],
            remedy="Block the address at the edge if it has no business here.", case="1",
        ),
        finding(
            "ssh-guessing", "high", "412 failures, 38 user names, from 203.0.113.66", count=412, first=at("02:11:09"),
            last=at("02:25:31"), entities=[attacker, "host:bastion", *(f"user:{user}" for user in users)],
            where=[{"path": "logs/auth.log", "record": 1207, "line": 1207, "event": {
                "event.action": "ssh_login", "event.outcome": "failure", "source.ip": ATTACKER, "source.port": 40000,
                "user.name": "admin", "host.name": "bastion", "process.name": "sshd", "process.pid": 4100}}],
            evidence=guesses[:5], tags=["attack.t1110.001", "attack.credential-access"],
            remedy="Allow only keys on the bastion, and rate-limit log-ins.",
            references=["https://attack.mitre.org/techniques/T1110/001/"], case="1",
        ),
        finding(
            "ssh-guessed", "critical", "log-in as deploy from 203.0.113.66, 41 s after the last of 412 failures",
            first=at("02:26:12"), last=at("02:26:12"), entities=[attacker, deploy, "host:bastion"],
            where=[{"path": "logs/auth.log", "record": 1621, "line": 1621}],
            evidence=["Nov 22 02:26:12 bastion sshd[4981]: Accepted password for deploy from 203.0.113.66 port 51944 ssh2"],
            tags=["attack.t1078", "attack.initial-access"], remedy="End the session, and change the password of deploy.", case="1",
        ),
        finding(
            "sudo-shell", "medium", "deploy opened a root shell on bastion", first=at("02:27:40"), last=at("02:27:40"),
            entities=[deploy, "user:root", "host:bastion"], where=[{"path": "logs/auth.log", "record": 1626, "line": 1626}],
            evidence=["Nov 22 02:27:40 bastion sudo:   deploy : TTY=pts/1 ; PWD=/home/deploy ; USER=root ; COMMAND=/bin/bash"],
            tags=["attack.t1548.003", "attack.privilege-escalation"], case="1", confidence="medium",
        ),
        finding(
            "aws-trail-stopped", "high", f"StopLogging of trail acme-main with {KEY} from 203.0.113.66",
            first=at("02:41:22"), last=at("02:41:22"), entities=[attacker, "key:AKIA...7Q2M", "user:s3-rotate"],
            where=[{"path": "cloud/cloudtrail.json.gz", "record": 402}],
            evidence=['{"eventTime":"2026-11-22T02:41:22Z","eventSource":"cloudtrail.amazonaws[.]com","eventName":"StopLogging","sourceIPAddress":"203.0.113.66"}'],
            tags=["attack.t1562.008", "attack.defense-impairment"], remedy="Start the trail again, and deactivate the key.", case="1",
        ),
        finding(
            "secret-aws-key", "high", f"AWS key {KEY} in the source", kind="secret", entities=["key:AKIA...7Q2M"], owner="@secops",
            where=[{"path": "tools/s3_rotate.py", "line": 14, "column": 12}], evidence=['AWS_KEY = "AKIA...7Q2M"'],
            tags=["cwe-798", "attack.t1552.001", "attack.credential-access"], remedy="Deactivate the key, then read it from the environment.", case="1",
        ),
    ]  # fmt: skip


def _case_two() -> list[dict[str, Any]]:
    user = "user:finance1@acme.example"
    return [
        finding(
            "m365-guessing", "medium", "31 failed log-ins of finance1@acme[.]example from 192.0.2.44, then one that worked",
            count=32, first=at("06:40:02"), last=at("06:52:48"), entities=[user, "ip:192.0.2.44"],
            where=[{"path": "m365/audit-export.csv", "record": 118}], tags=["attack.t1110.003", "attack.credential-access"],
            evidence=["2026-11-22T06:40:02,UserLoginFailed,finance1@acme[.]example,192.0.2.44,InvalidUserNameOrPassword"], case="2",
        ),
        finding(
            "m365-forward-rule", "high", 'inbox rule "." forwards to pay@example[.]net', first=at("07:03:19"), last=at("07:03:19"),
            entities=[user, "email:pay@example[.]net"], where=[{"path": "m365/audit-export.csv", "record": 163}],
            evidence=["2026-11-22T07:03:19,New-InboxRule,finance1@acme[.]example,192.0.2.44,ForwardTo=pay@example[.]net"],
            tags=["attack.t1114.003", "attack.collection"], remedy="Remove the rule, and reset the sessions of finance1.", case="2",
        ),
    ]  # fmt: skip


def _outside() -> list[dict[str, Any]]:
    code = {"kind": "code", "owner": "@secops", "first": None}
    return [
        finding("code-shell", "high", "command-line argument reaches a shell", where=[{"path": "tools/block_ip.py", "line": 31, "column": 5}],
                evidence=['os.system("iptables -A INPUT -s " + sys.argv[1] + " -j DROP")'], tags=["cwe-78"],
                remedy="Pass a list to subprocess.run, without a shell.", **code),
        finding("code-shell", "high", "text of a feed reaches a shell", where=[{"path": "tools/ioc_fetch.py", "line": 52}],
                evidence=['subprocess.run(f"grep {line} /var/log/syslog", shell=True)'], tags=["cwe-78"],
                remedy="Pass a list to subprocess.run, without a shell.", **code),
        finding("code-tls-off", "medium", "verify=False on a call that sends a token", where=[{"path": "tools/ioc_fetch.py", "line": 22}],
                tags=["cwe-295"], evidence=["requests.get(url, headers=auth, verify=False)"], **code),
        finding("code-temp-file", "medium", "predictable name in /tmp", where=[{"path": "tools/report.py", "line": 40}],
                tags=["cwe-377"], evidence=['open("/tmp/report.csv", "w")'], confidence="medium", **{**code, "owner": "@it"}),
        finding("web-traversal", "medium", "198.51.100.77 asked www for ../ paths, all answered 404", count=57, first=at("09:12:00"),
                last=at("09:31:40"), entities=["ip:198.51.100.77", "host:www"], where=[{"path": "logs/www-access.log.gz", "record": 7120}],
                tags=["attack.t1190", "attack.initial-access"],
                evidence=['198.51.100.77 - - [22/Nov/2026:09:12:00 +0000] "GET /../../etc/passwd HTTP/1.1" 404 162 "-" "curl/8.5"']),
        *(finding("dep-unpinned", "low", f"{name} without version or hash", kind="dependency", owner="@it",
                  where=[{"path": "tools/requirements.txt", "line": i, "component": f"pkg:pypi/{name}"}])
          for i, name in enumerate(("requests", "pyyaml", "paramiko", "boto3"), 1)),
    ]  # fmt: skip


def _inputs() -> list[dict[str, Any]]:
    zone = "Times carry their own zone."
    year = "No year in the log: 2026, the latest that puts no record after the file's modification time. No zone: UTC."
    table = [
        ("logs/fw-edge.log", "FortiGate", 6_412_330, 21904, 21904, "", zone, "00:00:01", "23:59:58"),
        ("logs/auth.log", "syslog: sshd, sudo", 402_118, 3318, 3316, "2 not parsed (cut lines)", year, "00:00:14", "23:58:02"),
        ("logs/www-access.log.gz", "nginx access", 512_044, 19440, 19440, "", zone, "00:00:00", "23:59:59"),
        ("logs/dc1-security.jsonl", "Windows Security", 5_120_400, 2871, 2871, "no rule for 9 of 31 event ids", zone, "00:03:00", "23:57:31"),
        ("cloud/cloudtrail.json.gz", "AWS CloudTrail", 91_220, 680, 680, "", zone, "00:12:10", "02:41:22"),
        ("m365/audit-export.csv", "Microsoft 365 unified audit", 230_817, 412, 412, "", zone, "05:58:00", "18:40:00"),
    ]
    inputs: list[dict[str, Any]] = [
        {
            "path": path, "what": what, "bytes": size, "records": records, "parsed": parsed, "note": note,
            "sha256": sha256(path.encode()).hexdigest(), "first": at(first), "last": at(last), "time_rule": rule,
        }
        for path, what, size, records, parsed, note, rule, first, last in table
    ]  # fmt: skip
    inputs[1]["unparsed_samples"] = [
        {"record": 2204, "text": "Nov 22 14:02:1", "why": "line ends in the time"},
        {"record": 2205, "text": "\x1b[31msession opened\x1b[0m", "why": "no program name"},
    ]
    inputs += [
        {"path": path, "what": "Python source", "bytes": 2210, "records": 60, "parsed": 60, "note": "", "sha256": sha256(path.encode()).hexdigest(), "first": None, "last": None, "time_rule": ""}
        for path in ("tools/block_ip.py", "tools/ioc_fetch.py", "tools/report.py", "tools/s3_rotate.py")
    ]  # fmt: skip
    inputs.append({"path": "mail/invoice.eml", "what": "mail", "bytes": 18220, "records": 0, "parsed": 0, "note": "not looked at"})
    return inputs


def _timeline(seed: int) -> list[dict[str, Any]]:
    rng = Random(seed)
    hours = []
    for hour in range(24):
        counts = {"critical": 0, "high": 0, "medium": rng.randrange(3), "low": rng.randrange(20), "info": rng.randrange(80)}
        if hour == 1:
            counts["medium"] = 214
        if hour == 2:
            counts.update(critical=1, high=414, medium=9)
        if hour in (6, 7):
            counts.update(high=hour - 6, medium=32)
        hours.append({"hour": iso(DAY + timedelta(hours=hour)), "counts": counts})
    return hours


def acme() -> dict[str, Any]:
    """Return a result like the demo's: two cases, nine findings outside, one mail that was not looked at."""
    one, two, outside = _case_one(), _case_two(), _outside()
    findings = [*one, *two, *outside]
    prints = {f["rule"]: f["fingerprint"] for f in findings}
    cases = [
        {
            "id": "1", "title": "bastion was guessed, then the AWS key in tools/s3_rotate.py was used", "severity": "critical",
            "findings": [f["fingerprint"] for f in one], "entities": [f"ip:{ATTACKER}", "user:deploy", "host:bastion", "key:AKIA...7Q2M", "user:s3-rotate"],
            "why": ["address 203.0.113.66 in 3 logs within 44 minutes", "key AKIA...7Q2M stands in tools/s3_rotate.py and is used in cloud/cloudtrail.json.gz"],
            "first": at("01:58:03"), "last": at("02:41:22"),
            "do_now": ["Deactivate key AKIA...7Q2M", "Block 203.0.113.66", "End the sessions of deploy on bastion", "Start the trail acme-main again"],
        },
        {
            "id": "2", "title": "finance1: mailbox forwards outside after password guessing", "severity": "high",
            "findings": [f["fingerprint"] for f in two], "entities": ["user:finance1@acme.example", "ip:192.0.2.44"],
            "why": ["user finance1@acme.example, 23 minutes apart"], "first": at("06:40:02"), "last": at("07:03:19"),
            "do_now": ['Remove the inbox rule "."', "Reset the password and sessions of finance1"],
        },
    ]  # fmt: skip
    return {
        "tocsin": "0.1.0", "command": "scan", "started": "2026-11-24T08:15:00Z", "seconds": 2.9, "findings": findings, "cases": cases,
        "verdict": {"says": "undecided", "why": ["incomplete"]}, "coverage": coverage(), "report": _extra(one, prints),
    }  # fmt: skip


def coverage() -> dict[str, Any]:
    """Return a coverage with something in each of its lists."""
    return {
        "complete": False,
        "looked_at": {"files": 13, "bytes": 12_770_000, "records": 48625, "events": 48625, "parsed_share": 0.9999},
        "nothing_to_look_for": [{"path": "tools/logo.png", "why": "picture"}],
        "not_looked_at": [{"path": "mail/invoice.eml", "why": "this version has no mail reader"},
                          {"path": "tools/requirements.txt", "why": "no lock: 6 packages not audited"}],
        "unruled": [{"what": "Windows Security 4634 (log-off)", "count": 812}, {"what": "Windows Security 5156", "count": 301},
                    {"what": "CloudTrail DescribeInstances", "count": 44}],
        "rules": {"loaded": 38, "active": 36, "unloaded": [{"path": "rules/own/broken.yml", "why": "line 12: unknown modifier 'contians'"}]},
        "data": [{"name": "our own rules", "as_of": "2026-11-20", "stale": False}, {"name": "warning lists", "as_of": "2026-07-01", "stale": True}],
    }  # fmt: skip


def _extra(one: list[dict[str, Any]], prints: dict[str, str]) -> dict[str, Any]:
    rng = Random(7)
    scan = [{"at": iso(DAY + timedelta(hours=1, minutes=58, seconds=3 + i * 6)), "severity": "medium", "finding": one[0]["fingerprint"], "says": "denied"} for i in range(60)]
    guesses = sorted(rng.randrange(2 * 3600 + 669, 2 * 3600 + 1531) for _ in range(120))
    tried = [{"at": iso(DAY + timedelta(seconds=s)), "severity": "high", "finding": one[1]["fingerprint"], "says": "failed password"} for s in guesses]
    single = [{"at": f["first"], "severity": f["severity"], "finding": f["fingerprint"], "says": f["message"]} for f in one[2:5]]
    return {
        "argv": "tocsin --workspace demo scan demo/acme --report demo-report.html", "inputs": _inputs(),
        "lanes": {"1": [{"source": "logs/fw-edge.log", "events": scan}, {"source": "logs/auth.log", "events": [*tried, *single[:2]]},
                        {"source": "cloud/cloudtrail.json.gz", "events": single[2:]}]},
        "silent": [{"source": "cloud/cloudtrail.json.gz", "from": at("02:41:22"), "to": iso(DAY + timedelta(days=1))},
                   {"source": "m365/audit-export.csv", "from": at("00:00:00"), "to": at("05:58:00")}],
        "timeline": _timeline(3), "entities": _entities(prints),
        "python": [
            {"path": "tools/s3_rotate.py", "owner": "@secops", "lines": 61, "findings": [prints["secret-aws-key"]], "hosts": ["s3.amazonaws[.]com"], "packages": ["boto3"], "secrets": 1},
            {"path": "tools/ioc_fetch.py", "owner": "@secops", "lines": 88, "findings": [prints["code-tls-off"]], "hosts": ["feed.example[.]org"], "packages": ["requests", "pyyaml"], "secrets": 0},
            {"path": "tools/block_ip.py", "owner": "@secops", "lines": 44, "findings": [prints["code-shell"]], "hosts": [], "packages": [], "secrets": 0},
            {"path": "tools/report.py", "owner": "@it", "lines": 120, "findings": [prints["code-temp-file"]], "hosts": [], "packages": ["jinja2"], "secrets": 0},
            {"path": "tools/rotate_logs.py", "owner": None, "lines": 30, "findings": [], "hosts": [], "packages": [], "secrets": 0},
        ],
        "suppressed": [finding("web-scanner", "low", "192.0.2.200 probes 40 known paths", where=[{"path": "logs/www-access.log.gz", "record": 90}],
                               suppressed={"reason": "our own vulnerability scan, each Sunday", "owner": "@secops", "until": "2027-01-31"})],
        "versions": {"tocsin": "0.1.0", "python": "3.11.7", "platform": "Linux 6.1 x86_64"}, "rules_digest": sha256(b"rules").hexdigest(),
        "evidence_lines": {one[1]["fingerprint"]: {
            "first": one[1]["evidence"],
            "last": [line.replace("02:1", "02:2") for line in one[1]["evidence"]]}},
    }  # fmt: skip


def _entities(prints: dict[str, str]) -> list[dict[str, Any]]:
    seen = {
        f"ip:{ATTACKER}": (["logs/fw-edge.log", "logs/auth.log", "cloud/cloudtrail.json.gz"], ["fw-port-scan", "ssh-guessing", "ssh-guessed", "aws-trail-stopped"]),
        "key:AKIA...7Q2M": (["cloud/cloudtrail.json.gz", "tools/s3_rotate.py"], ["aws-trail-stopped", "secret-aws-key"]),
        "user:deploy": (["logs/auth.log", "logs/dc1-security.jsonl"], ["ssh-guessed", "sudo-shell"]),
        "host:bastion": (["logs/auth.log", "logs/fw-edge.log"], ["ssh-guessing", "ssh-guessed"]),
        f"ip:{BASTION}": (["logs/fw-edge.log"], ["fw-port-scan"]),
        "user:finance1@acme.example": (["m365/audit-export.csv", "logs/dc1-security.jsonl"], ["m365-guessing", "m365-forward-rule"]),
        "ip:192.0.2.44": (["m365/audit-export.csv"], ["m365-guessing"]),
        "ip:198.51.100.77": (["logs/www-access.log.gz", "logs/fw-edge.log"], ["web-traversal"]),
    }
    return [
        {"entity": name, "inputs": paths, "findings": [prints[rule] for rule in rules], "critical": name == "host:bastion"}
        for name, (paths, rules) in seen.items()
    ]  # fmt: skip


def many(count: int, seed: int = 1) -> dict[str, Any]:
    """Return a result of any number of findings, worst few and harmless many, as a noisy month has."""
    rng = Random(seed)
    result = acme()
    rules = [(f"rule-{i:02d}-{name}", name) for i, name in enumerate(("guessing", "scan", "traversal", "new-service", "policy", "denied", "macro", "beacon") * 5)]
    tactics = ("attack.t1110", "attack.t1046", "attack.t1190", "attack.t1543.003", "attack.t1098", "attack.t1071.001")
    for i in range(count - len(result["findings"])):
        rule, name = rng.choice(rules)
        first = DAY - timedelta(days=30) + timedelta(seconds=rng.randrange(30 * 86400))
        address = f"198.51.100.{rng.randrange(256)}"
        severity = rng.choices(SEVERITIES, weights=(1, 8, 60, 200, 400))[0]
        source = f"logs/host{rng.randrange(40):02d}/auth.log"
        line = f"{first:%b %d %H:%M:%S} host{rng.randrange(40):02d} daemon[{rng.randrange(9999)}]: {name} from {address} port {rng.randrange(65536)}"
        result["findings"].append(
            finding(rule, severity, f"{name} from {address}, number {i}", count=rng.randrange(1, 900), first=iso(first),
                    last=iso(first + timedelta(minutes=rng.randrange(90))), entities=[f"ip:{address}", f"host:host{rng.randrange(40):02d}"],
                    where=[{"path": source, "record": rng.randrange(90000), "event": {"source.ip": address, "event.action": name}}],
                    evidence=[line, line.replace("port", "from port")], tags=[rng.choice(tactics)],
                    owner=rng.choice(("@secops", "@it", "@web", None)), confidence=rng.choice(("high", "medium", "low")),
                    remedy="Look at the address.")
        )  # fmt: skip
    result["report"].pop("timeline")
    return result


HOSTILE = "<script>document.title='owned'</script>"


def hostile() -> dict[str, Any]:
    """Return a result each text of which tries to leave its place."""
    result = acme()
    texts = (
        HOSTILE, "</script><script>document.title='owned'</script>", "<img src=x onerror=\"document.title='owned'\">",
        "\x1b]0;owned\x07\x1b[31m", "\u202egnp.exe", "line\u2028break\u2029end", "{{ 7 * 7 }}{% raw %}", "nul\x00bell\x07", "half \udc80 pair",
        "=cmd|'/c calc'!A1", "\t@SUM(A1)", "javascript:document.title='owned'", "]]>--><!--",
    )  # fmt: skip

    def spoil(value: Any, i: int) -> Any:
        if isinstance(value, dict):
            return {key: spoil(item, i + n) for n, (key, item) in enumerate(value.items())}
        if isinstance(value, list):
            return [spoil(item, i + n) for n, item in enumerate(value)]
        return texts[i % len(texts)] if isinstance(value, str) else value

    keep = {"fingerprint", "severity", "confidence", "case", "first", "last"}
    for i, item in enumerate(result["findings"]):
        for key, value in item.items():
            if key not in keep:
                item[key] = spoil(value, i + len(key))
        item["case"] = texts[i % len(texts)]
    for case in result["cases"]:
        case.update(title=HOSTILE, id=texts[1], why=list(texts), do_now=list(texts), entities=list(texts))
    result["report"].update(argv=HOSTILE, versions={"tocsin": HOSTILE, "python": texts[2], "platform": texts[4]})
    for i, item in enumerate(result["report"]["inputs"]):
        item.update(path=texts[i % len(texts)], what=HOSTILE, note=texts[2], time_rule=texts[5], unparsed_samples=[{"record": i, "text": text, "why": text} for text in texts])
    result["report"]["evidence_lines"] = {item["fingerprint"]: {"first": list(texts[:5]), "last": list(texts[5:10])} for item in result["findings"]}
    return result
