"""Lints of regular expressions: what other engines refuse, what is slow, what needs none."""

import re
from collections.abc import Iterator

from tocsin.detect.lint.document import Document, Entry
from tocsin.detect.lint.remark import Said, q, warning
from tocsin.match.sigma.regex import anchors
from tocsin.match.sigma.tree import Node

_LOOK = ("(?=", "(?!", "(?<=", "(?<!", "(?>", "(?P=")
_BACK = re.compile(r"(?<!\\)(?:\\\\)*\\[1-9]")
_META = re.compile(r"[\\^$.|?*+()\[\]{}]")
_ESCAPED = re.compile(r"\\([^\w\s])")
_RUN = re.compile(r"(?<!\\)\.[*+](?!\?)")
MANY_RUNS = 4  # `.*` in one pattern: each more is another power of the value's length


def _patterns(document: Document) -> Iterator[tuple[Entry, Node, str]]:
    for entry in document.entries:
        if "re" in entry.modifiers:
            for node, text in entry.texts:
                yield entry, node, text


@warning("regex-not-linear", "a regular expression that engines of linear time refuse: it looks around, or back")
def regex_not_linear(document: Document) -> Iterator[Said]:
    """Name patterns with look-around, atomic groups or back references."""
    for entry, node, text in _patterns(document):
        found = next((one for one in _LOOK if one in text), "") or (_BACK.search(text) or [""])[0]
        if found:
            yield Said(
                line=node.line,
                says=f"{entry.key}: {q(found)} is refused by engines of linear time (RE2, Lucene), and slow in others",
                hint="say it by a second item, or by `not` in the condition",
            )


@warning("regex-slow", "a regular expression that holds no fixed text, so that it is run over every value")
def regex_slow(document: Document) -> Iterator[Said]:
    """Name patterns that nothing cheaper can rule out.

    And those with many runs of anything.
    """
    for entry, node, text in _patterns(document):
        runs = len(_RUN.findall(text))
        try:
            fixed = anchors(text)
        except (re.error, IndexError, RecursionError, OverflowError):
            continue
        alone = len(entry.values) == 1 and not _beside(document, entry)
        if not fixed and alone:
            yield Said(
                line=node.line,
                says=f"{entry.key}: {q(text)} holds no fixed text, and nothing beside it narrows the records",
                hint="add an item with a fixed text (contains, endswith) to the selection",
            )
        elif runs >= MANY_RUNS:
            yield Said(
                line=node.line,
                says=f"{entry.key}: {q(text)} has {runs} runs of anything: a long value costs its length to that power",
                hint="use contains|all for texts in any order, or classes such as [^ ]*",
            )


def _beside(document: Document, entry: Entry) -> bool:
    return (
        any(one is not entry and one.selection == entry.selection for one in document.entries)
        or len(document.selections) > 1
    )


@warning("regex-plain", "a regular expression without any sign of one: `contains` says the same, and faster")
def regex_plain(document: Document) -> Iterator[Said]:
    """Name patterns that are plain texts."""
    for entry, node, text in _patterns(document):
        if text and not _META.search(_ESCAPED.sub("", text)):
            plain = _ESCAPED.sub(r"\1", text)
            flags = {"i", "ignorecase"} & set(entry.modifiers)
            kind = "contains" if flags else "contains|cased"
            yield Said(
                line=node.line,
                says=f"{entry.key}: {q(text)} is a plain text",
                hint=f"write {entry.field}|{kind}: {q(plain)}",
            )


@warning("regex-glob", "a regular expression that looks like wildcards of Sigma")
def regex_glob(document: Document) -> Iterator[Said]:
    """Name patterns in which `*` follows what was hardly meant to be repeated."""
    for entry, node, text in _patterns(document):
        if re.fullmatch(r"(?:[\w :/]|\\\\)+(?<=[/ :])\*[\w./-]*", text):
            yield Said(
                line=node.line,
                says=f"{entry.key}: in the regular expression {q(text)} the '*' repeats the character before it",
                hint="write .* for any text, or leave re out",
            )
