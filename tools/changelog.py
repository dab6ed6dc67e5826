"""Join the fragments of changes/ into CHANGELOG.md at a release: `python tools/changelog.py VERSION`.

A fragment is a file changes/NAME.KIND.md with one line that a user will notice. `--check` only reads them.
"""

import argparse
import datetime as dt
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KINDS = {"added": "Added", "changed": "Changed", "fixed": "Fixed", "removed": "Removed", "security": "Security"}
MARK = "<!-- releases -->\n"


def main() -> int:
    """Join or check the fragments, and return the exit code."""
    parser = argparse.ArgumentParser(description="Join the fragments of changes/ into CHANGELOG.md.")
    parser.add_argument("version", nargs="?", help="the release, such as 0.2.0")
    parser.add_argument("--date", default=dt.datetime.now(dt.UTC).date().isoformat())
    parser.add_argument("--check", action="store_true", help="only say what is wrong with the fragments")
    asked = parser.parse_args()
    fragments = sorted(path for path in (ROOT / "changes").glob("*.md") if path.name != "README.md")
    wrong = [problem for path in fragments if (problem := fault(path.name, path.read_text(encoding="utf-8")))]
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 1
    if asked.check:
        return 0
    if not asked.version or not fragments:
        print("nothing to join" if asked.version else "which version?", file=sys.stderr)
        return 2
    log = ROOT / "CHANGELOG.md"
    entries = [(path.name, path.read_text(encoding="utf-8")) for path in fragments]
    log.write_text(joined(log.read_text(encoding="utf-8"), asked.version, asked.date, entries), encoding="utf-8")
    for path in fragments:
        path.unlink()
    return 0


def fault(name: str, text: str) -> str:
    """Return what is wrong with a fragment, empty when nothing is."""
    kind = name.removesuffix(".md").rpartition(".")[2]
    if kind not in KINDS or name.count(".") < 2:
        return f"changes/{name}: name it NAME.KIND.md, KIND one of {', '.join(KINDS)}"
    if len(text.strip().splitlines()) != 1:
        return f"changes/{name}: one line, for a user to read"
    return ""


def joined(log: str, version: str, date: str, entries: list[tuple[str, str]]) -> str:
    """Return the change log with a release more, newest first."""
    if MARK not in log:
        raise SystemExit(f"CHANGELOG.md has no {MARK.strip()!r}")
    parts = [f"## {version} ({date})\n"]
    for kind, title in KINDS.items():
        lines = [text.strip() for name, text in entries if name.removesuffix(".md").endswith(f".{kind}")]
        if lines:
            parts.append(f"### {title}\n" + "".join(f"- {line}\n" for line in lines))
    return log.replace(MARK, MARK + "\n" + "\n".join(parts), 1)


if __name__ == "__main__":
    sys.exit(main())
