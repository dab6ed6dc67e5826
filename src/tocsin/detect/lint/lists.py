"""Lints of the lists of a rule: members that stand twice, lists that are none, false positives, related rules."""

from collections.abc import Iterator

from tocsin.detect.lint.document import Document
from tocsin.detect.lint.edit import item_cut, listed
from tocsin.detect.lint.metadata import UUID
from tocsin.detect.lint.remark import Said, q, twice, warning

LISTS = ("tags", "references", "falsepositives", "fields", "scope")
RELATED = ("derived", "obsolete", "merged", "renamed", "similar", "obsoletes")
SHORTEST = 2


@warning("listed-twice", "a tag, reference, field or false positive that stands twice")
def listed_twice(document: Document) -> Iterator[Said]:
    """Name members of lists that stand twice."""
    for key in LISTS:
        members = document.listed(key)
        for place in twice([one.text for one in members]):
            node = members[place]
            edit = item_cut(document.text, node.line, node.text)
            yield Said(
                line=node.line, says=f"{key}: {q(node.text)} stands twice", hint="leave it out", edit=edit,
                fix=f"take the second {q(node.text)} out",
            )  # fmt: skip


@warning("list-needed", "one value where Sigma wants a list: tags, references, false positives, fields")
def list_needed(document: Document) -> Iterator[Said]:
    """Name a value that should be a list of one."""
    for key in LISTS:
        node = document.map.get(key)
        if node is not None and isinstance(node.value, str) and node.value.strip():
            line = document.line(key)
            edit = listed(document.text, line, key)
            yield Said(
                line=line,
                says=f"{key} is a list in Sigma, and here one value",
                hint="put it after a dash, on a line of its own",
                edit=edit,
                fix=f"make {key} a list",
            )


@warning("entry-short", "a false positive or scope of fewer than two characters")
def entry_short(document: Document) -> Iterator[Said]:
    """Name entries that say nothing."""
    for key in ("falsepositives", "scope"):
        for node in document.listed(key):
            if len(node.text.strip()) < SHORTEST:
                yield Said(
                    line=node.line,
                    says=f"{key}: {q(node.text)} says nothing",
                    hint="say what may look alike, or leave it out",
                )


@warning("related-form", "an entry of `related` without id or type, of no known type, or whose id is no UUID")
def related_form(document: Document) -> Iterator[Said]:
    """Name relations that other tools refuse."""
    node = document.map.get("related")
    if node is None:
        return
    if not isinstance(node.value, list):
        yield Said(
            line=document.line("related"), says="related is a list of id and type", hint="- id: ...\n  type: derived"
        )
        return
    for one in node.value:
        entry = one.value if isinstance(one.value, dict) else {}
        said = {key: str(entry[key].value) for key in ("id", "type") if key in entry}
        if len(said) < 2:
            yield Said(line=one.line, says="a relation lacks its id or type", hint=f"type: {', '.join(RELATED[:5])}")
        elif said["type"] not in RELATED:
            yield Said(
                line=entry["type"].line, says=f"no relation is named {said['type']!r}", hint=", ".join(RELATED[:5])
            )
        elif said["id"] == document.said("id"):
            yield Said(line=entry["id"].line, says="the rule is related to itself", hint="leave it out")
        elif UUID.fullmatch(document.said("id")) and not UUID.fullmatch(said["id"]):
            yield Said(
                line=entry["id"].line, says=f"the related id {said['id']!r} is no UUID", hint="name the other rule's id"
            )
