"""Lints of modifiers: ones that do nothing, exclude each other, or want another beside them."""

from collections.abc import Iterator

from tocsin.detect.lint.document import Document, Entry
from tocsin.detect.lint.edit import key_renamed
from tocsin.detect.lint.remark import PORTABLE, Edit, Said, error, twice, warning
from tocsin.detect.lint.values import ENDS, OTHER_WAYS
from tocsin.match.sigma.item import FLAGS

REPEATABLE = frozenset({"base64"})  # a text may be encoded more than once


def _renamed(document: Document, entry: Entry, new: str) -> Edit | None:
    return key_renamed(document.text, document.line_of(entry), entry.key, new)


@warning("all-of-one", "`all` with one value: it does nothing")
def all_of_one(document: Document) -> Iterator[Said]:
    """Name entries with `all` and one value."""
    for entry in document.entries:
        if "all" in entry.modifiers and entry.field and len(entry.values) == 1 and "expand" not in entry.modifiers:
            new = "|".join([entry.field, *(one for one in entry.modifiers if one != "all")])
            yield Said(
                line=document.line_of(entry),
                says=f"{entry.key} has one value, so that 'all' does nothing",
                hint=f"write {new}",
                edit=_renamed(document, entry, new),
                fix=f"{entry.key} → {new}",
            )


@error("all-equal", "`all` over whole values: one field cannot equal two texts, unless it is a list")
def all_equal(document: Document) -> Iterator[Said]:
    """Name entries whose values exclude each other."""
    for entry in document.entries:
        ways = {"re", "cidr", "fieldref", "exists", "expand", *ENDS}
        if "all" not in entry.modifiers or not entry.field or not ways.isdisjoint(entry.modifiers):
            continue
        plain = {text.lower() for _, text in entry.texts if "*" not in text and "?" not in text}
        if len(plain) > 1:
            yield Said(
                line=document.line_of(entry),
                says=f"{entry.key}: a field cannot equal {len(plain)} texts at once",
                hint=f"write {entry.field}|contains|all, or leave 'all' out; a field that is a list can",
            )


@error("base64offset-whole", "`base64offset` without `contains`: what it makes never stands alone")
def base64offset_whole(document: Document) -> Iterator[Said]:
    """Name entries that compare a part of Base64 with a whole value."""
    for entry in document.entries:
        if "base64offset" in entry.modifiers and "contains" not in entry.modifiers:
            yield Said(
                line=document.line_of(entry),
                says=f"{entry.key}: the Base64 of a text at any offset stands within more of it",
                hint=f"write {entry.key}|contains",
            )


@warning("base64-case", "Base64 compared without case: another text of the same letters fits too", convention=PORTABLE)
def base64_case(document: Document) -> Iterator[Said]:
    """Name entries whose Base64 fits more than it should."""
    for entry in document.entries:
        if {"base64", "base64offset"} & set(entry.modifiers) and "cased" not in entry.modifiers:
            yield Said(
                line=document.line_of(entry),
                says=f"{entry.key} compares Base64 without case",
                hint=f"write {entry.key}|cased",
            )


@warning("modifier-twice", "a modifier that stands twice")
def modifier_twice(document: Document) -> Iterator[Said]:
    """Name modifiers that stand twice."""
    for entry in document.entries:
        places = [place for place in twice(entry.modifiers) if entry.modifiers[place] not in REPEATABLE]
        if places:
            kept = [one for place, one in enumerate(entry.modifiers) if place not in places]
            new = "|".join([entry.field, *kept])
            yield Said(
                line=document.line_of(entry),
                says=f"{entry.key} has {entry.modifiers[places[0]]!r} twice",
                hint=f"write {new}",
                edit=_renamed(document, entry, new),
                fix=f"{entry.key} → {new}",
            )


@warning("modifiers-contrary", "`contains`, `startswith` and `endswith` beside each other: the widest counts")
def modifiers_contrary(document: Document) -> Iterator[Said]:
    """Name entries that say twice where a text stands."""
    for entry in document.entries:
        ends = [one for one in dict.fromkeys(entry.modifiers) if one in ENDS]
        if len(ends) > 1 and "re" not in entry.modifiers:
            yield Said(
                line=document.line_of(entry),
                says=f"{entry.key}: {ends[0]} and {ends[1]} cannot both be meant",
                hint="keep one",
            )


@warning(
    "windash-all",
    "`windash` with `all`: here each dash varies alone, other tools then ask for all variants",
    convention=PORTABLE,
)
def windash_all(document: Document) -> Iterator[Said]:
    """Name entries that other tools read as never true."""
    for entry in document.entries:
        if {"windash", "all"} <= set(entry.modifiers):
            yield Said(
                line=document.line_of(entry),
                says=f"{entry.key}: some tools ask for all variants of the dash at once",
                hint="give each value an entry of its own",
            )


@warning("windash-needless", "`windash` on values without a dash or slash: it does nothing")
def windash_needless(document: Document) -> Iterator[Said]:
    """Name entries none of whose values has a dash."""
    for entry in document.entries:
        if "windash" in entry.modifiers and entry.texts and OTHER_WAYS.isdisjoint(entry.modifiers):
            dashes = "-/\u2013\u2014\u2015"
            if not any(char in text for _, text in entry.texts for char in dashes):
                new = "|".join([entry.field, *(one for one in entry.modifiers if one != "windash")])
                yield Said(
                    line=document.line_of(entry),
                    says=f"{entry.key}: no value has a dash",
                    hint=f"write {new}",
                    edit=_renamed(document, entry, new),
                    fix=f"{entry.key} → {new}",
                )


@warning("re-flag-long", "a flag of a regular expression by a name that Sigma does not have")
def re_flag_long(document: Document) -> Iterator[Said]:
    """Name flags that only pySigma knows by that name."""
    for entry in document.entries:
        long = next((one for one in entry.modifiers if one in FLAGS and len(one) > 1), "")
        if long:
            new = "|".join([entry.field, *(FLAGS.get(one, one) if len(one) > 1 else one for one in entry.modifiers)])
            yield Said(
                line=document.line_of(entry),
                says=f"{entry.key}: Sigma names the flag {FLAGS[long]!r}",
                hint=f"write {new}",
                edit=_renamed(document, entry, new),
                fix=f"{entry.key} → {new}",
            )
