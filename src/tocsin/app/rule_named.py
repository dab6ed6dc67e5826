"""The rule that a person names: by id or name among those in force, or by the path of its file."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

import msgspec

from tocsin.app.rules import builtin_sources
from tocsin.detect.filters import Problem
from tocsin.detect.outline import Outlines
from tocsin.detect.rules import RuleSet, files, together
from tocsin.detect.subset import number_of
from tocsin.match.sigma.placeholder import Fills, of_estate
from tocsin.match.sigma.rule import Document
from tocsin.model import UserError
from tocsin.runtime.workspace import Workspace

Source = tuple[str, bytes | str]


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, the set that it stands in, and what its file says."""

    rules: RuleSet
    number: int
    outlines: Outlines
    sources: tuple[Source, ...]

    @property
    def document(self) -> Document:
        """Return the rule or correlation."""
        return self.rules.document(self.number)


def named(name: str, workspace: Workspace, folders: Sequence[Path] = ()) -> Named:
    """Return the rule of an id, a name or a file.

    Raises UserError for one that is not there or cannot be loaded.
    """
    fills = of_estate(workspace.estate)
    in_force = in_force_of([*workspace.rule_folders, *folders])
    if is_file(name):
        return _of_file(Path(name), in_force, fills)
    rules = together(in_force, fills)
    number = number_of(rules, name)
    if number is None:
        raise _unknown(name, rules, in_force)
    return Named(rules=rules, number=number, outlines=Outlines(in_force, fills), sources=tuple(in_force))


def is_file(name: str) -> bool:
    """Return whether a name is the path of a rule file."""
    return name.endswith((".yml", ".yaml")) and Path(name).is_file()


def in_force_of(folders: Sequence[Path]) -> list[Source]:
    """Return the files of our own rules and of folders.

    Raises UserError for a folder that is not there.
    """
    found: list[Source] = list(builtin_sources())
    for folder in folders:
        if not folder.exists():
            raise UserError(f"{folder}: there is no such file or folder of rules", where=str(folder))
        found.extend(files(folder))
    return found


def _of_file(path: Path, in_force: Sequence[Source], fills: Fills) -> Named:
    """Return the first rule of a file that tells; rules of others complete its correlations."""
    mine = list(files(path))
    real = path.resolve()
    others = [one for one in in_force if not _is(str(one[0]), real)]
    problems: Sequence[Problem] = ()
    for sources in (mine, [*mine, *others]):
        rules = together(sources, fills)
        problems = rules.problems
        own = [number for number in _numbers(rules) if rules.document(number).about.path == str(path)]
        telling = [number for number in own if number not in rules.silent] or own
        if telling:
            return Named(
                rules=rules, number=telling[0], outlines=Outlines(sources, fills), sources=tuple(sources)
            )  # fmt: skip
    problem = next((one for one in problems if one.path == str(path)), None)
    if problem is None:
        raise UserError(f"{path}: there is no rule in it", where=str(path))
    raise _problem(problem)


def _is(path: str, real: Path) -> bool:
    return Path(path).name == real.name and Path(path).exists() and Path(path).resolve() == real


def _numbers(rules: RuleSet) -> range:
    return range(len(rules.rules) + len(rules.chains))


def _unknown(name: str, rules: RuleSet, sources: Sequence[Source]) -> UserError:
    raws = {str(path): raw for path, raw in sources}
    for problem in rules.problems:
        raw = raws.get(problem.path, b"")
        if isinstance(raw, bytes) and name.encode("utf-8", "surrogateescape") in raw:
            return _problem(problem)
    ids = [rules.document(number).about.id for number in _numbers(rules)]
    near = get_close_matches(name, ids, 1)
    hint = f"did you mean {near[0]!r}?" if near else "--rules DIR names a folder of rules; a rule file may be named too"
    return UserError(f"there is no rule {name!r} among those in force", hint=hint)


def _problem(problem: Problem) -> UserError:
    place = f"{problem.path}:{problem.line}" if problem.line else problem.path
    return UserError(f"{place}: {problem.says}", where=place, hint=problem.hint)
