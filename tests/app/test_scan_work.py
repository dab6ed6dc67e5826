"""Plug-ins that hang, crash or raise on one record or file: that one is named, and everything else arrives."""

from io import BytesIO
from pathlib import Path

import pytest

from tests.app.made import SHELL, failures
from tocsin.app import trust
from tocsin.app.scan import Scanned, scan
from tocsin.app.scan_looked import Limits, Request
from tocsin.model import PluginError
from tocsin.runtime import workspace

QUICK = Limits(job=2.0, record=0.5)
PARSER = '''"""A parser that misbehaves when a record tells it to."""

import faulthandler
import os
import re

from tocsin.kit import Batch, Chunk, LogSource, Wanted, lines, parser

READER = lines(
    r"(?P<time>\\d{4}-\\d\\d-\\d\\dT\\S+) odd (?P<source__ip>\\S+) (?P<message>.*)",
    what="odd",
    logsource=LogSource(services=frozenset({"odd"})),
    clock="iso",
)
SLOW = re.compile(r"(a+)+$")


@parser(frame="lines", what="odd", looks=r"\\d{4}-\\d\\d-\\d\\dT\\S+ odd ")
def odd(chunk: Chunk, wanted: Wanted) -> Batch:
    """Return the records, unless one of them is evil."""
    for text in chunk.texts:
        if text.endswith("HANG"):
            SLOW.match("a" * 60 + "b")
        elif text.endswith("ABORT"):
            faulthandler.disable()
            os.abort()
        elif text.endswith("RAISE"):
            raise KeyError("password=Hunter2Hunter2")
        elif text.endswith("MEMORY"):
            raise MemoryError
        elif text.endswith("LOSE"):
            return Batch(tables=[], rest=[], refused=[])
    return READER.read(chunk)
'''
CHECK = '''"""A check that hangs on a name."""

import ast
import re
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

SLOW = re.compile(r"(a+)+$")


@check(nodes=("FunctionDef",), title="t", severity="low", confidence="low", cwe=1, remedy="r")
def code_odd(node: ast.FunctionDef, module: Module) -> Iterator[Finding]:
    """Hang on a function that is called so."""
    if node.name == "hang":
        SLOW.match("a" * 60 + "b")
    yield module.finding(node, "a function")
'''
SCANNER = '''"""A scanner that hangs on a file and raises at another."""

import re
from collections.abc import Iterator

from tocsin.kit import scanner
from tocsin.kit.project import Project
from tocsin.model import Finding

SLOW = re.compile(r"(a+)+$")


@scanner(title="t", rules=("odd",), files=("odd*.txt",))
def odd_files(project: Project) -> Iterator[Finding]:
    """Find nothing, in its own way."""
    for path in project.files:
        if path.endswith("odd_hang.txt"):
            SLOW.match("a" * 60 + "b")
        if path.endswith("odd_raise.txt"):
            raise ZeroDivisionError
    return iter(())
'''


@pytest.fixture
def team(home: Path) -> Path:
    """Return a workspace, beside the folder that is scanned."""
    folder = home / "team"
    (folder / "plugins").mkdir(parents=True)
    (folder / "tocsin.toml").write_text("")
    return folder


def look(team: Path, *paths: Path) -> Scanned:
    trust.pin(team, trust.standing(team))
    request = Request(paths=tuple(map(str, paths)), workspace=workspace.read(team), workers=1, limits=QUICK)
    return scan(request, stdin=BytesIO(), progress=lambda *_: None)


def test_each_evil_record_is_named_and_all_others_are_parsed(team: Path) -> None:
    (team / "plugins" / "odd.py").write_text(PARSER)
    log = team.parent / "odd.log"
    words = [f"fine {n}" for n in range(12)]
    words[2], words[5], words[6], words[9] = "HANG", "ABORT", "RAISE", "MEMORY"
    log.write_text("".join(f"2026-01-02T03:04:05Z odd 192.0.2.1 {word}\n" for word in words))
    other = team.parent / "auth.log"
    other.write_text(failures(40, "192.0.2.7"))
    told = look(team, log, other)
    missed = {m.record: m.why for m in told.result.coverage.not_looked_at}
    assert missed == {
        3: "took longer than 0.5 seconds",
        6: "ended its worker process",
        7: missed[7],
        10: "needs more memory than there is",
    }
    assert missed[7].startswith("KeyError: 'password=")
    assert "Hunter2" not in missed[7]
    assert [i.parsed for i in told.detail.inputs if i.path == str(log)] == [8]
    assert "ssh-guessing" in {f.rule for f in told.result.findings}
    assert told.code == 3


def test_a_parser_that_loses_records_is_caught(team: Path) -> None:
    (team / "plugins" / "odd.py").write_text(PARSER)
    log = team.parent / "odd.log"
    log.write_text("".join(f"2026-01-02T03:04:05Z odd 192.0.2.1 {word}\n" for word in ("a", "LOSE", "b")))
    told = look(team, log)
    assert [(m.record, m.why) for m in told.result.coverage.not_looked_at] == [
        (2, "parser odd was given 1 records and accounts for 0")
    ]


def test_a_check_that_hangs_costs_its_file_only(team: Path) -> None:
    (team / "plugins" / "code_odd.py").write_text(CHECK)
    code = team.parent / "code"
    code.mkdir()
    (code / "a.py").write_text(SHELL)
    (code / "b.py").write_text("def hang():\n    pass\n")
    (code / "c.py").write_text(SHELL + "def fine():\n    pass\n")
    told = look(team, code)
    assert [(Path(m.path).name, m.why) for m in told.result.coverage.not_looked_at] == [
        ("b.py", "took longer than 2 seconds")
    ]
    found = {(f.rule, Path(place.path).name) for f in told.result.findings for place in f.where}
    assert {("code-shell", "a.py"), ("code-shell", "c.py"), ("code-odd", "c.py")} <= found


def test_a_scanner_that_hangs_or_raises_costs_its_files_only(team: Path) -> None:
    (team / "plugins" / "odd_files.py").write_text(SCANNER)
    code = team.parent / "code"
    code.mkdir()
    for name in ("odd_fine.txt", "odd_hang.txt", "odd_raise.txt"):
        (code / name).write_text("x\n")
    (code / "requirements.txt").write_text("requests\n")
    told = look(team, code)
    missed = {Path(m.path).name: m.why for m in told.result.coverage.not_looked_at}
    assert missed["odd_hang.txt"] == "odd_files: took longer than 0.5 seconds"
    assert missed["odd_raise.txt"].startswith("odd_files: ZeroDivisionError")
    assert "odd_fine.txt" not in missed
    assert "dep-unpinned" in {f.rule for f in told.result.findings}


@pytest.mark.parametrize(
    "evil", ["raise ZeroDivisionError('what')", "import no_such_module_anywhere", "raise SystemExit(0)"]
)
def test_a_plug_in_that_cannot_be_loaded_ends_neither_the_parent_nor_in_a_traceback(team: Path, evil: str) -> None:
    (team / "plugins" / "odd.py").write_text(PARSER + f"\n{evil}\n")
    log = team.parent / "auth.log"
    log.write_text(failures(40, "192.0.2.7"))
    with pytest.raises(PluginError, match=r"odd\.py: cannot be loaded|ends as soon as it starts"):
        look(team, log)


def test_a_plug_in_that_is_no_python_is_named_and_the_rest_goes_on(team: Path) -> None:
    (team / "plugins" / "odd.py").write_text(PARSER + "\n1 +\n")
    log = team.parent / "auth.log"
    log.write_text(failures(40, "192.0.2.7"))
    told = look(team, log)
    assert ["plug-in not run" in m.why for m in told.result.coverage.not_looked_at] == [True]
    assert "ssh-guessing" in {f.rule for f in told.result.findings}
