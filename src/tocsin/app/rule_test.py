"""Testing rules: the cases of each run, what failed and which part of the rule decided: the journey of `rule test`."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from time import perf_counter

import msgspec

from tocsin.app.explain_event import mask
from tocsin.app.records import Records
from tocsin.app.rule_named import in_force_of
from tocsin.app.rule_test_find import LINK, Absent, Files, Finder, Found, Malformed, files_of
from tocsin.app.rule_test_mutate import Mutated, mutated
from tocsin.app.rule_test_run import Trial, diagnosis
from tocsin.detect.outline import Outlines
from tocsin.detect.rules import RuleSet, together
from tocsin.detect.say import Line
from tocsin.detect.subset import subset
from tocsin.match.sigma.placeholder import of_estate
from tocsin.match.sigma.rule import About, Rule
from tocsin.match.sigma.tree import Node
from tocsin.model import UserError
from tocsin.runtime.workspace import Workspace

SIGNS = (b"tests", LINK.encode())


class State(StrEnum):
    """How a case ended."""

    PASSED = "passed"
    FAILED = "failed"
    MALFORMED = "malformed"
    UNREAD = "could not look"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One case: how it ended, and where it did not pass, why.

    In a sentence, and part by part.
    """

    name: str
    kind: str
    where: str
    state: State
    says: str = ""
    why: str = ""
    hint: str = ""
    lines: tuple[Line, ...] = ()
    seconds: float = 0.0


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, its cases, and the changes of it that no case notices."""

    rule: str
    title: str
    path: str
    line: int
    cases: tuple[Outcome, ...]
    mutants: Mutated | None = None


class Untested(msgspec.Struct, frozen=True, kw_only=True):
    """A rule without a case."""

    rule: str
    title: str
    path: str


class Unloaded(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that could not be loaded, and why."""

    path: str
    line: int
    why: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that was tested, and what was not."""

    rules: tuple[Tried, ...]
    untested: tuple[Untested, ...]
    unloaded: tuple[Unloaded, ...]
    malformed: tuple[Malformed, ...]

    def count(self, state: State) -> int:
        """Return how many cases ended so."""
        alone = len(self.malformed) if state is State.MALFORMED else 0
        return alone + sum(case.state is state for rule in self.rules for case in rule.cases)

    @property
    def code(self) -> int:
        """Return the exit code: 2 malformed, 1 failed, 3 could not look, 0 all passed."""
        if self.count(State.MALFORMED):
            return 2
        if self.count(State.FAILED):
            return 1
        return 3 if self.unloaded or self.count(State.UNREAD) else 0


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to test.

    These are rule files and regression cases, with other rules to look in, and whether to change the rules.
    """

    paths: tuple[Path, ...]
    folders: tuple[Path, ...] = ()
    mutate: bool = False


def rule_test(request: Request, workspace: Workspace, each: Callable[[Tried], None] | None = None) -> Report:
    """Return how the cases of rules ended.

    `each` is called with every rule that has some.

    Raises UserError for a path that is not there.
    """
    return _Testing(request, workspace).run(each)


class _Testing:
    def __init__(self, request: Request, workspace: Workspace) -> None:
        self.request = request
        self.files: Files = files_of(request.paths, request.folders)
        if not self.files.rules and not self.files.infos:
            named = ", ".join(map(str, request.paths))
            raise UserError(f"{named}: there is no rule in it", hint="name rule files, or folders of them")
        self.fills = of_estate(workspace.estate)
        self.sources = [*self.files.rules, *self._others([*request.folders, *workspace.rule_folders])]
        self.rules: RuleSet = together(self.sources, self.fills)
        self.outlines = Outlines(self.sources, self.fills)
        self.finder = Finder(self.files, Records(workspace), lambda tz: Records(workspace, tz=tz))
        self.mask = mask()

    def _others(self, folders: Sequence[Path]) -> Iterator[tuple[str, bytes | str]]:
        mine = {Path(path).resolve() for path, _ in self.files.rules}
        for path, raw in in_force_of(folders):
            if not hasattr(path, "root") or Path(path).resolve() not in mine:
                yield path, raw

    def run(self, each: Callable[[Tried], None] | None) -> Report:
        tested: list[Tried] = []
        untested: list[Untested] = []
        for number, about in self._under_test():
            trials = list(self._cases(number, about))
            if not trials and number in self.rules.silent:
                continue  # a part of a correlation, which is tested with it
            if not trials:
                untested.append(Untested(rule=about.id, title=about.title, path=about.path))
                continue
            one = self._tested(number, about, trials)
            tested.append(one)
            if each is not None:
                each(one)
        return Report(
            rules=tuple(tested), untested=tuple(untested), unloaded=tuple(self._unloaded()),
            malformed=tuple(self.finder.problems),
        )  # fmt: skip

    def _under_test(self) -> Iterator[tuple[int, About]]:
        """Yield the rules of the files that were named, and those that their regression cases name."""
        mine = {str(path) for path, _ in self.files.rules}
        named = set(self.finder.named)
        for number in range(len(self.rules.rules) + len(self.rules.chains)):
            about = self.rules.document(number).about
            if about.id in named or about.path in mine:
                yield number, about

    def _cases(self, number: int, about: About) -> Iterator[Found]:
        node = self._node(about)
        if node is None:
            yield from self.finder.of_name(about.id)
            return
        is_silent = number in self.rules.silent
        own = frozenset({about.id})
        yield from self.finder.of(node, about.path, about.id, own, has_samples=not is_silent)

    def _node(self, about: About) -> Node | None:
        return self.outlines.node(about.path, about.line)

    def _unloaded(self) -> Iterator[Unloaded]:
        mine = {str(path) for path, _ in self.files.rules}
        for problem in self.rules.problems:
            if problem.path in mine:
                yield Unloaded(path=problem.path, line=problem.line, why=f"{problem.says}")
        known = {about.id for _, about in self._under_test()}
        for name in self.finder.named:
            if name not in known:
                yield Unloaded(path=name, line=0, why="a regression case names this rule, and it was not loaded")

    def _tested(self, number: int, about: About, found: Sequence[Found]) -> Tried:
        rules = subset(self.rules, [number])
        outcomes = [self._outcome(one, rules) for one in found]
        changes = None
        if self.request.mutate:
            passed = [
                one for one, outcome in zip(found, outcomes, strict=True)
                if outcome.state is State.PASSED and not isinstance(one, Malformed | Absent)
            ]  # fmt: skip
            changes = mutated(rules, self.outlines, passed, self.fills) if passed else None
        return Tried(
            rule=about.id, title=about.title, path=about.path, line=about.line, cases=tuple(outcomes), mutants=changes
        )

    def _outcome(self, one: Found, rules: RuleSet) -> Outcome:
        if isinstance(one, Malformed):
            return Outcome(
                name="", kind="inline", where=one.where, state=State.MALFORMED, says=one.says, hint=one.hint
            )  # fmt: skip
        if isinstance(one, Absent):
            return Outcome(name=one.name, kind="regression", where=one.where, state=State.UNREAD, says=one.says)
        start = perf_counter()
        try:
            verdict = one.run(rules)
        except UserError as error:
            return Outcome(name=one.name, kind=one.kind, where=one.where, state=State.UNREAD, says=error.says)
        why, lines = ("", ()) if verdict.passed else self._why(one, rules)
        return Outcome(
            name=one.name, kind=one.kind, where=one.where, state=State.PASSED if verdict.passed else State.FAILED,
            says=verdict.says, why=why, lines=lines, seconds=round(perf_counter() - start, 6),
        )  # fmt: skip

    def _why(self, one: Trial, rules: RuleSet) -> tuple[str, tuple[Line, ...]]:
        last = rules.document(len(rules.rules) + len(rules.chains) - 1)
        part = self.outlines.of(last) if isinstance(last, Rule) else None
        return diagnosis(one, rules, part, self.mask)
