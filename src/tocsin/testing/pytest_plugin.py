"""The pytest plug-in: `pytest --tocsin-samples samples/` makes a test of each sample.

`--tocsin-bless` writes the expectations instead of comparing. The workspace is the folder that holds the samples unless
`--tocsin-workspace` names another.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tocsin.model import TocsinError
from tocsin.testing.cases import Case, case_at, find
from tocsin.testing.plugs import Plugs

_FOLDER = pytest.StashKey[Path]()
_PLUGS = pytest.StashKey[Plugs]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of samples."""
    group = parser.getgroup("tocsin", "samples of Tocsin's plug-ins")
    group.addoption("--tocsin-samples", metavar="DIR", help="run the samples below DIR: <kind>/<plug-in>/<case>/in.*")
    group.addoption("--tocsin-workspace", metavar="DIR", help="the workspace whose plugins/ and rules/ are used")
    group.addoption("--tocsin-bless", action="store_true", help="write out.json instead of comparing with it")


def pytest_configure(config: pytest.Config) -> None:
    """Take the folder of samples among what is collected."""
    named = config.getoption("--tocsin-samples")
    if not named:
        return
    folder = (config.invocation_params.dir / named).resolve()
    workspace = config.getoption("--tocsin-workspace")
    config.stash[_FOLDER] = folder
    config.stash[_PLUGS] = Plugs((config.invocation_params.dir / workspace).resolve() if workspace else folder.parent)
    given = config.args_source is pytest.Config.ArgsSource.ARGS
    config.args = [*(config.args if given else ()), str(folder)]


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Make a collector of the folder of samples and of what lies in it."""
    folder = parent.config.stash.get(_FOLDER, None)
    if folder is None or not path.is_relative_to(folder):
        return None
    return SampleFolder.from_parent(parent, path=path)


class SampleFolder(pytest.Directory):
    """A folder of samples, of one kind or of one plug-in, or a case."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Yield the cases below, as tests."""
        folder = self.config.stash[_FOLDER]
        case = case_at(folder, self.path)
        if case is not None:
            yield SampleItem.from_parent(self, name=case.name, case=case)
            return
        if self.path == folder:
            try:
                next(find(folder), None)
            except TocsinError as error:
                raise self.CollectError(error.says) from error
        for path in sorted(p for p in self.path.iterdir() if p.is_dir() and not p.name.startswith((".", "__"))):
            yield SampleFolder.from_parent(self, path=path)


class SampleItem(pytest.Item):
    """One sample, run and compared with its out.json, or blessed."""

    def __init__(self, *, case: Case, **words: Any) -> None:
        super().__init__(**words)
        self.case = case

    def runtest(self) -> None:
        """Run the sample; fails with the difference."""
        from tocsin.testing import samples

        plugs = self.config.stash[_PLUGS]
        try:
            if self.config.getoption("--tocsin-bless"):
                list(samples.bless([self.case], plugs))
                return
            problem = samples.compare(self.case, plugs)
        except TocsinError as error:
            problem = f"{error.says}\n{error.hint}".strip()
        if problem:
            pytest.fail(problem, pytrace=False)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the case's folder and id."""
        return self.case.folder, None, self.case.id
