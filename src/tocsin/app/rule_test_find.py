"""Finding the cases of rules: in their own files, in sample folders beside them, in SigmaHQ's `info.yml`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from tocsin.app.records import Records
from tocsin.app.rule_samples import folders_of
from tocsin.app.rule_test_run import Inline, Regression, Sample, Trial
from tocsin.detect.cases import cases_of
from tocsin.detect.rules import files
from tocsin.match.sigma.rule import nodes
from tocsin.match.sigma.tree import Node, RuleError
from tocsin.model import UserError

INFO = b"regression_tests_info"
LINK = "regression_tests_path"


class Malformed(msgspec.Struct, frozen=True, kw_only=True):
    """A case that is wrong in itself: where, and why."""

    where: str
    says: str
    hint: str = ""


class Absent(msgspec.Struct, frozen=True, kw_only=True):
    """A case whose events are not there."""

    name: str
    where: str
    says: str


Found = Trial | Malformed | Absent


class Files(msgspec.Struct, frozen=True, kw_only=True):
    """What was named to be tested.

    Rule files, and infos of regression cases by where they lie.
    """

    rules: tuple[tuple[str, bytes | str], ...]
    infos: Mapping[str, bytes]
    roots: tuple[Path, ...]


def files_of(paths: Sequence[Path], roots: Sequence[Path] = ()) -> Files:
    """Return the files below paths; raises UserError for a path that is not there."""
    rules: list[tuple[str, bytes | str]] = []
    infos: dict[str, bytes] = {}
    seen: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise UserError(f"{path}: there is no such file or folder", where=str(path))
        for name, raw in files(path):
            real = Path(name).resolve()
            if real in seen:
                continue
            seen.add(real)
            if isinstance(raw, bytes) and INFO in raw and Path(name).stem == "info":
                infos[str(name)] = raw
            else:
                rules.append((name, raw))
    return Files(rules=tuple(rules), infos=infos, roots=(*paths, *roots))


class Finder:
    """The cases of rules: each is yielded with the rule that it is of."""

    def __init__(self, files: Files, records: Records, zoned: Callable[[str], Records]) -> None:
        self._files = files
        self._records = records
        self._zoned = lru_cache(maxsize=8)(zoned)
        self.problems: list[Malformed] = []
        self._by_rule: dict[str, list[tuple[str, Node]]] = {}
        for path, raw in files.infos.items():
            self._take(path, raw)

    @property
    def named(self) -> Sequence[str]:
        """Return the ids of the rules that regression cases name."""
        return list(self._by_rule)

    def of(self, node: Node, path: str, rule: str, own: frozenset[str], *, has_samples: bool) -> Iterator[Found]:
        """Yield the cases of a rule.

        Of its document, of samples beside its file, of regressions that name it.
        """
        for case in cases_of(node):
            if isinstance(case, RuleError):
                yield Malformed(where=f"{path}:{case.line}", says=case.says, hint=case.hint)
            else:
                yield Inline(case, path, self._records)
        if has_samples:
            for folder in folders_of(Path(path)):
                yield Sample(folder, own, self._zoned)
        yield from self._regressions(node, path, rule)

    def of_name(self, rule: str) -> Iterator[Found]:
        """Yield the regression cases that name a rule."""
        for info, node in self._by_rule.get(rule, ()):
            yield from self._tests(info, node)

    def _regressions(self, node: Node, path: str, rule: str) -> Iterator[Found]:
        if rule in self._by_rule:
            yield from self.of_name(rule)
            return
        link = node.map.get(LINK)
        if link is None:
            return
        info = self._resolved(link.text, Path(path))
        if info is None:
            yield Absent(
                name=LINK, where=f"{path}:{link.line}", says=f"{link.text} is not there"
            )  # fmt: skip
            return
        for one in nodes(info.read_bytes()):
            if isinstance(one, RuleError):
                yield Malformed(where=f"{info}:{one.line}", says=one.says, hint=one.hint)
            else:
                yield from self._tests(str(info), one)

    def _take(self, path: str, raw: bytes) -> None:
        for node in nodes(raw):
            try:
                if isinstance(node, RuleError):
                    raise node
                ids = [one.map["id"].text for one in node.map["rule_metadata"].items if "id" in one.map]
                if not ids:
                    raise RuleError("the info names no rule", line=node.line, hint="rule_metadata: [{id: ...}]")
            except KeyError as error:
                says = f"the info has no {error.args[0]!r}"
                self.problems.append(Malformed(where=f"{path}:{getattr(node, 'line', 1)}", says=says))
                continue
            except RuleError as error:
                self.problems.append(Malformed(where=f"{path}:{error.line}", says=error.says, hint=error.hint))
                continue
            for id_ in ids:
                self._by_rule.setdefault(id_, []).append((path, node))

    def _tests(self, info: str, node: Node) -> Iterator[Found]:
        tests = node.map.get("regression_tests_info")
        if tests is None or not tests.items:
            yield Malformed(where=f"{info}:{node.line}", says="the info has no regression_tests_info")
            return
        for place, one in enumerate(tests.items, 1):
            try:
                yield self._regression(info, one, place)
            except RuleError as error:
                yield Malformed(where=f"{info}:{error.line or one.line}", says=error.says, hint=error.hint)

    def _regression(self, info: str, node: Node, place: int) -> Found:
        entries = node.map
        if "path" not in entries:
            raise RuleError("a regression test needs a path", line=node.line)
        name = entries["name"].text if "name" in entries else f"test {place}"
        least = entries["match_count"].scalar if "match_count" in entries else 1
        if isinstance(least, bool) or not isinstance(least, int) or least < 0:
            raise RuleError("match_count is a whole number", line=entries["match_count"].line)
        where = f"{info}:{node.line}"
        text = entries["path"].text
        file = self._resolved(text, Path(info), beside=True)
        if file is None:
            return Absent(name=name, where=where, says=f"{text} is not there")
        return Regression(name, where, file, least, self._records)

    def _resolved(self, text: str, named_in: Path, *, beside: bool = False) -> Path | None:
        """Return the file that a path of SigmaHQ's tree means: below a folder above, or below one that was named."""
        parts = Path(text.replace("\\", "/")).parts
        if ".." in parts or not parts:
            return None
        if beside and (found := named_in.with_name(parts[-1])).is_file():
            return found
        tails = [Path(*parts), Path(*parts[1:])] if len(parts) > 1 else [Path(*parts)]
        for above in (*named_in.resolve().parents, *self._files.roots):
            for tail in tails:
                if (found := above / tail).is_file():
                    return found
        return None
