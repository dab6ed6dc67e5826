"""Lints of a document's keys: misspelt ones, and ones in another case."""

from collections.abc import Iterator
from difflib import get_close_matches

from tocsin.detect.lint.document import Document
from tocsin.detect.lint.edit import key_renamed
from tocsin.detect.lint.remark import SIGMAHQ, Said, q, warning

KNOWN = frozenset(
    "title id name related taxonomy status description license author references date modified logsource detection "
    "fields falsepositives level tags scope correlation filter generate tocsin action regression_tests_path simulation "
    "sigma-version custom_attributes rsigma.ads".split()
)
OFTEN_MEANT = {
    "reference": "references",
    "falsepositive": "falsepositives",
    "false_positives": "falsepositives",
    "desc": "description",
    "tag": "tags",
    "severity": "level",
}
PARTS = frozenset({"detection", "correlation", "filter"})
LOGSOURCE = frozenset({"product", "category", "service", "definition"})
LIKE = 0.8  # of difflib: one or two letters of ten


@warning("key-case", "a key that is not in small letters: it is not the key that it looks like")
def key_case(document: Document) -> Iterator[Said]:
    """Name keys that would be known in small letters."""
    for key, node in document.map.items():
        low = key.lower()
        if key != low and low in KNOWN:
            line = document.text.key(key, node.line)
            edit = key_renamed(document.text, line, key, low) if low not in document.map else None
            yield Said(
                line=line, says=f"the key {key!r} is not read", hint=f"write {low!r}", edit=edit, fix=f"{key} → {low}"
            )


@warning("key-misspelt", "a key that is nearly one that Sigma has")
def key_misspelt(document: Document) -> Iterator[Said]:
    """Name keys that are nearly known."""
    for key, node in document.map.items():
        if key in KNOWN or key.lower() in KNOWN:
            continue
        near = OFTEN_MEANT.get(key) or next(iter(get_close_matches(key, KNOWN, 1, LIKE)), "")
        if near and near not in document.map:
            line = document.text.key(key, node.line)
            edit = key_renamed(document.text, line, key, near) if near in PARTS or _is_rule(document) else None
            yield Said(
                line=line,
                says=f"the key {key!r} is not read",
                hint=f"did you mean {q(near)}?",
                edit=edit,
                fix=f"{key} → {near}",
            )


@warning("key-unknown", "a key that Sigma does not have", convention=SIGMAHQ)
def key_unknown(document: Document) -> Iterator[Said]:
    """Name keys of a team's own."""
    for key, node in document.map.items():
        if key not in KNOWN and key.lower() not in KNOWN:
            yield Said(
                line=document.text.key(key, node.line),
                says=f"Sigma has no key {key!r}",
                hint="leave it out, or keep it for yourself",
            )


@warning("logsource-key", "a word of the log source that is none of product, category, service, definition")
def logsource_key(document: Document) -> Iterator[Said]:
    """Name words of a log source that nothing compares."""
    node = document.map.get("logsource")
    for key, value in (node.value if node is not None and isinstance(node.value, dict) else {}).items():
        if key in LOGSOURCE:
            continue
        near = next(iter(get_close_matches(key.lower(), LOGSOURCE, 1)), "")
        yield Said(
            line=document.text.key(key, value.line), says=f"the log source has {key!r}, which nothing compares",
            hint=f"did you mean {q(near)}?" if near else ", ".join(sorted(LOGSOURCE)),
        )  # fmt: skip


def _is_rule(document: Document) -> bool:
    return not PARTS.isdisjoint(document.map)
