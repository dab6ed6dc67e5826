"""Run samples, compare them with what is expected, bless what is new.

for case in find(Path("samples")):
    problem = compare(case, Plugs(workspace))
"""

import difflib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tocsin.testing import code, logs, world
from tocsin.testing.cases import Case, Sample, find, lay_out
from tocsin.testing.plugs import Plugs

Runner = Callable[[Sample, Plugs], Any]
RUNNERS: Mapping[str, Runner] = {
    "parser": logs.parser,
    "rule": logs.rule,
    "check": code.check,
    "secret": code.secret,
    "scanner": code.scanner,
    "finder": code.finder,
    "enricher": world.enricher,
    "feed": world.feed,
    "source": world.source,
    "sink": world.sink,
    "action": world.action,
    "playbook": world.playbook,
}


def run(case: Case, plugs: Plugs) -> str:
    """Return what a case gives, as stable JSON.

    Raises TocsinError for what its author must mend.
    """
    with tempfile.TemporaryDirectory(prefix="tocsin-sample-") as folder:
        sample = lay_out(case, Path(folder))
        return text(RUNNERS[case.kind](sample, plugs))


def text(value: Any) -> str:
    """Return JSON as out.json holds it.

    Indented by two, not escaped where it need not be.
    """
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def compare(case: Case, plugs: Plugs) -> str:
    """Return how a case differs from its out.json, empty when it does not.

    A quiet case must find nothing.
    """
    given = run(case, plugs)
    if not case.out.is_file():
        return f"{case.id} has no out.json: bless it, and read what it says\n{given}"
    wanted = case.out.read_text(encoding="utf-8")
    if json.loads(given) != json.loads(wanted):
        lines = difflib.unified_diff(
            text(json.loads(wanted)).splitlines(), given.splitlines(), "out.json", "given", lineterm="", n=3
        )
        return f"{case.id} gives something else than its out.json\n" + "\n".join(lines)
    if case.is_quiet and found(json.loads(given)):
        return f"{case.id} is called quiet, and finds something\n{given}"
    return ""


def found(given: Any) -> Any:
    """Return what a case found.

    A scanner that also says what it could not look at puts its findings apart.
    """
    return given["findings"] if isinstance(given, dict) and "findings" in given else given


def bless(cases: Iterable[Case], plugs: Plugs) -> Iterator[Case]:
    """Write what each case gives into its out.json, and yield those that changed."""
    for case in cases:
        given = run(case, plugs)
        if case.out.is_file() and json.loads(case.out.read_text(encoding="utf-8")) == json.loads(given):
            continue
        case.out.write_text(given, encoding="utf-8", newline="\n")
        yield case


def named(samples: Path, names: Iterable[str]) -> Iterator[Case]:
    """Yield the cases that the names ask for; all for no name.

    A name is a plug-in, `kind/plug-in` or a whole id.
    """
    wanted = {name.strip("/").replace("-", "_") for name in names}
    for case in find(samples):
        if not wanted or wanted & {case.plugin, case.kind, f"{case.kind}/{case.plugin}", case.id}:
            yield case
