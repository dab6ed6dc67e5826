"""Lints of fields: ones that the log source never has, in another case, with a space, or with impossible values."""

from collections.abc import Iterator
from difflib import get_close_matches

from tocsin.detect.lint.document import Document
from tocsin.detect.lint.remark import SIGMAHQ, Said, error, q, warning
from tocsin.detect.lint.sources import event_ids, fields_of
from tocsin.model.fields import BY_NAME

_LOW = {name.lower(): name for name in BY_NAME}


@warning("field-absent", "a field that no event of the log source has: what is asked of it never holds")
def field_absent(document: Document) -> Iterator[Said]:
    """Name fields that are none of a closed set."""
    known = fields_of(document.source)
    if not known:
        return
    names = set(known.values())
    for entry in document.entries:
        field = entry.field
        if not field or field in names or "." in field:
            continue
        right = known.get(field.lower())
        if right:
            yield Said(
                line=document.line_of(entry),
                says=f"{document.source} has no field {q(field)}",
                hint=f"its name is {q(right)}",
            )
            continue
        near = next(iter(get_close_matches(field, names, 1, 0.9)), "")
        hint = (
            f"did you mean {q(near)}?"
            if near
            else "the item never holds with Sysmon's events; an agent that adds the field may have it"
        )
        yield Said(
            line=document.line_of(entry), says=f"no event of {document.source} has a field {q(field)}", hint=hint
        )


@warning("field-case", "a field that the vocabulary has in another case: names of fields are compared with case")
def field_case(document: Document) -> Iterator[Said]:
    """Name fields that differ from a known one by case only."""
    if fields_of(document.source):
        return
    for entry in document.entries:
        right = _LOW.get(entry.field.lower())
        if right and right[0].isupper() and entry.field not in BY_NAME and document.source.product == "windows":
            yield Said(
                line=document.line_of(entry),
                says=f"names of fields are compared with case, and no field is called {q(entry.field)}",
                hint=f"did you mean {q(right)}?",
            )


@warning("field-space", "a field whose name has a space")
def field_space(document: Document) -> Iterator[Said]:
    """Name fields with spaces."""
    for entry in document.entries:
        if " " in entry.field:
            yield Said(
                line=document.line_of(entry),
                says=f"the field {q(entry.field)} has a space",
                hint="Sigma writes '_' in its place, or leaves it out",
            )


@error("event-id-number", "an event id that is no number: no event has it")
def event_id_number(document: Document) -> Iterator[Said]:
    """Name event ids of Windows that are no numbers."""
    if document.source.product != "windows":
        return
    for entry in document.entries:
        if entry.field == "EventID" and not entry.modifiers:
            for node in entry.values:
                if node.value is not None and not node.text.strip().isdigit():
                    yield Said(
                        line=node.line,
                        says=f"EventID: {q(node.text)} is no number",
                        hint="each number a line of its own",
                    )


@warning("field-redundant", "EventID or Provider_Name beside a category that says the same", convention=SIGMAHQ)
def field_redundant(document: Document) -> Iterator[Said]:
    """Name fields that the log source says already."""
    if not event_ids(document.source):
        return
    for entry in document.entries:
        if entry.field in {"EventID", "Provider_Name"}:
            yield Said(
                line=document.line_of(entry),
                says=f"{document.source} says which events are meant",
                hint=f"leave {entry.field} out",
            )


@warning("user-localised", "a user by a name that only some languages of Windows have", convention=SIGMAHQ)
def user_localised(document: Document) -> Iterator[Said]:
    """Name users of one language."""
    for entry in document.entries:
        if "user" in entry.field.lower():
            for node, text in entry.texts:
                if "AUTORI" in text or "AUTHORI" in text:
                    yield Said(
                        line=node.line,
                        says=f"{q(text)} is a name of one language",
                        hint="use contains with both AUTHORI and AUTORI",
                    )
