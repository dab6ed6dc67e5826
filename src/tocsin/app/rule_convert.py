"""Converting rules into queries of other systems, through pySigma and its backends (the extra `convert`).

Each rule is handed over alone, a correlation with the rules it is made of, so that one which cannot be converted costs
no other. pySigma reads the rule anew: where its reading differs from ours, docs/guide/sigma-differences.md says how.
"""

import re
import uuid
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from tocsin.app.rules import builtin_sources
from tocsin.detect.rules import files
from tocsin.match.sigma.rule import Chain, Filter, Rule, document, nodes
from tocsin.match.sigma.tree import Node, RuleError
from tocsin.model import UserError
from tocsin.model.errors import Exit

NEEDS = "pip install 'tocsin[convert]'"
TARGETS: Mapping[str, tuple[str, str, str]] = {  # name → module, class, pipeline that its users mostly want
    "splunk": ("sigma.backends.splunk", "SplunkBackend", "splunk_windows"),
    "lucene": ("sigma.backends.elasticsearch", "LuceneBackend", "ecs_windows"),
    "esql": ("sigma.backends.elasticsearch", "ESQLBackend", "ecs_windows"),
    "eql": ("sigma.backends.elasticsearch", "EqlBackend", "ecs_windows"),
    "kusto": ("sigma.backends.kusto", "KustoBackend", "microsoft_xdr"),
}
OURS = uuid.UUID("7d4b2c0a-5a0e-4f0b-9b56-0f6f3c1c9a11")  # drawn once: ids of rules that have no UUID follow from it
LOST = (ValueError, TypeError, KeyError, AttributeError, IndexError, NotImplementedError, RecursionError, re.error)
"""What a backend raises for a rule that it cannot express: SigmaError is a ValueError, the others are its own slips."""
OTHER_ERRORS = (("sigma.pipelines.kusto_common.errors", "InvalidHashAlgorithmError"),)  # no kin of SigmaError


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A query made of a rule; `notes` are what pySigma warned of."""

    id: str
    title: str
    path: str
    line: int
    query: str
    notes: tuple[str, ...] = ()


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that could not be converted, and why."""

    id: str
    title: str
    path: str
    line: int
    why: str


class Converted(msgspec.Struct, frozen=True, kw_only=True):
    """The queries, and what could not be converted.

    `serving` are rules that only serve correlations and have no query of their own.
    """

    target: str
    pipelines: tuple[str, ...]
    queries: tuple[Query, ...]
    not_converted: tuple[Left, ...]
    serving: tuple[str, ...] = ()

    @property
    def code(self) -> Exit:
        """Return the exit code: 3 where a rule could not be converted."""
        return Exit.INCOMPLETE if self.not_converted else Exit.DONE


class _Entry(msgspec.Struct, frozen=True):
    """One document: what we make of it, and its tree."""

    made: Rule | Chain | Filter
    node: Node

    @property
    def names(self) -> set[str]:
        return {self.made.about.id, self.made.about.name} - {""}


def rule_convert(names: Sequence[str], target: str, pipelines: Sequence[str] = ()) -> Converted:
    """Return queries of a target for rules.

    They are named by path, or by id if they are ours.
    Raises UserError for a rule, target or pipeline that is not there, and where pySigma is not installed.
    """
    backend = _backend(target, pipelines)
    left: list[Left] = []
    entries = list(_entries(names, left))
    filters = [entry for entry in entries if isinstance(entry.made, Filter)]
    rules = [entry for entry in entries if not isinstance(entry.made, Filter)]
    by_name = {name: entry for entry in rules for name in entry.names}
    silent = _serving(rules, by_name)
    queries: list[Query] = []
    lost = _lost()
    for entry in rules:
        if entry.made.about.id in silent:
            continue
        try:
            queries.extend(_queries(entry, by_name, filters, backend))
        except lost as error:
            left.append(_left(entry, _why(error)))
    return Converted(
        target=target, pipelines=tuple(pipelines), queries=tuple(queries), not_converted=tuple(left),
        serving=tuple(sorted(silent)),
    )  # fmt: skip


def _entries(names: Sequence[str], left: list[Left]) -> Iterator[_Entry]:
    for path, raw in _sources(names):
        if isinstance(raw, str):
            left.append(Left(id="", title="", path=path, line=0, why=raw))
            continue
        for node in nodes(raw):
            try:
                if isinstance(node, RuleError):
                    raise node
                yield _Entry(document(node, path, _AnyFill()), node)
            except RuleError as error:
                id_, title = ("", "") if isinstance(node, RuleError) else (_said(node, "id"), _said(node, "title"))
                why = f"{error.says} ({error.hint})" if error.hint else error.says
                left.append(Left(id=id_, title=title, path=path, line=error.line, why=why))


class _AnyFill(dict[str, Sequence[str]]):
    """Fills for every placeholder: here a rule is only looked at, and a pipeline of pySigma fills them."""

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ARG002  # the interface of a mapping
        """Return a value that is a text and a network both."""
        return ("192.0.2.0/24",)


def _said(node: Node, key: str) -> str:
    found = node.value.get(key) if isinstance(node.value, dict) else None
    return str(found.value) if found is not None and not isinstance(found.value, dict | list) else ""


def _sources(names: Sequence[str]) -> Iterator[tuple[str, bytes | str]]:
    for name in names:
        path = Path(name)
        if path.exists():
            for file, raw in files(path):
                yield str(file), raw
            continue
        ours = [(file, raw) for file, raw in builtin_sources() if Path(file).stem == name.replace("-", "_")]
        if not ours:
            known = [Path(file).stem.replace("_", "-") for file, _ in builtin_sources()]
            near = get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else "name a file or folder of rules, or a rule of ours"
            raise UserError(f"{name}: there is no such file, folder or rule", hint=hint)
        yield from ours


def _serving(rules: Iterable[_Entry], by_name: Mapping[str, _Entry]) -> set[str]:
    used: set[str] = set()
    told: set[str] = set()
    for entry in rules:
        if isinstance(entry.made, Chain):
            correlation = entry.made.correlation
            ids = {by_name[name].made.about.id for name in correlation.rules if name in by_name}
            (told if correlation.generate else used).update(ids)
    return used - told


def _queries(entry: _Entry, by_name: Mapping[str, _Entry], filters: Sequence[_Entry], backend: Any) -> Iterator[Query]:
    about = entry.made.about
    wanted = {**_parts(entry, by_name, ()), about.name or about.id: entry}
    added = [_filter(one, rule) for one in filters for rule in wanted.values() if _is_for(one, rule)]
    collection = import_module("sigma.collection").SigmaCollection
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        rules = collection.from_dicts([*(_plain_rule(one, name) for name, one in wanted.items()), *added])
        found = backend.convert(rules)
    notes = tuple(dict.fromkeys(str(one.message) for one in said if not issubclass(one.category, DeprecationWarning)))
    if not found:
        raise ValueError("the backend made no query of it")
    for one in found:
        query = one if isinstance(one, str) else str(one)
        yield Query(id=about.id, title=about.title, path=about.path, line=about.line, query=query, notes=notes)


def _parts(entry: _Entry, by_name: Mapping[str, _Entry], above: tuple[str, ...]) -> dict[str, _Entry]:
    """Return the rules that a correlation is made of, by the names that it has for them, parts of parts first."""
    if not isinstance(entry.made, Chain):
        return {}
    if entry.made.about.id in above:
        raise ValueError("the correlation is made of itself")
    found: dict[str, _Entry] = {}
    for name in entry.made.correlation.rules:
        if name not in by_name:
            raise ValueError(f"the correlation names {name!r}, which is not among the rules given")
        found.update(_parts(by_name[name], by_name, (*above, entry.made.about.id)))
        found[name] = by_name[name]
    return found


def _is_for(one: _Entry, rule: _Entry) -> bool:
    if not (isinstance(one.made, Filter) and isinstance(rule.made, Rule)):
        return False
    named = one.made.rules
    return one.made.covers(rule.made.source) and (not named or not rule.names.isdisjoint(named))


def _plain_rule(entry: _Entry, name: str) -> dict[str, Any]:
    """Return a rule as pySigma takes it: a UUID for an id, the name by which others know it, nothing of our own."""
    plain = {key: _plain(node) for key, node in entry.node.map.items() if key not in {"tocsin", "action"}}
    return {**plain, "id": _uuid(entry.made.about.id), "name": name}


def _filter(one: _Entry, rule: _Entry) -> dict[str, Any]:
    plain = {key: _plain(node) for key, node in one.node.map.items()}
    plain["id"] = _uuid(f"{one.made.about.id} for {rule.made.about.id}")
    plain["filter"] = {**plain["filter"], "rules": [_uuid(rule.made.about.id)]}
    return plain


def _uuid(id_: str) -> str:
    try:
        return str(uuid.UUID(id_))
    except ValueError:
        return str(uuid.uuid5(OURS, id_))


def _plain(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {key: _plain(one) for key, one in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(one) for one in node.value]
    return node.value


def _lost() -> tuple[type[Exception], ...]:
    found: list[type[Exception]] = [*LOST]
    for module, name in OTHER_ERRORS:
        try:
            found.append(getattr(import_module(module), name))
        except (ModuleNotFoundError, AttributeError):
            continue
    return tuple(found)


def _left(entry: _Entry, why: str) -> Left:
    about = entry.made.about
    return Left(id=about.id, title=about.title, path=about.path, line=about.line, why=why)


def _why(error: BaseException) -> str:
    """Return the reason in one line, without the place that pySigma adds."""
    said = " ".join(str(error.args[0] if error.args else error).split())
    said = re.sub(r"\s*\(while [^()]*rule [^()]*\)", "", said).strip() or type(error).__name__
    is_slip = isinstance(error, TypeError | KeyError | AttributeError | IndexError)
    return f"{said} ({type(error).__name__} in the backend)" if is_slip else said


def _backend(target: str, pipelines: Sequence[str]) -> Any:
    """Return the backend with its pipelines, which it makes ready anew for each conversion."""
    if target not in TARGETS:
        raise UserError(f"rules cannot be converted to {target!r}", hint=", ".join(TARGETS))
    module, name, _ = TARGETS[target]
    try:
        made = getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        raise UserError("converting rules needs pySigma and its backends", hint=NEEDS) from error
    return made(processing_pipeline=_pipeline(target, pipelines))


def _pipeline(target: str, names: Sequence[str]) -> Any:
    whole = import_module("sigma.processing.pipeline").ProcessingPipeline()
    found = [
        _pipeline_of_file(Path(name)) if Path(name).is_file() else _pipeline_of_name(target, name) for name in names
    ]
    for one in sorted(found, key=lambda one: one.priority):
        whole += one
    return whole


def _pipeline_of_file(path: Path) -> Any:
    made = import_module("sigma.processing.pipeline").ProcessingPipeline
    try:
        return made.from_yaml(path.read_text("utf-8"))
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from error
    except LOST as error:
        raise UserError(f"{path}: pySigma takes it for no pipeline: {_why(error)}", where=str(path)) from error


def _pipeline_of_name(target: str, name: str) -> Any:
    known = pipeline_names(target)
    if name not in known:
        near = get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"a file, or one of {', '.join(known)}"
        raise UserError(f"{name}: there is no such file or pipeline for {target}", hint=hint)
    return _pipelines()[name]()


def pipeline_names(target: str) -> list[str]:
    """Return the names of pySigma's pipelines that a target takes."""
    taken = {target, "elasticsearch"} if target in {"lucene", "esql", "eql"} else {target}
    return sorted(
        name for name, make in _pipelines().items()
        if not (allowed := set(make().allowed_backends)) or allowed & taken
    )  # fmt: skip


def _pipelines() -> Mapping[str, Callable[[], Any]]:
    plugins = import_module("sigma.plugins").InstalledSigmaPlugins
    if not _FOUND:
        _FOUND.update(plugins.autodiscover(include_backends=False, include_validators=False).pipelines)
    return _FOUND


_FOUND: dict[str, Callable[[], Any]] = {}


def shape(converted: Converted) -> Mapping[str, Any]:
    """Return the result as its JSON."""
    return {
        "target": converted.target,
        "pipelines": converted.pipelines,
        "queries": converted.queries,
        "not_converted": converted.not_converted,
        "serving": converted.serving,
    }


def usual_pipeline(target: str) -> str:
    """Return the pipeline that users of a target mostly want for rules of Windows."""
    return TARGETS[target][2]
