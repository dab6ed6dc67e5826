"""Pipelines among rule files, and the rules that each is for.

A pipeline in a folder of rules is for the rules of that folder and those below it; one that is named by itself is for
all rules that are named. Our own rules, whose paths are no files' names, are never changed by it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Self

import msgspec

from tocsin.detect.filters import Problem, problem
from tocsin.match.sigma.pipeline import Pipeline, apply_to_chain, is_pipeline, pipeline
from tocsin.match.sigma.rule import Chain, Document, Source, nodes
from tocsin.match.sigma.tree import RuleError

_MARK = re.compile(rb"^(transformations|postprocessing|finalizers|vars)\s*:", re.MULTILINE)
_FOLDER = re.compile(r"[/\\][^/\\]*$")


class FileName(str):
    """The name of a rule file, with the file or folder that was named to read it.

    It stays in the loader: what it makes carries plain names.
    """

    __slots__ = ("root",)

    root: str

    def __new__(cls, name: str, root: str) -> Self:
        """Return a name and its root."""
        made = super().__new__(cls, name)
        made.root = root
        return made


class Pipelines(msgspec.Struct):
    """The pipelines of a set of rule files."""

    found: list[tuple[str, Pipeline]] = []
    problems: list[Problem] = []
    left_out: list[Problem] = []

    def take(self, path: str, raw: bytes) -> None:
        """Take the pipelines of a file, if there are any."""
        if _MARK.search(raw) is None:
            return
        name = str(path)
        for node in nodes(raw):
            if isinstance(node, RuleError) or not is_pipeline(node):
                continue  # an error is told when the file's rules are read
            try:
                made, problems = pipeline(node, name)
            except RuleError as error:
                self.problems.append(problem(error, name))
                continue
            self.found.append((path, made))
            self.problems.extend(problem(one, name) for one in problems)
            self.left_out.extend(
                Problem(path=name, line=node.line, says=f"{what} changes a query's text, and there is no query here")
                for what in made.left_out
            )

    def of(self, path: str) -> Sequence[Pipeline]:
        """Return the pipelines that are for the rules of a file."""
        return [one for beside, one in self.found if _covers(beside, path)] if self.found else ()


def _covers(pipeline_path: str, path: str) -> bool:
    mine, root = getattr(pipeline_path, "root", None), getattr(path, "root", None)
    if mine is not None and root is not None and mine == str(pipeline_path):
        return True
    folder = _folder(pipeline_path)
    return mine == root and (not folder or (path.startswith(folder) and path[len(folder)] in "/\\"))


def _folder(path: str) -> str:
    return _FOLDER.sub("", path) if _FOLDER.search(path) else ""


def chains_through(
    pipelines: Mapping[str, Sequence[Pipeline]], rules: Iterable[Document], chains: Sequence[Chain],
    problems: list[Problem],
) -> list[Chain]:  # fmt: skip
    """Return correlations as their pipelines, found by id, change them.

    One that a pipeline refuses is a problem.
    """
    if not pipelines:
        return list(chains)
    by_name: dict[str, Document] = {}
    for document in (*rules, *chains):
        by_name.update(dict.fromkeys({document.about.id, document.about.name} - {""}, document))
    made = []
    for chain in chains:
        try:
            steps = pipelines.get(chain.about.id)
            made.append(apply_to_chain(steps, chain, _sources(chain, by_name)) if steps else chain)
        except RuleError as error:
            problems.append(problem(error, chain.about.path))
    return made


def _sources(chain: Chain, by_name: Mapping[str, Document]) -> list[Source]:
    """Return the log sources of all rules that a correlation is made of."""
    sources: list[Source] = []
    seen: set[str] = set()
    todo = list(chain.correlation.rules)
    while todo:
        part = by_name.get(todo.pop())
        if part is None or part.about.id in seen:
            continue
        seen.add(part.about.id)
        if isinstance(part, Chain):
            todo.extend(part.correlation.rules)
        else:
            sources.append(part.source)
    return sources
