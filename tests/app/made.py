"""Logs and code that tests of journeys look at, and what a scan said of them."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tocsin.detect.matches import Match

SHELL = "import os\nimport sys\n\nos.system('ping ' + sys.argv[1])\n"


def failures(count: int, address: str, user: str = "root") -> str:
    """Return lines of sshd in which an address fails so many times; 40 of them are guessing to a rule of ours."""
    return "".join(
        f"Nov 22 02:{11 + n // 60:02d}:{n % 60:02d} bastion sshd[{900 + n}]: "
        f"Failed password for {user} from {address} port {40000 + n} ssh2\n"
        for n in range(count)
    )


def command(*words: object) -> list[str]:
    """Return the command as a process is started with it."""
    return [sys.executable, "-m", "tocsin", *map(str, words)]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return an environment whose user's folders lie in a folder."""
    without = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    return {**without, "XDG_DATA_HOME": str(folder / "data"), "XDG_CACHE_HOME": str(folder / "cache"), **more}


# A process's peak of memory begins with that of whoever started it, and a test run is large: a small one is between.
_MEASURE = (
    "import os, subprocess, sys\n"
    "child = subprocess.Popen(sys.argv[1:])\n"
    "_, status, used = os.wait4(child.pid, 0)\n"
    "print(used.ru_maxrss, file=sys.stderr)\n"
    "sys.exit(os.waitstatus_to_exitcode(status))\n"
)


def measured(folder: Path, *words: object) -> tuple[int, bytes, int]:
    """Return the exit code, the output, and the peak in KiB of the largest of the process and its workers."""
    started = [sys.executable, "-S", "-c", _MEASURE, *command(*words)]
    done = subprocess.run(started, capture_output=True, env=environment(folder), check=False)
    return done.returncode, done.stdout, int(done.stderr.split()[-1])


class Said:
    """What a scan in JSON said."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.err = err
        self.result: Mapping[str, Any] = json.loads(out)

    @property
    def guessers(self) -> set[str]:
        """Return the addresses that guess."""
        found = (f["entities"] for f in self.result["findings"] if f["rule"] == "ssh-guessing")
        return {entity.removeprefix("ip:") for entities in found for entity in entities if entity.startswith("ip:")}

    @property
    def missed(self) -> dict[str, str]:
        """Return the reason of each place that was not looked at, by the end of its path."""
        listed = self.result["coverage"]["not_looked_at"]
        return {_last(one["path"]) + (f":{one['record']}" if "record" in one else ""): one["why"] for one in listed}

    @property
    def nothing(self) -> dict[str, str]:
        """Return the reason of each place that holds nothing to look for."""
        return {_last(one["path"]): one["why"] for one in self.result["coverage"]["nothing_to_look_for"]}

    def rules(self, end: str) -> set[str]:
        """Return the rules that fired in the files whose path ends so."""
        places = ((f["rule"], place["path"]) for f in self.result["findings"] for place in f["where"])
        return {rule for rule, path in places if path.endswith(end)}


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def scanned(folder: Path, *words: object, stdin: str | None = None, timeout: float = 60.0) -> Said:
    """Scan as a process of its own that keeps its files in a folder; it must say one thing or nothing on stderr."""
    ended = subprocess.run(
        command("scan", *words, "--format", "json"),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout,
        env=environment(folder),
        check=False,
    )
    assert "Traceback" not in ended.stderr, ended.stderr
    return Said(ended.returncode, ended.stdout, ended.stderr)


def matched(record: int, *, at: int | None, rule: int = 0, host: str = "bastion") -> Match:
    """Return a match of a record, at a moment in microseconds."""
    values: dict[str, tuple[str, ...]] = {"host.name": (host,), "source.ip": ("192.0.2.7",), "user.name": ("root",)}
    clock = "" if at is None else "utc"
    return Match(rule, record, clock, at, values, f"line {record}", record.to_bytes(16, "big"))
