"""Loading rules: files and folders of Sigma documents into one set whose correlations know their parts."""

import codecs
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from tocsin.detect.filters import Problem, filtered, problem
from tocsin.detect.pipelines import FileName, Pipelines, chains_through
from tocsin.match.sigma.correlation import Correlation
from tocsin.match.sigma.pipeline import Pipeline, apply, is_pipeline
from tocsin.match.sigma.placeholder import NO_FILLS, Fills
from tocsin.match.sigma.rule import About, Chain, Document, Draft, Filter, Rule, document, draft, nodes
from tocsin.match.sigma.tree import MAX_BYTES, Node, RuleError

MAX_FILES = 200_000
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
MAX_CHAIN = 16  # correlations over correlations over ...


class RuleSet(msgspec.Struct, frozen=True, kw_only=True):
    """Rules that belong together.

    `rules` are what a matcher runs; `chains` the correlations, each after those it is made of. `parts` tells for each
    chain, by its index, what its rules are: an index into `rules`, or `len(rules)` and more for a chain. `silent` are
    the numbers of those that only serve correlations and make no findings of their own. `left_out` is what was read and
    has no effect here, by design.
    """

    rules: tuple[Rule, ...] = ()
    chains: tuple[Chain, ...] = ()
    parts: tuple[tuple[int, ...], ...] = ()
    silent: frozenset[int] = frozenset()
    problems: tuple[Problem, ...] = ()
    left_out: tuple[Problem, ...] = ()

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
        if path != file and file.is_dir():  # a folder may be called anything
            continue
        yield FileName(str(file), str(path)), _bytes_of(file)
    if len(found) > MAX_FILES:
        says = f"it holds {len(found):,} rule files; those past {MAX_FILES:,} were not read"
        yield FileName(str(path), str(path)), says


def _bytes_of(file: Path) -> bytes | str:
    """Return the bytes of a rule file, or why it cannot be read."""
    if not file.is_file():  # a pipe would never end
        return "cannot be read: it is no file"
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            return f"the file has {size:,} bytes; a rule file has at most {MAX_BYTES:,}"
        raw = file.read_bytes()
        return raw.decode("utf-16").encode() if raw[:2] in _UTF16 else raw
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    except UnicodeError as error:
        return f"not readable as UTF-16, as its byte order mark says: {error}"


def together(sources: Iterable[tuple[str, bytes | str]], fills: Fills = NO_FILLS) -> RuleSet:
    """Return one set of rules from files' names and bytes.

    `fills` are values of placeholders by name. Filters and pipelines among the files are put into the rules.
    """
    loading = _Loading(fills)
    for path, raw in sources:
        if isinstance(raw, str):
            loading.problems.append(Problem(path=str(path), line=0, says=raw))
        else:
            loading.waiting.append((path, raw))
            loading.pipelines.take(path, raw)
    loading.problems.extend(loading.pipelines.problems)
    for path, raw in loading.waiting:
        loading.take(path, raw)
    loading.waiting.clear()
    return loading.rule_set()


class _Loading:
    """A rule set in the making: rules that a pipeline is for stay drafts until all filters are known."""

    def __init__(self, fills: Fills) -> None:
        self.fills = fills
        self.rules: list[Rule | Draft] = []
        self.chains: list[Chain] = []
        self.filters: list[Filter] = []
        self.problems: list[Problem] = []
        self.empty: list[Problem] = []  # they may be meant so
        self.pipelines = Pipelines()
        self.waiting: list[tuple[str, bytes]] = []
        self._taken: dict[str, About] = {}
        self._steps: dict[str, Sequence[Pipeline]] = {}  # by the id of the rule that they are for

    def take(self, path: str, raw: bytes) -> None:
        """Take the documents of a file."""
        steps = self.pipelines.of(path)
        name = str(path)
        is_empty = True
        for node in nodes(raw):
            is_empty = False
            try:
                if isinstance(node, RuleError):
                    raise node
                if not is_pipeline(node):
                    self._take(_draft(node, name) if steps else document(node, name, self.fills), steps)
            except RuleError as error:
                self.problems.append(problem(error, name))
        if is_empty:
            self.empty.append(Problem(path=name, line=0, says="the file holds no rule: it is empty, or all comment"))

    def _take(self, found: Rule | Draft | Chain | Filter, steps: Sequence[Pipeline]) -> None:
        double = _twice(found.about, self._taken)
        if double:
            self.problems.append(double)
            return
        if steps:
            self._steps[found.about.id] = steps
        if isinstance(found, Chain):
            self.chains.append(found)
        elif isinstance(found, Filter):
            self.filters.append(found)
        else:
            self.rules.append(found)

    def rule_set(self) -> RuleSet:
        """Return the set of all that was taken."""
        found = filtered(self.rules, self.chains, self.filters, self.problems, self.fills)
        rules = list(self._through(found))
        chains = chains_through(self._steps, rules, self.chains, self.problems)
        linked = _linked(rules, chains, self.problems)
        return msgspec.structs.replace(linked, left_out=(*self.pipelines.left_out, *self.empty))

    def _through(self, found: Iterable[Rule | Draft]) -> Iterator[Rule]:
        for one in found:
            if isinstance(one, Rule):
                yield one
                continue
            try:
                yield apply(self._steps[one.about.id], one, self.fills)
            except RuleError as error:
                self.problems.append(problem(error, one.about.path))


def _draft(node: Node, path: str) -> Draft | Document | Filter:
    return draft(node, path, None) if node.map.keys().isdisjoint({"correlation", "filter"}) else document(node, path)


def _twice(about: About, taken: dict[str, About]) -> Problem | None:
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
    for one in documents:
        names.update(dict.fromkeys({one.about.id, one.about.name} - {""}, one))
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
