"""Lints of conditions: selections that nothing names, `of` without need, operators in capitals."""

import re
from collections.abc import Iterator

from tocsin.detect.lint.document import Document, detection_clause
from tocsin.detect.lint.edit import swapped
from tocsin.detect.lint.loading import is_old
from tocsin.detect.lint.remark import SIGMAHQ, Said, error, q, warning
from tocsin.match.sigma.condition import condition
from tocsin.match.sigma.expression import Exists, Expression, either, leaves
from tocsin.match.sigma.tree import RuleError

_OF = re.compile(r"\b(\d+|any|all)\s+of\s+([^\s()]+)", re.IGNORECASE)
_OPERATOR = re.compile(r"(?<![\w*.-])(AND|OR|NOT|OF|ALL OF|1 OF THEM)(?![\w*.-])")
OPERATORS = frozenset({"and", "or", "not", "of", "them", "all", "any"})


def over_names(document: Document) -> Expression | None:
    """Return the condition over the names of selections; None where it cannot be read."""
    names: dict[str, Expression] = {name: Exists(name) for name in document.selections}
    try:
        return either([condition(text, names, line) for text, line in document.conditions])
    except (RuleError, IndexError):
        return None


@error("selection-unused", "a selection that the condition does not name: what it says has no effect")
def selection_unused(document: Document) -> Iterator[Said]:
    """Name selections that nothing names."""
    if not document.conditions or is_old(document):
        return
    read = over_names(document)
    if read is None:
        return
    used = {leaf.field for leaf in leaves(read) if isinstance(leaf, Exists)}
    for name, node in document.selections.items():
        if name not in used:
            yield Said(
                line=document.text.key(name, node.line), says=f"the condition does not name the selection {q(name)}",
                hint="name it in the condition, or take it out",
            )  # fmt: skip


@warning("of-one", "`1 of` or `all of` where there is one selection: its name says the same")
def of_one(document: Document) -> Iterator[Said]:
    """Name quantities over one selection.

    `them` with one selection, or a name without `*`.
    """
    for text, line in document.conditions:
        for found in _OF.finditer(text):
            wanted = found[2]
            if wanted.lower() == "them":
                if len(document.selections) != 1:
                    continue
                name = next(iter(document.selections))
            elif "*" not in wanted and wanted in document.selections:
                name = wanted
            else:
                continue
            if found[1].lower() in {"1", "any", "all"}:
                edit = swapped(document.text, line, found[0], name)
                yield Said(
                    line=line,
                    says=f"{q(found[0])} is one selection",
                    hint=f"write {q(name)}",
                    edit=edit,
                    fix=f"{found[0]} → {name}",
                )


@warning("of-pattern-one", "`1 of name_*` where one selection is named so", convention=SIGMAHQ)
def of_pattern_one(document: Document) -> Iterator[Said]:
    """Name patterns that one selection fits.

    Those of the usual names may grow, and pass.
    """
    for text, line in document.conditions:
        for found in _OF.finditer(text):
            wanted = found[2]
            if not wanted.endswith("_*") or wanted.startswith(("filter_", "selection_")):
                continue
            fits = [name for name in document.selections if name.startswith(wanted[:-1])]
            if len(fits) == 1:
                yield Said(line=line, says=f"{q(found[0])} is one selection", hint=f"write {fits[0]!r}")


@warning("all-of-them", "`all of them`: a selection that is added later changes the rule unasked", convention=SIGMAHQ)
def all_of_them(document: Document) -> Iterator[Said]:
    """Name conditions over all selections whatever they are called."""
    for text, line in document.conditions:
        if re.search(r"\ball\s+of\s+them\b", text, re.IGNORECASE):
            yield Said(
                line=line,
                says="'all of them' takes in every selection that is added later",
                hint="write 'all of selection*'",
            )


@warning("operator-case", "an operator of the condition in capitals: other tools take it for a name")
def operator_case(document: Document) -> Iterator[Said]:
    """Name operators in capitals."""
    for text, line in document.conditions:
        for found in _OPERATOR.finditer(text):
            edit = swapped(document.text, line, f" {found[1]} ", f" {found[1].lower()} ")
            yield Said(
                line=line,
                says=f"the operator {found[1]!r} is written in small letters in Sigma",
                hint=f"write {found[1].lower()!r}",
                edit=edit,
                fix=f"{found[1]} → {found[1].lower()}",
            )


@warning("selection-name", "a selection whose name is a word of conditions, or holds what a name cannot")
def selection_name(document: Document) -> Iterator[Said]:
    """Name selections that a condition cannot name, or names in doubt."""
    for name, node in document.selections.items():
        if name.lower() in OPERATORS or re.search(r"[\s()|*]", name):
            yield Said(
                line=document.text.key(name, node.line),
                says=f"a condition cannot tell the selection {q(name)} from its own words",
                hint="give it another name",
            )


def clause_line(document: Document) -> int:
    """Return the line of the condition, or of the document."""
    read = detection_clause(document)
    return document.conditions[0][1] if document.conditions else (read.line if read else document.node.line)
