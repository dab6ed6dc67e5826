"""Lints over all documents together: what stands twice, equal logic, names of rules that are not there."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import msgspec

from tocsin.detect.lint.document import Document
from tocsin.detect.lint.files import file_name
from tocsin.detect.lint.logic import canonical
from tocsin.detect.lint.remark import SIGMAHQ, Said, State, of_set, q
from tocsin.match.sigma.rule import Chain, Filter, Rule

GONE = frozenset({"obsolete", "obsoletes", "renamed", "merged"})  # what these name need not be there any more


class Whole(msgspec.Struct, frozen=True):
    """All documents of a run.

    `is_complete` says whether a folder was named: then what is not there is nowhere.
    """

    documents: Sequence[Document]
    is_complete: bool


Found = Iterator[tuple[Document, Said]]


def _doubles(whole: Whole, key: Callable[[Document], object]) -> Iterator[tuple[Document, Document]]:
    """Yield each document that has the key of an earlier one, with that."""
    first: dict[object, Document] = {}
    for document in whole.documents:
        said = key(document)
        if said and first.setdefault(said, document) is not document:
            yield document, first[said]


@of_set("id-twice", State.ERROR, "an id that another rule has: the second is not loaded")
def id_twice(whole: Whole) -> Found:
    """Name rules whose id another one has."""
    for document, other in _doubles(whole, lambda one: one.said("id")):
        says = f"{_place(other)} has the same id"
        yield document, Said(line=document.line("id"), says=says, hint="give each rule an id of its own")


@of_set("name-twice", State.ERROR, "a name that another rule has: correlations cannot tell them apart")
def name_twice(whole: Whole) -> Found:
    """Name rules whose name another one has."""
    for document, other in _doubles(whole, lambda one: one.said("name")):
        yield (
            document,
            Said(
                line=document.line("name"),
                says=f"{_place(other)} has the same name",
                hint="give each rule a name of its own",
            ),
        )


@of_set("title-twice", State.WARNING, "a title that another rule has")
def title_twice(whole: Whole) -> Found:
    """Name rules whose title another one has."""
    for document, other in _doubles(whole, lambda one: one.said("title").strip().lower()):
        yield (
            document,
            Said(
                line=document.line("title"),
                says=f"{_place(other)} has the same title",
                hint="say what tells them apart",
            ),
        )


@of_set("same-logic", State.WARNING, "a rule that asks just what another one asks, of the same log source")
def same_logic(whole: Whole) -> Found:
    """Name rules whose logic another one has."""

    def key(document: Document) -> object:
        made = document.made
        return (made.source, canonical(made.expression)) if isinstance(made, Rule) else None

    for document, other in _doubles(whole, key):
        yield (
            document,
            Said(
                line=document.line("detection"),
                says=f"{_place(other)} asks just the same of the same log source",
                hint="keep one, and name the other under related",
            ),
        )


@of_set("rule-not-there", State.ERROR, "a correlation or filter names a rule that is in none of the files")
def rule_not_there(whole: Whole) -> Found:
    """Name references that lead nowhere; only where a folder was named."""
    if not whole.is_complete:
        return
    known = {name for one in whole.documents for name in (one.said("id"), one.said("name")) if name}
    for document in whole.documents:
        made = document.made
        names = made.correlation.rules if isinstance(made, Chain) else made.rules if isinstance(made, Filter) else ()
        for name in names:
            if name not in known:
                line = made.correlation.line if isinstance(made, Chain) else document.line("filter")
                yield document, Said(line=line, says=f"no rule is called {q(name)}", hint="name a rule's id or name")


@of_set("related-not-there", State.WARNING, "a related rule that is in none of the files")
def related_not_there(whole: Whole) -> Found:
    """Name relations that lead nowhere; only where a folder was named."""
    if not whole.is_complete:
        return
    known = {one.said("id") for one in whole.documents}
    for document in whole.documents:
        node = document.map.get("related")
        for one in node.value if node is not None and isinstance(node.value, list) else []:
            entry = one.value if isinstance(one.value, dict) else {}
            if "id" in entry and "type" in entry and entry["type"].value not in GONE and entry["id"].value not in known:
                yield (
                    document,
                    Said(
                        line=entry["id"].line,
                        says=f"no rule here has the id {entry['id'].value!r} ({entry['type'].value})",
                        hint="correct it, or say obsolete, renamed or merged",
                    ),
                )


@of_set("filter-elsewhere", State.WARNING, "a filter for a rule of another log source: it does nothing")
def filter_elsewhere(whole: Whole) -> Found:
    """Name filters that do not cover the rules that they name."""
    rules = {name: one.made for one in whole.documents for name in (one.said("id"), one.said("name")) if name}
    for document in whole.documents:
        if not isinstance(document.made, Filter):
            continue
        for name in document.made.rules:
            rule = rules.get(name)
            if isinstance(rule, Rule) and not document.made.covers(rule.source):
                yield (
                    document,
                    Said(
                        line=document.line("logsource"),
                        says=f"the filter is for {document.source}, but {q(name)} is for {rule.source}",
                        hint="make the filter's log source that of the rule, or a wider one",
                    ),
                )
            elif isinstance(rule, Chain):
                yield (
                    document,
                    Said(
                        line=document.line("filter"),
                        says=f"the filter names {q(name)}, which is a correlation",
                        hint="name the rules that it is made of",
                    ),
                )


@of_set("file-name-twice", State.WARNING, "a file's name that a file of another folder has", convention=SIGMAHQ)
def file_name_twice(whole: Whole) -> Found:
    """Name files of one name in several folders."""
    paths: dict[str, dict[str, Document]] = defaultdict(dict)
    for document in whole.documents:
        paths[file_name(document.path)].setdefault(document.path, document)
    for found in paths.values():
        first, *others = found.values()
        for document in others:
            yield (
                document,
                Said(line=1, says=f"{first.path} has the same name", hint="give each file a name of its own"),
            )


def _place(document: Document) -> str:
    return f"{document.path}:{document.node.line}"
