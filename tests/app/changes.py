"""A repository of rules that change, and the log that they are run over."""

import json
from collections.abc import Mapping
from pathlib import Path

from dulwich import porcelain

ID = "33333333-3333-4333-8333-333333333333"
AUTHOR = b"A <a@example.org>"


def rule(values: str, id_: str = ID, *, title: str = "Odd program", level: str = "high", more: str = "") -> str:
    """Return a rule for programs whose path ends so."""
    return (
        f"title: {title}\nid: {id_}\nlogsource:\n  product: windows\n  category: process_creation\ndetection:\n"
        f"  selection:\n    Image|endswith: {values}\n{more}  condition: selection{' and not filter' if more else ''}\n"
        f"level: {level}\n"
    )


def started(record: int, image: str, user: str = "bob", host: str = "LT-1") -> dict[str, object]:
    """Return a Sysmon event of a program that started."""
    return {
        "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": host, "EventRecordID": record,
        "Provider_Name": "Microsoft-Windows-Sysmon", "SourceName": "Microsoft-Windows-Sysmon",
        "UtcTime": f"2026-11-01 10:00:{record:02d}.000", "TimeCreated": f"2026-11-01T10:00:{record:02d}.000Z",
        "Image": image, "CommandLine": f"{image} /x", "User": user, "ParentImage": "C:\\Windows\\explorer.exe",
        "ProcessId": record,
    }  # fmt: skip


def log(path: Path, events: list[dict[str, object]]) -> Path:
    """Write events as JSON lines."""
    path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    return path


def write(folder: Path, files: Mapping[str, str | None]) -> None:
    """Write files, or remove those that are None."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")


def commit(folder: Path, files: Mapping[str, str | None]) -> str:
    """Write files, commit them, and return the commit's id."""
    if not (folder / ".git").exists():
        folder.mkdir(parents=True, exist_ok=True)
        porcelain.init(str(folder))
    write(folder, files)
    kept = [str(folder / name) for name, text in files.items() if text is not None]
    porcelain.add(str(folder), kept)
    gone = [str(folder / name) for name, text in files.items() if text is None]
    if gone:
        porcelain.remove(str(folder), gone, cached=True)
    made: bytes = porcelain.commit(str(folder), message=b"change", author=AUTHOR, committer=AUTHOR)
    return made.decode()
