"""The demo's day, written by the generator as a person would start it, and read with nothing of ours."""

import csv
import gzip
import io
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
DEMO = ROOT / "demo"
INTRUDER, PHISHER, PROBER = "203.0.113.66", "192.0.2.44", "192.0.2.77"


def written(folder: Path, seed: int) -> Path:
    """Write the day of a seed below `folder` and return where it is."""
    out = folder / "acme"
    command = [sys.executable, str(DEMO / "make_acme.py"), "--seed", str(seed), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return out


def files(folder: Path) -> Mapping[str, bytes]:
    """Return the bytes of every file below a folder, by its name there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def lines(folder: Path, name: str) -> list[str]:
    """Return the lines of a log, unpacked where it is packed."""
    content = (folder / name).read_bytes()
    return (gzip.decompress(content) if name.endswith(".gz") else content).decode().splitlines()


def sessions(folder: Path) -> list[dict[str, str]]:
    """Return the sessions of the firewall."""
    found = []
    for line in lines(folder, "logs/fw-edge.log"):
        pairs = (part.partition("=") for part in line.split(" "))
        found.append({name: value.strip('"') for name, _, value in pairs})
    return found


def calls(folder: Path) -> list[dict[str, Any]]:
    """Return the calls that CloudTrail saw."""
    records: list[dict[str, Any]] = json.loads(gzip.decompress((folder / "cloud/cloudtrail.json.gz").read_bytes()))[
        "Records"
    ]
    return records


def audited(folder: Path) -> list[dict[str, Any]]:
    """Return the audit records of Microsoft 365."""
    text = (folder / "m365/audit-export.csv").read_bytes().decode()
    return [json.loads(row["AuditData"]) for row in csv.DictReader(io.StringIO(text, newline=""))]


def events(folder: Path) -> list[dict[str, Any]]:
    """Return the events of the domain controller."""
    return [json.loads(line)["winlog"] for line in lines(folder, "logs/dc1-security.jsonl")]
