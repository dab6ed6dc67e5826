"""Loading rules: files and folders of Sigma documents into one set whose correlations know their parts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from tocsin.detect.filters import Problem, filtered, problem
from tocsin.match.sigma.correlation import Correlation
from tocsin.match.sigma.placeholder import NO_FILLS, Fills
from tocsin.match.sigma.rule import About, Chain, Document, Filter, Rule, read
from tocsin.match.sigma.tree import RuleError

MAX_FILES = 200_000
MAX_CHAIN = 16  # correlations over correlations over ...


class RuleSet(msgspec.Struct, frozen=True, kw_only=True):
    """Rules that belong together.

    `rules` are what a matcher runs; `chains` the correlations, each after those it is made of. `parts` tells for each
    chain, by its index, what its rules are: an index into `rules`, or `len(rules)` and more for a chain. `silent` are
    the numbers of those that only serve correlations and make no findings of their own.
    """

    rules: tuple[Rule, ...] = ()
    chains: tuple[Chain, ...] = ()
    parts: tuple[tuple[int, ...], ...] = ()
    silent: frozenset[int] = frozenset()
    problems: tuple[Problem, ...] = ()

    def document(self, number: int) -> Document:
        """Return the rule or chain of a number."""
        return self.rules[number] if number < len(self.rules) else self.chains[number - len(self.rules)]

    @property
    def telling(self) -> list[int]:
        """Return the numbers of the rules and chains that make findings."""
        return [number for number in range(len(self.rules) + len(self.chains)) if number not in self.silent]


def load(sources: Iterable[Path], fills: Fills = NO_FILLS) -> RuleSet:
    """Return the rules of files and folders, with their placeholders filled.

    What cannot be loaded is a problem of the set, and the rest goes on.
    """
    return together((entry for path in sources for entry in files(path)), fills)


def files(path: Path) -> Iterator[tuple[str, bytes | str]]:
    """Yield each rule file of a folder (or the one file).

    Its name, and its bytes or why it cannot be read.
    """
    found = sorted(p for p in path.rglob("*") if p.suffix in {".yml", ".yaml"}) if path.is_dir() else [path]
    for file in found[:MAX_FILES]:
        if not file.is_file():  # a pipe would never end
            yield str(file), "cannot be read: it is no file"
            continue
        try:
            yield str(file), file.read_bytes()
        except OSError as error:
            yield str(file), f"cannot be read: {error.strerror or error}"


def together(sources: Iterable[tuple[str, bytes | str]], fills: Fills = NO_FILLS) -> RuleSet:
    """Return one set of rules from files' names and bytes.

    `fills` are values of placeholders by name.
    """
    rules: list[Rule] = []
    chains: list[Chain] = []
    filters: list[Filter] = []
    problems: list[Problem] = []
    taken: dict[str, About] = {}
    for path, raw in sources:
        if isinstance(raw, str):
            problems.append(Problem(path=path, line=0, says=raw))
            continue
        for found in read(raw, path, fills):
            if isinstance(found, RuleError):
                problems.append(problem(found, path))
            elif double := _twice(found, taken):
                problems.append(double)
            elif isinstance(found, Rule):
                rules.append(found)
            elif isinstance(found, Chain):
                chains.append(found)
            else:
                filters.append(found)
    return _linked(filtered(rules, chains, filters, problems, fills), chains, problems)


def _twice(found: Document | Filter, taken: dict[str, About]) -> Problem | None:
    about = found.about
    for name in sorted({about.id, about.name} - {""}):
        if name in taken:
            other = taken[name]
            says = f"another rule is called {name!r} already, in {other.path}, line {other.line}"
            return Problem(path=about.path, line=about.line, says=says, hint="give each document an id of its own")
    taken.update(dict.fromkeys({about.id, about.name} - {""}, about))
    return None


def _linked(rules: Sequence[Rule], chains: Sequence[Chain], problems: list[Problem]) -> RuleSet:
    names: dict[str, Document] = {}
    documents: list[Document] = [*rules, *chains]
    for document in documents:
        names.update(dict.fromkeys({document.about.id, document.about.name} - {""}, document))
    ordered = _ordered(chains, names, problems)
    documents = [*rules, *ordered]
    numbers = {document.about.id: number for number, document in enumerate(documents)}
    parts = tuple(tuple(numbers[names[name].about.id] for name in chain.correlation.rules) for chain in ordered)
    used: set[int] = set()
    told: set[int] = set()
    for chain, its in zip(ordered, parts, strict=True):
        (told if chain.correlation.generate else used).update(its)
    return RuleSet(
        rules=tuple(rules),
        chains=tuple(ordered),
        parts=parts,
        silent=frozenset(used - told),
        problems=tuple(problems),
    )


def _ordered(chains: Sequence[Chain], names: Mapping[str, Document], problems: list[Problem]) -> list[Chain]:
    """Return the chains that can be evaluated, each after its parts; the others become problems."""
    done: dict[str, Chain] = {}
    waiting = list(chains)
    for _ in range(MAX_CHAIN):
        ready = [chain for chain in waiting if all(_is_ready(names.get(n), done) for n in chain.correlation.rules)]
        if not ready:
            break
        done.update((chain.about.id, chain) for chain in ready)
        waiting = [chain for chain in waiting if chain.about.id not in done]
    problems.extend(_unlinked(chain, names) for chain in waiting)
    return list(done.values())


def _is_ready(document: Document | None, done: Mapping[str, Chain]) -> bool:
    return isinstance(document, Rule) or (document is not None and document.about.id in done)


def _unlinked(chain: Chain, names: Mapping[str, Document]) -> Problem:
    about = chain.about
    correlation: Correlation = chain.correlation
    missing = [name for name in correlation.rules if name not in names]
    if missing:
        says = f"the correlation names {missing[0]!r}, which is no rule that was loaded"
        return Problem(path=about.path, line=correlation.line, says=says, hint="name a rule's id or name")
    says = "the correlation is made of itself, or of one that cannot be loaded"
    return Problem(path=about.path, line=correlation.line, says=says)
