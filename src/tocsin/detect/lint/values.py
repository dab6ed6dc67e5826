"""Lints of values: wildcards, backslashes, hashes, control characters, members that stand twice or change nothing."""

import re
from collections.abc import Iterator, Mapping

from tocsin.detect.lint.document import Document, Entry
from tocsin.detect.lint.edit import item_cut, swapped
from tocsin.detect.lint.remark import PORTABLE, SIGMAHQ, Said, error, q, warning
from tocsin.match.sigma.text import MANY, Pattern, parse
from tocsin.match.sigma.tree import Node

ENDS = frozenset({"contains", "startswith", "endswith"})
OTHER_WAYS = frozenset({"re", "cidr", "fieldref", "exists", "lt", "lte", "gt", "gte", "expand"})
MADE = frozenset({"base64", "base64offset", "utf16", "utf16le", "utf16be", "wide"})
HASHES: Mapping[str, int] = {"MD5": 32, "SHA1": 40, "SHA256": 64, "IMPHASH": 32}
HASH_FIELDS = frozenset({"Hashes", "Hash"})
MAX_COMPARED = 400  # members of one list that are compared with each other
_DEAD_STAR = re.compile(r"[\w%)}]\\\*\\|\\[^\\*]+\\\*$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\t(?=[a-z])|(?<=\\|:)[\r\n]")


def plain_entries(document: Document) -> Iterator[Entry]:
    """Yield the entries whose values are compared as texts."""
    return (entry for entry in document.entries if OTHER_WAYS.isdisjoint(entry.modifiers))


@warning("wildcard-doubled", "two `*` side by side: one says the same")
def wildcard_doubled(document: Document) -> Iterator[Said]:
    """Name values with needless wildcards, those that a modifier repeats among them."""
    for entry in plain_entries(document):
        for node, text in entry.texts:
            if "**" in text and r"\*" not in text:
                new = re.sub(r"\*{2,}", "*", text)
                edit = swapped(document.text, node.line, text, new)
                yield Said(
                    line=node.line,
                    says=f"{q(text)} has '*' twice in a row",
                    hint="one says the same",
                    edit=edit,
                    fix="one * instead of several",
                )


@warning("wildcard-needless", "a `*` at an end that `contains`, `startswith` or `endswith` puts there anyway")
def wildcard_needless(document: Document) -> Iterator[Said]:
    """Name wildcards that a modifier repeats."""
    for entry in plain_entries(document):
        kind = next((one for one in entry.modifiers if one in ENDS), "")
        if not kind or not MADE.isdisjoint(entry.modifiers):
            continue
        for node, text in entry.texts:
            tokens = parse(text).tokens
            if len(tokens) < 2:
                continue
            head = kind in {"contains", "endswith"} and tokens[0] == MANY
            tail = kind in {"contains", "startswith"} and tokens[-1] == MANY
            if head or tail:
                new = text[1 if head else 0 : -1 if tail else None]
                yield Said(
                    line=node.line,
                    says=f"{kind} puts the '*' of {q(text)} there itself",
                    hint=rf"write {q(new)}, or \* if the star itself is looked for",
                )


@warning("wildcard-for-modifier", "`*text*` where `contains` says the same; so for `startswith` and `endswith`")
def wildcard_for_modifier(document: Document) -> Iterator[Said]:
    """Name entries all of whose values have the form of one modifier."""
    for entry in plain_entries(document):
        if not entry.field or not (ENDS | MADE).isdisjoint(entry.modifiers) or len(entry.texts) != len(entry.values):
            continue
        kinds = {_end_of(parse(text)) for _, text in entry.texts}
        if len(kinds) == 1 and (kind := next(iter(kinds))):
            yield Said(
                line=document.line_of(entry),
                says=f"the wildcards of {entry.key} say {kind}",
                hint=f"write {entry.field}|{kind} and leave the wildcards out",
            )


def _end_of(pattern: Pattern) -> str:
    tokens = pattern.tokens
    if len(pattern.literals) != 1 or any(isinstance(t, int) and t != MANY for t in tokens):
        return ""
    head, tail = tokens[0] == MANY, tokens[-1] == MANY
    return "contains" if head and tail else "endswith" if head else "startswith" if tail else ""


@warning("wildcard-only", "the value `*` alone: `exists: true` says what is meant")
def wildcard_only(document: Document) -> Iterator[Said]:
    """Name values that every text fits."""
    for entry in plain_entries(document):
        if MADE.isdisjoint(entry.modifiers):
            for node, text in entry.texts:
                if text and not text.strip("*"):
                    yield Said(
                        line=node.line,
                        says=f"{entry.key or 'the keyword'}: every text fits '*'",
                        hint=f"{entry.field or 'FIELD'}|exists: true, if it is enough that it is there",
                    )


@error("value-always", "an empty text, or a pattern of nothing, that every value fits")
def value_always(document: Document) -> Iterator[Said]:
    """Name values that everything fits under their modifier."""
    for entry in document.entries:
        ends = not ENDS.isdisjoint(entry.modifiers) or not entry.field
        for node, text in entry.texts:
            if "re" in entry.modifiers:
                if text in {"", ".*", "^.*$", "^.*", ".*$", "^", "$"}:
                    yield Said(
                        line=node.line,
                        says=f"{entry.key or 'the keyword'}: every value fits {q(text)}",
                        hint="leave it out, or ask whether the field exists",
                    )
            elif OTHER_WAYS.isdisjoint(entry.modifiers) and MADE.isdisjoint(entry.modifiers) and ends and text == "":
                yield Said(
                    line=node.line,
                    says=f"{entry.key or 'the keyword'}: every value fits {q(text)}",
                    hint="leave it out, or write what is looked for",
                )


@warning("backslash-star", r"`\*` within a path: the backslash makes the `*` a plain character")
def backslash_star(document: Document) -> Iterator[Said]:
    r"""Name paths like `C:\Users\*\AppData`, in which nothing is a wildcard."""
    for entry in plain_entries(document):
        for node, text in entry.texts:
            found = _DEAD_STAR.search(text)
            if found and not text.startswith("\\*"):
                yield Said(
                    line=node.line,
                    says=rf"the '*' after a backslash in {q(text)} is a plain character, not a wildcard",
                    hint=r"write \\* for a backslash and any text, \\\* for a backslash and a star",
                )


@warning("wildcard-escaped", "an escaped wildcard: make sure that it is meant", convention=SIGMAHQ)
def wildcard_escaped(document: Document) -> Iterator[Said]:
    """Name every escaped wildcard."""
    for entry in plain_entries(document):
        for node, text in entry.texts:
            if any("*" in part or "?" in part for part in parse(text).literals):
                yield Said(
                    line=node.line,
                    says=f"{q(text)} has an escaped wildcard",
                    hint="make sure that the character itself is meant",
                )


@warning("control-character", "a control character in a value: a backslash too few between double quotes")
def control_character(document: Document) -> Iterator[Said]:
    """Name values with control characters."""
    for entry in document.entries:
        for node, text in entry.texts:
            if _CONTROL.search(text):
                yield Said(
                    line=node.line,
                    says=f"{q(text)} holds a control character",
                    hint="write it between single quotes, where a backslash is one",
                )


@warning("number-as-text", "a number between quotes", convention=SIGMAHQ)
def number_as_text(document: Document) -> Iterator[Said]:
    """Name numbers that are written as texts."""
    for entry in plain_entries(document):
        if entry.field and ENDS.isdisjoint(entry.modifiers):
            for node, text in entry.texts:
                if re.fullmatch(r"-?(0|[1-9]\d{0,17})", text):
                    edit = swapped(document.text, node.line, f"'{text}'", text) or swapped(
                        document.text, node.line, f'"{text}"', text
                    )
                    yield Said(
                        line=node.line,
                        says=f"the number {text} is written as a text",
                        hint="leave the quotes out",
                        edit=edit,
                        fix=f"{text} without quotes",
                    )


@error("value-twice", "a value that stands twice in a list")
def value_twice(document: Document) -> Iterator[Said]:
    """Name values that an earlier one of the list equals."""
    for entry in document.entries:
        cased = bool({"re", "cased", "base64", "base64offset"} & set(entry.modifiers))
        seen: set[tuple[type, str]] = set()
        for node in entry.values:
            text = node.text
            key = (type(node.value), text if cased else text.lower())
            if key in seen:
                edit = item_cut(document.text, node.line, text)
                yield Said(
                    line=node.line,
                    says=f"{entry.key or 'keywords'}: {q(text)} stands twice",
                    hint="leave it out",
                    edit=edit,
                    fix="take the second one out",
                )
            seen.add(key)


@warning("value-covered", "a value of a list that another one of it covers: it changes nothing")
def value_covered(document: Document) -> Iterator[Said]:
    """Name values that make no difference beside a wider one of the same list."""
    for entry in plain_entries(document):
        kind = next((one for one in entry.modifiers if one in ENDS), "")
        texts = [(node, text.lower()) for node, text in entry.texts]
        if (
            not kind
            or "cased" in entry.modifiers
            or not MADE.isdisjoint(entry.modifiers)
            or not 1 < len(texts) <= MAX_COMPARED
        ):
            continue
        every = "all" in entry.modifiers
        for node, text, wide in _covered(kind, texts):
            says = (
                f"{entry.key}: {q(wide)} holds wherever {q(text)} does"
                if not every
                else f"{entry.key}: where {q(text)} holds, so does {q(wide)}"
            )
            yield Said(
                line=node.line, says=says, hint="leave the narrower one out" if not every else f"leave {q(wide)} out"
            )


def _covered(kind: str, texts: list[tuple[Node, str]]) -> Iterator[tuple[Node, str, str]]:
    within = {"contains": str.__contains__, "startswith": str.startswith, "endswith": str.endswith}[kind]
    plain = [(node, text) for node, text in texts if "*" not in text and "?" not in text and "\\\\" not in text]
    by_length = sorted((text for _, text in plain if text), key=len)
    for node, text in plain:
        for wide in by_length:
            if len(wide) >= len(text):
                break
            if within(text, wide):
                yield node, text, wide
                break


@error("hash-form", "a hash of the wrong length, or of no kind that Sysmon writes: no event has it")
def hash_form(document: Document) -> Iterator[Said]:
    """Name hashes that no event can have."""
    for entry in document.entries:
        if entry.field not in HASH_FIELDS or not OTHER_WAYS.isdisjoint(entry.modifiers):
            continue
        for node, text in entry.texts:
            for kind, value in re.findall(r"([A-Za-z0-9]+)=([^,*?]*)", text):
                long = HASHES.get(kind.upper())
                if long is None:
                    yield Said(line=node.line, says=f"Sysmon writes no hash {q(kind)}", hint=", ".join(HASHES))
                elif value and (
                    len(value) > long
                    or not re.fullmatch(r"[0-9A-Fa-f]+", value)
                    or (
                        len(value) < long
                        and "*" not in text
                        and "contains" not in entry.modifiers
                        and "startswith" not in entry.modifiers
                    )
                ):
                    yield Said(
                        line=node.line,
                        says=f"{kind}={value[:20]}... is no {kind}: it has {len(value)} characters, not {long} digits",
                        hint="copy it again",
                    )


@warning("null-in-list", "null among other values of a list: tools read it in different ways", convention=PORTABLE)
def null_in_list(document: Document) -> Iterator[Said]:
    """Name lists with null among other values."""
    for entry in document.entries:
        values = entry.values
        if len(values) > 1 and any(one.value is None for one in values):
            yield Said(
                line=document.line_of(entry),
                says=f"{entry.key} has null among its values",
                hint="give null a selection of its own",
            )
