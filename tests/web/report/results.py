"""Seeded results for the report's tests: one like a real incident, one of any size, one that is hostile."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

DAY = datetime(2026, 11, 22, tzinfo=UTC)
SEVERITIES = ("critical", "high", "medium", "low", "info")
NAMES = ("guessing", "scan", "traversal", "new-service", "policy", "denied", "macro", "beacon")
TECHNIQUES = ("attack.t1110", "attack.t1046", "attack.t1190", "attack.t1543.003", "attack.t1098", "attack.t1071.001")
OWNED = "<script>document.title='owned'</script>"
HOSTILE = (
    OWNED,
    f"</script>{OWNED}",
    "<img src=x onerror=\"document.title='owned'\">",
    "\x1b]0;owned\x07\x1b[31m",
    "\u202egnp.exe",
    "line\u2028break\u2029end",
    "{{ 7 * 7 }}{% raw %}",
    "nul\x00bell\x07",
    "half \udc80 pair",
    "=cmd|'/c calc'!A1",
    "\t@SUM(A1)",
    "javascript:document.title='owned'",
    "]]>--><!--",
)


def iso(moment: datetime) -> str:
    """Return a time as the JSON result writes it."""
    return moment.isoformat().replace("+00:00", "Z")


def finding(rule: str, severity: str, message: str, **more: Any) -> dict[str, Any]:
    """Return a finding as the JSON result holds it."""
    empty = {"entities": [], "where": [], "evidence": [], "tags": [], "references": [], "remedy": ""}
    nothing = dict.fromkeys(("first", "last", "owner", "case", "suppressed"))
    return {
        "fingerprint": sha256(f"{rule} {message}".encode()).hexdigest()[:20],
        "kind": "log",
        "rule": rule,
        "title": message.split(",", 1)[0],
        "severity": severity,
        "confidence": "high",
        "message": message,
        "count": 1,
        **empty,
        **nothing,
        **more,
    }


def acme() -> dict[str, Any]:
    """Return a result like the demo's: two cases, nine findings outside, one mail that was not looked at."""
    result: dict[str, Any] = json.loads(Path(__file__).with_name("incident.json").read_text(encoding="utf-8"))
    scan, guessing, *single = (item for item in result["findings"] if item["case"] == "1" and item["first"])
    rng = Random(7)
    tried = sorted(rng.randrange(2 * 3600 + 669, 2 * 3600 + 1531) for _ in range(120))
    result["report"]["lanes"] = {
        "1": [
            {"source": "logs/fw-edge.log", "events": [_event(scan, 7083 + i * 6) for i in range(60)]},
            {
                "source": "logs/auth.log",
                "events": [*(_event(guessing, second) for second in tried), *(_event(item) for item in single[:2])],
            },
            {"source": "cloud/cloudtrail.json.gz", "events": [_event(item) for item in single[2:]]},
        ]
    }
    result["report"]["timeline"] = _hours(Random(3))
    return result


def _event(item: dict[str, Any], second: int | None = None) -> dict[str, Any]:
    at = item["first"] if second is None else iso(DAY + timedelta(seconds=second))
    return {"at": at, "severity": item["severity"], "finding": item["fingerprint"], "says": item["message"]}


def _hours(rng: Random) -> list[dict[str, Any]]:
    usual = [(0, 0, rng.randrange(3), rng.randrange(20), rng.randrange(80)) for _ in range(24)]
    usual[1:3] = [(0, 0, 214, 9, 31), (1, 414, 9, 12, 20)]
    usual[6:8] = [(0, 0, 32, 8, 40), (0, 1, 32, 4, 22)]
    return [
        {"hour": iso(DAY + timedelta(hours=hour)), "counts": dict(zip(SEVERITIES, counts, strict=True))}
        for hour, counts in enumerate(usual)
    ]


def many(count: int, seed: int = 1) -> dict[str, Any]:
    """Return a result of any number of findings, worst few and harmless many, as a noisy month has."""
    rng = Random(seed)
    result = acme()
    result["findings"] += [_noise(rng, i) for i in range(count - len(result["findings"]))]
    result["report"].pop("timeline")
    return result


def _noise(rng: Random, i: int) -> dict[str, Any]:
    name = rng.choice(NAMES)
    first = DAY - timedelta(days=30) + timedelta(seconds=rng.randrange(30 * 86400))
    address, host = f"198.51.100.{rng.randrange(256)}", f"host{rng.randrange(40):02d}"
    line = f"{first:%b %d %H:%M:%S} {host} daemon[{rng.randrange(9999)}]: {name} from {address}"
    return finding(
        f"{name}-{rng.randrange(6)}",
        rng.choices(SEVERITIES, weights=(1, 8, 60, 200, 400))[0],
        f"{name} from {address}, number {i}",
        count=rng.randrange(1, 900),
        first=iso(first),
        last=iso(first + timedelta(minutes=rng.randrange(90))),
        entities=[f"ip:{address}", f"host:{host}"],
        where=[{"path": f"logs/{host}/auth.log", "record": i, "event": {"source.ip": address, "event.action": name}}],
        evidence=[f"{line} port {port}" for port in rng.sample(range(65536), 3)],
        tags=[rng.choice(TECHNIQUES)],
        owner=rng.choice(("@secops", "@it", "@web", None)),
        confidence=rng.choice(("high", "medium", "low")),
        title=f"{name} from one address",
        remedy="Look at the address.",
    )


def hostile() -> dict[str, Any]:
    """Return a result each text of which tries to leave its place."""
    result = acme()
    kept = ("fingerprint", "severity", "confidence", "first", "last", "suppressed")
    for i, item in enumerate(result["findings"]):
        item.update({key: _spoilt(value, i + len(key)) for key, value in item.items() if key not in kept})
        item["case"] = HOSTILE[i % len(HOSTILE)]
    for case in result["cases"]:
        case.update(title=OWNED, id=HOSTILE[1], why=list(HOSTILE), do_now=list(HOSTILE), entities=list(HOSTILE))
    report = result["report"]
    report.update(argv=OWNED, versions=dict(zip(("tocsin", "python", "platform"), HOSTILE, strict=False)))
    samples = [{"record": i, "text": text, "why": text} for i, text in enumerate(HOSTILE)]
    for i, item in enumerate(report["inputs"]):
        texts = {key: HOSTILE[(i + n) % len(HOSTILE)] for n, key in enumerate(("path", "what", "note", "time_rule"))}
        item.update(texts, unparsed_samples=samples)
    lines = {"first": list(HOSTILE[:5]), "last": list(HOSTILE[5:10])}
    report["evidence_lines"] = {item["fingerprint"]: lines for item in result["findings"]}
    return result


def _spoilt(value: Any, i: int) -> Any:
    if isinstance(value, dict):
        return {key: _spoilt(item, i + n) for n, (key, item) in enumerate(value.items())}
    if isinstance(value, list):
        return [_spoilt(item, i + n) for n, item in enumerate(value)]
    return HOSTILE[i % len(HOSTILE)] if isinstance(value, str) else value
