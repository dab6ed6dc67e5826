"""The peers' side of peers_agree.py: runs in a peer's own environment, and imports nothing of ours.

    python _peers.py zircolite|pysigma|azuma JOB ANSWER

JOB names rules (id to YAML) and files of events; ANSWER tells which rules the peer refuses, which it loses in which
file, which rows match, and for `zircolite` the rows that it made of the events and which rows its log sources take.
"""

import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

PROBE = "sel:\n    row_id|gte: 0\n  condition: sel\n"


def main() -> None:
    """Answer one job."""
    peer, job, answer = sys.argv[1], json.loads(Path(sys.argv[2]).read_text("utf-8")), Path(sys.argv[3])
    answer.write_text(json.dumps({"zircolite": zircolite, "pysigma": pysigma, "azuma": azuma}[peer](job)), "utf-8")


def zircolite(job: dict[str, Any]) -> dict[str, Any]:
    """Match as Zircolite does: its flat rows, one table a file, SQL of the pipelines for Sysmon and for channels."""
    from sigma.backends.sqlite import sqliteBackend
    from sigma.pipelines.sysmon import sysmon_pipeline
    from sigma.pipelines.windows import windows_logsource_pipeline
    from zargunlite.core import ZargunCore
    from zargunlite.preprocess import flatten_json, mapping_field

    backend = sqliteBackend(sysmon_pipeline() + windows_logsource_pipeline())
    queries, refused = converted(backend, job["rules"])
    gates, _ = converted(backend, {name: probe(source) for name, source in job["sources"].items()})
    lost: dict[str, list[str]] = {}
    matches, mended, seen, rows = [], [], [], {}
    for name, file in job["files"].items():
        events = [json.loads(line) for line in Path(file).read_text("utf-8").splitlines()]
        rows[name] = [mapping_field(flatten_json(event)) for event in events]
        with ZargunCore() as core:
            base = core._db_connection  # noqa: SLF001  # its own method hides which column is missing
            core.load_data(rows[name], strict_field_name=False)
            for rule, sqls in queries.items():
                found, error = asked(base, sqls)
                matches += [[rule, name, row - 1] for row in found]
                if error:
                    lost.setdefault(rule, []).append(name)
            for source, sqls in gates.items():
                seen += [[source, name, row - 1] for row in asked(base, sqls)[0]]
            for rule in (rule for rule, files in lost.items() if files[-1] == name):
                found = completed(base, queries[rule])
                mended += [[rule, name, row - 1] for row in found]
    return {"refused": refused, "lost": lost, "matches": matches, "mended": mended, "gates": seen, "rows": rows}


def pysigma(job: dict[str, Any]) -> dict[str, Any]:
    """Match by pySigma's own SQL over rows that are given: no pipeline, each column there, keywords in `raw`."""
    from sigma.backends.sqlite import sqliteBackend

    queries, refused = converted(sqliteBackend(collate_nocase=True, fulltext_field="raw"), job["rules"])
    matches, lost = [], {}
    for name, file in job["files"].items():
        events = [json.loads(line) for line in Path(file).read_text("utf-8").splitlines()]
        base = table(events, job["fields"])
        for rule, sqls in queries.items():
            found, error = asked(base, sqls)
            matches += [[rule, name, row - 1] for row in found]
            if error:
                lost.setdefault(rule, []).append(error)
    return {"refused": refused, "lost": lost, "matches": matches}


def azuma(job: dict[str, Any]) -> dict[str, Any]:
    """Match by azuma's own evaluator, each rule over the rows that are its own."""
    from azuma import Rule

    rules: dict[str, Any] = {}
    refused: dict[str, str] = {}
    failed: dict[str, str] = {}
    matches = []
    for name, text in job["rules"].items():
        try:
            rules[name] = Rule.model_validate_yaml(text)
        except Exception as error:  # noqa: BLE001  # a peer may fail in any way, and that is an answer
            refused[name] = f"{type(error).__name__}: {str(error).splitlines()[0][:100]}"
    for name, file in job["files"].items():
        for row, line in enumerate(Path(file).read_text("utf-8").splitlines()):
            event = json.loads(line)
            fields = {key: value for key, value in event.items() if key != "raw"}
            for rule in job["asked"].get(name, {}).get(str(row), ()):
                if rule not in rules:
                    continue
                try:
                    if rules[rule].match(fields):
                        matches.append([rule, name, row])
                except Exception as error:  # noqa: BLE001  # as above
                    failed.setdefault(rule, f"{type(error).__name__}: {str(error)[:100]}")
    return {"refused": refused, "lost": failed, "matches": matches}


def converted(backend: Any, rules: dict[str, str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return the queries of rules, and why others have none."""
    from sigma.collection import SigmaCollection

    queries, refused = {}, {}
    for name, text in rules.items():
        try:
            queries[name] = [
                sql.replace("<TABLE_NAME>", "logs") for sql in backend.convert(SigmaCollection.from_yaml(text))
            ]
        except Exception as error:  # noqa: BLE001  # a peer may fail in any way, and that is an answer
            refused[name] = f"{type(error).__name__}: {str(error).splitlines()[0][:100]}"
    return queries, refused


def probe(source: dict[str, str]) -> str:
    """Return a rule that asks for a log source and for nothing else."""
    words = "".join(f"\n  {key}: {value}" for key, value in source.items() if value)
    return f"title: probe\nlogsource:{words}\ndetection:\n  {PROBE}"


def asked(base: sqlite3.Connection, sqls: list[str]) -> tuple[set[int], str]:
    """Return the rows that queries find, and what the database says against one."""
    found: set[int] = set()
    for sql in sqls:
        try:
            found |= {row["row_id"] for row in base.execute(sql)}
        except sqlite3.Error as error:
            return found, str(error)[:100]
    return found, ""


def completed(base: sqlite3.Connection, sqls: list[str]) -> set[int]:
    """Return the rows that queries find once the columns that they lack are there, empty."""
    while True:
        found, error = asked(base, sqls)
        missing = error.partition("no such column: ")[2]
        if not missing:
            return found
        base.execute(f"ALTER TABLE logs ADD COLUMN `{missing}` TEXT COLLATE NOCASE")


def table(events: list[dict[str, Any]], fields: list[str]) -> sqlite3.Connection:
    """Return a database with a column for each field: numbers where all values are, else texts without case."""
    import re

    base = sqlite3.connect(":memory:")
    base.row_factory = sqlite3.Row
    base.create_function("regexp", 2, lambda form, text: text is not None and re.search(form, str(text)) is not None)
    fields = list({field.lower(): field for field in fields}.values())  # names of columns are compared without case
    whole = {f for f in fields if all(type(e[f]) is int for e in events if f in e) and any(f in e for e in events)}
    base.execute(
        "CREATE TABLE logs (row_id INTEGER PRIMARY KEY, `raw` TEXT COLLATE NOCASE"
        + "".join(f", `{f}` {'INTEGER' if f in whole else 'TEXT COLLATE NOCASE'}" for f in fields)
        + ")"
    )
    for number, event in enumerate(events, 1):
        names = list({name.lower(): name for name in event}.values())
        marks = ", ".join("?" * (len(names) + 1))
        columns = ", ".join(f"`{name}`" for name in ("row_id", *names))
        insert = f"INSERT INTO logs ({columns}) VALUES ({marks})"  # noqa: S608  # names of columns take no parameter
        base.execute(insert, (number, *(event[name] for name in names)))
    return base


if __name__ == "__main__":
    main()
