"""Pytest plug-in: a test is skipped only by a line of tests/may_skip.txt whose condition is true here.

Each line reads `pattern | condition | reason`: the pattern is matched against the test's id (`*` is anything), the
condition is one of tests/conditions.py. A line for all tests (`*`) counts only for skips that name its condition, as
`skip`, the mark `skip_when` and the fixtures do. The summary lists each skip with its reason; with `--strict-skips`,
as in `make check`, a skip that no line allows fails the run. An expected failure is a skip by another name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.conditions import CONDITIONS

LIST = Path(__file__).with_name("may_skip.txt")


@dataclass(frozen=True)
class Allowance:
    """One line of the list: which tests may be skipped, when, and why."""

    pattern: str
    condition: str
    reason: str
    line: int


@dataclass(frozen=True)
class Skip:
    """A test that did not run, and what it said of it."""

    test: str
    says: str


def read(text: str) -> Iterator[Allowance]:
    """Yield the lines of a list; raises ValueError for one that is not `pattern | known condition | reason`."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split(" | ")]
        if len(parts) != 3 or not all(parts):
            raise ValueError(f"line {number}: want `pattern | condition | reason`, got {line!r}")
        if parts[1] not in CONDITIONS:
            raise ValueError(f"line {number}: no condition {parts[1]!r}; known: {', '.join(CONDITIONS)}")
        yield Allowance(parts[0], parts[1], parts[2], number)


def allowed_by(skip: Skip, allowances: Iterable[Allowance], holds: Mapping[str, bool]) -> Allowance | None:
    """Return the line that allows a skip here, None when there is none."""
    for allowance in allowances:
        pattern = allowance.pattern.replace("[", "[[]")  # a test's parameters stand in brackets, a set never does
        named = allowance.pattern != "*" or skip.says.startswith(f"{allowance.condition}:")
        if named and holds[allowance.condition] and fnmatchcase(skip.test, pattern):
            return allowance
    return None


def skip(condition: str, why: str) -> NoReturn:
    """Skip the running test because a condition of tests/conditions.py holds here."""
    pytest.skip(f"{condition}: {why}")


class Skips:
    """What was skipped in this run; with pytest-xdist one stands in each worker, and one collects."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.strict = bool(config.getoption("strict_skips"))
        self.found: dict[str, Skip] = {}
        self.unexpected: list[Skip] = []
        self.holds = {name: condition() for name, condition in CONDITIONS.items()}
        self.allowances = list(read(LIST.read_text(encoding="utf-8")))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a skipped test, and one that failed as expected."""
        if report.skipped:
            self.note(report.nodeid, report.longrepr, getattr(report, "wasxfail", None))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a module that was skipped whole."""
        if report.skipped:
            self.note(report.nodeid, report.longrepr, None)

    def note(self, test: str, longrepr: Any, expected: str | None) -> None:
        """Keep a skip once."""
        says = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
        if expected is not None:
            says = f"expected to fail: {expected}"
        self.found.setdefault(test, Skip(test, says.removeprefix("Skipped: ")))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:  # noqa: ARG002 - the hook's signature
        """Take over what a worker skipped while it collected: workers report only tests by themselves."""
        for test, says in getattr(node, "workeroutput", {}).get("tocsin_skips", []):
            self.found.setdefault(test, Skip(test, says))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand the skips to the collecting process, or judge them there."""
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput["tocsin_skips"] = [(skip.test, skip.says) for skip in self.found.values()]
            return
        self.unexpected = [s for s in self.found.values() if allowed_by(s, self.allowances, self.holds) is None]
        if self.unexpected and self.strict and session.exitstatus in {pytest.ExitCode.OK, None, 0}:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """List each skip with its reason, the unexpected ones last."""
        if not self.found:
            terminalreporter.section("skipped: none")
            return
        terminalreporter.section(f"skipped: {len(self.found)}, of them {len(self.unexpected)} unexpected")
        for skip in sorted(self.found.values(), key=lambda skip: skip.test):
            line = allowed_by(skip, self.allowances, self.holds)
            if line is not None:
                terminalreporter.line(f"{skip.test}: {skip.says} (allowed when {line.condition}: {line.reason})")
        for skip in sorted(self.unexpected, key=lambda skip: skip.test):
            terminalreporter.line(
                f"UNEXPECTED SKIP {skip.test}: {skip.says} (no true line of tests/may_skip.txt)", red=True
            )
        if self.unexpected and self.strict:
            terminalreporter.line(
                "Failed: a skip needs a line in tests/may_skip.txt whose condition is true.", red=True
            )


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--strict-skips`."""
    parser.addoption(
        "--strict-skips", action="store_true", help="fail when a skip is not allowed by tests/may_skip.txt"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Watch the skips of this run."""
    config.addinivalue_line("markers", "skip_when(condition, why): skip where a condition of tests/conditions.py holds")
    config.pluginmanager.register(Skips(config), "tocsin-skips")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test that is marked for a condition which holds here."""
    for mark in item.iter_markers("skip_when"):
        condition, why = mark.args
        if CONDITIONS[condition]():
            skip(condition, why)
