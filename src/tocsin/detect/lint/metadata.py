"""Lints of what stands at the head of a rule: title, id, level, status, description."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from tocsin.detect.lint.document import Document
from tocsin.detect.lint.edit import value_set
from tocsin.detect.lint.remark import SIGMAHQ, Said, error, q, warning
from tocsin.match.sigma.checks import STATUSES
from tocsin.match.sigma.rule import LEVELS

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_TITLE = 256  # Sigma specification 2.1, "Title"
MAX_DESCRIPTION = 65_535
MAX_NAME = 256


@warning("id-missing", "the rule has neither an id nor a name: nothing can refer to it, and it changes with its title")
def id_missing(document: Document) -> Iterator[Said]:
    """Name a rule without id and name."""
    if not document.said("id") and not document.said("name"):
        yield Said(line=document.node.line, says="the rule has no id", hint="add id: with a random UUID")


@warning("id-form", "an id that is neither a UUID nor a plain name of small letters, digits and `-`")
def id_form(document: Document) -> Iterator[Said]:
    """Name an id that other tools do not take."""
    said = document.said("id")
    if not said or UUID.fullmatch(said):
        return
    if not SLUG.fullmatch(said) or re.fullmatch(r"[0-9a-f]{6,}(?:-[0-9a-f]+){3,}", said):
        yield Said(
            line=document.line("id"),
            says=f"the id {q(said)} is no UUID",
            hint="make a random one: 8-4-4-4-12 hex digits",
        )


@warning("id-random", "an id that is no random UUID (version 4)", convention=SIGMAHQ)
def id_random(document: Document) -> Iterator[Said]:
    """Name an id of another kind than Sigma's specification recommends."""
    said = document.said("id")
    if said and not (UUID.fullmatch(said) and said[14] == "4" and said[19].lower() in "89ab"):
        yield Said(line=document.line("id"), says=f"the id {q(said)} is no random UUID", hint="UUID version 4")


@error("level-unknown", "a level that is none of the five")
def level_unknown(document: Document) -> Iterator[Said]:
    """Name a level that is none, with the nearest."""
    yield from _one_of(document, "level", LEVELS, {"info": "informational", "moderate": "medium", "severe": "high"})


@warning("level-missing", "the rule has no level; it counts as medium")
def level_missing(document: Document) -> Iterator[Said]:
    """Name a rule without a level; one that only serves correlations needs none."""
    if not document.said("level") and document.kind != "filter" and not _is_part(document):
        yield Said(
            line=document.node.line,
            says="the rule has no level, and counts as medium",
            hint=f"level: {', '.join(LEVELS)}",
        )


@error("status-unknown", "a status that is none of the five")
def status_unknown(document: Document) -> Iterator[Said]:
    """Name a status that is none, with the nearest."""
    yield from _one_of(
        document, "status", STATUSES, {"testing": "test", "production": "stable", "draft": "experimental"}
    )


@warning("status-missing", "the rule has no status")
def status_missing(document: Document) -> Iterator[Said]:
    """Name a rule without a status."""
    if not document.said("status") and document.kind != "filter" and not _is_part(document):
        yield Said(
            line=document.node.line,
            says="the rule has no status",
            hint="status: experimental, until it has proved itself",
        )


@warning("deprecated-alone", "a deprecated rule that names no rule in its stead (`related`)")
def deprecated_alone(document: Document) -> Iterator[Said]:
    """Name a deprecated rule without a successor."""
    if document.said("status") == "deprecated" and "related" not in document.map:
        yield Said(
            line=document.line("status"),
            says="deprecated, and no other rule is named",
            hint="related: with the id and type of the rule to use",
        )


@warning("title-long", f"a title of more than {MAX_TITLE} characters")
def title_long(document: Document) -> Iterator[Said]:
    """Name a title that is too long."""
    if len(document.said("title")) > MAX_TITLE:
        yield Said(
            line=document.line("title"),
            says=f"the title has {len(document.said('title'))} characters; {MAX_TITLE} are allowed",
            hint="shorten it",
        )


@warning("name-form", f"a name with spaces, or of more than {MAX_NAME} characters: correlations name rules by it")
def name_form(document: Document) -> Iterator[Said]:
    """Name a name that a correlation's condition cannot hold."""
    said = document.said("name")
    if said and (len(said) > MAX_NAME or re.search(r"[\s()]", said)):
        yield Said(
            line=document.line("name"),
            says=f"the name {q(said)} cannot stand in a condition",
            hint="letters, digits, _ and - only",
        )


@warning("description-missing", "the rule does not say what it detects")
def description_missing(document: Document) -> Iterator[Said]:
    """Name a rule without a description; one that only serves correlations needs none."""
    if not document.said("description") and document.kind != "filter" and not _is_part(document):
        yield Said(
            line=document.node.line,
            says="the rule has no description",
            hint="say what it detects, and why that matters",
        )


@warning("description-long", f"a description of more than {MAX_DESCRIPTION:,} characters")
def description_long(document: Document) -> Iterator[Said]:
    """Name a description that is too long."""
    many = len(document.said("description"))
    if many > MAX_DESCRIPTION:
        yield Said(
            line=document.line("description"),
            says=f"the description has {many:,} characters",
            hint=f"{MAX_DESCRIPTION:,} are allowed",
        )


@warning("taxonomy-long", "a name of a taxonomy of more than 256 characters")
def taxonomy_long(document: Document) -> Iterator[Said]:
    """Name a taxonomy that is too long."""
    if len(document.said("taxonomy")) > MAX_NAME:
        yield Said(
            line=document.line("taxonomy"),
            says="the taxonomy's name is too long",
            hint=f"{MAX_NAME} characters are allowed",
        )


def _is_part(document: Document) -> bool:
    """Return whether this is a rule only to be named by correlations.

    One of its file names it, or it has a name and no id.
    """
    return document.serves or (document.kind == "rule" and not document.said("id") and bool(document.said("name")))


def _one_of(document: Document, key: str, known: tuple[str, ...], meant: dict[str, str]) -> Iterator[Said]:
    said = document.said(key)
    if not said or said in known:
        return
    if said.lower() in known:
        near = said.lower()
    else:
        near = meant.get(said.lower()) or next(iter(get_close_matches(said.lower(), known, 1)), "")
    line = document.line(key)
    edit = value_set(document.text, line, key, near) if near else None
    hint = f"did you mean {q(near)}?" if near else ", ".join(known)
    yield Said(line=line, says=f"no {key} is named {q(said)}", hint=hint, edit=edit, fix=f"{key}: {near}")
