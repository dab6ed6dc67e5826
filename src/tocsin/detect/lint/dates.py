"""Lints of a rule's dates."""

import re
from collections.abc import Iterator
from datetime import date

from tocsin.detect.lint.document import Document
from tocsin.detect.lint.edit import line_cut, value_set
from tocsin.detect.lint.remark import SIGMAHQ, Said, q, warning

KEYS = ("date", "modified")
_FORM = re.compile(r"\d{4}-\d{2}-\d{2}")
_OLD = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})")


def day(text: str) -> date | None:
    """Return the day that a text writes as YYYY-MM-DD, or None."""
    try:
        return date.fromisoformat(text) if _FORM.fullmatch(text) else None
    except ValueError:
        return None


@warning("date-form", "a date that is not written YYYY-MM-DD, or is no day")
def date_form(document: Document) -> Iterator[Said]:
    """Name a date in another form, with the right one where it is clear."""
    for key in KEYS:
        said = document.said(key)
        if not said or day(said) is not None:
            continue
        line = document.line(key)
        old = _OLD.fullmatch(said)
        new = f"{old[1]}-{int(old[2]):02}-{int(old[3]):02}" if old else ""
        edit = value_set(document.text, line, key, new) if new and day(new) else None
        says = f"{key}: {q(said)} is no date" if not old else f"{key}: {q(said)} is not written as dates are"
        yield Said(line=line, says=says, hint="YYYY-MM-DD", edit=edit, fix=f"{key}: {new}")


@warning("modified-before-date", "the rule was modified before it was written")
def modified_before_date(document: Document) -> Iterator[Said]:
    """Name a rule whose days are in the wrong order."""
    written, modified = (day(document.said(key)) for key in KEYS)
    if written and modified and modified < written:
        yield Said(
            line=document.line("modified"),
            says=f"modified on {modified}, before it was written ({written})",
            hint="correct one of them",
        )


@warning("modified-alone", "a day of modification without the day of writing")
def modified_alone(document: Document) -> Iterator[Said]:
    """Name a rule that has been modified and has no date."""
    if document.said("modified") and not document.said("date"):
        yield Said(
            line=document.line("modified"), says="modified stands without date", hint="add date: the day it was written"
        )


@warning("date-missing", "the rule has no date", convention=SIGMAHQ)
def date_missing(document: Document) -> Iterator[Said]:
    """Name a rule without a date."""
    if not document.said("date"):
        yield Said(line=document.node.line, says="the rule has no date", hint="date: YYYY-MM-DD")


@warning("modified-same", "the rule was modified on the day it was written: one date is enough", convention=SIGMAHQ)
def modified_same(document: Document) -> Iterator[Said]:
    """Name a date that says nothing new."""
    written, modified = (day(document.said(key)) for key in KEYS)
    if written and written == modified:
        line = document.line("modified")
        edit = line_cut(document.text, line)
        yield Said(
            line=line, says="modified is the same day as date", hint="leave it out", edit=edit, fix="take modified out"
        )
