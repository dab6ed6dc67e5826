"""What a rule wants and what a record has, in words."""

from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from tocsin.detect.nearly import nearly
from tocsin.detect.sight import Seen, Sight
from tocsin.match.sigma.expression import Atom
from tocsin.match.sigma.moment import PARTS
from tocsin.match.sigma.parts import Kind, Part
from tocsin.match.sigma.predicate import Ask
from tocsin.match.sigma.why import Why, grounds, misses, top
from tocsin.model.text import counted

SHORT = 100  # characters of a value in a line
NOTE = 70  # characters of a value in a note of the tree
FEW = 3  # values that a sentence names
SHOWN = 6  # values of a list that a tree shows
TOLD = 2  # misses that a sentence tells

# the verb of a modifier: as it is told of what holds, and after "must"
_VERBS = {
    "contains": ("contains", "contain"),
    "startswith": ("begins with", "begin with"),
    "endswith": ("ends with", "end with"),
    "re": ("matches the regular expression", "match the regular expression"),
    "cidr": ("is an address in", "be an address in"),
    "lt": ("is below", "be below"),
    "lte": ("is at most", "be at most"),
    "gt": ("is above", "be above"),
    "gte": ("is at least", "be at least"),
}
_BESIDE = {
    "cased": "case counts",
    "windash": "any dash",
    "base64": "in Base64",
    "base64offset": "in Base64, at any offset",
    "wide": "as UTF-16",
    "utf16": "as UTF-16 with its mark",
    "utf16le": "as UTF-16",
    "utf16be": "as big-endian UTF-16",
    "expand": "placeholders filled",
    "i": "without case",
    "ignorecase": "without case",
    "m": "line by line",
    "multiline": "line by line",
    "s": "dots match line ends",
    "dotall": "dots match line ends",
}
_CASE = "case counts"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the tree.

    How deep it stands, whether it held, what it says, and a note on what the record has.
    """

    depth: int
    held: bool
    says: str
    note: str = ""


def short(text: str, most: int = SHORT) -> str:
    """Return a text, cut where it is long, with its length told."""
    return text if len(text) <= most + 20 else f"{text[:most]}... ({len(text):,} characters)"


def wants(item: Part, *, must: bool) -> str:
    """Return what an item asks for.

    `Image ends with 'cmd.exe'`, or after `must` with the verb's other form.
    """
    if item.parts and item.parts[0].name in {"true", "false"} and "exists" in item.modifiers:
        is_there = (item.parts[0].name == "true") is not ("neq" in item.modifiers)
        return f"{item.field} {'must be' if must else 'is'} {'there' if is_there else 'absent'}"
    moment = next((one for one in item.modifiers if one in PARTS), "")
    subject = f"the {moment} of {item.field}" if moment else item.field or "the record"
    verb = _verb(item, must=must)
    beside = [_BESIDE[one] for one in item.modifiers if one in _BESIDE]
    if "re" in item.modifiers and not {"i", "ignorecase"} & set(item.modifiers):
        beside.append(_CASE)
    values = _values([one.name for one in item.parts], is_all=item.is_all, item=item)
    return f"{subject} {verb} {values}" + (f" ({', '.join(dict.fromkeys(beside))})" if beside else "")


def _verb(item: Part, *, must: bool) -> str:
    negated = "neq" in item.modifiers or (item.is_contrary and "exists" not in item.modifiers)
    how = next((one for one in item.modifiers if one in _VERBS), "")
    plain = ("is", "be") if item.field else ("holds", "hold")
    told, base = _VERBS.get(how, plain)
    if must:
        return f"must {'not ' if negated else ''}{base}"
    if not negated:
        return told
    return told.replace("is", "is not", 1) if told.startswith("is") else f"does not {base}"


def _values(names: Sequence[str], *, is_all: bool, item: Part) -> str:
    quoted = [_quoted(one, item) for one in names[:FEW]]
    if len(names) == 1:
        return quoted[0]
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    which = "all of" if is_all else "one of"
    return f"{which} {', '.join(quoted)}{more}"


def _quoted(name: str, item: Part) -> str:
    if "fieldref" in item.modifiers:
        return f"the field {name}"
    leaf = next((one.leaf for one in item.parts if one.name == name), None)
    if isinstance(leaf, Atom) and leaf.predicate.ask == Ask.NULL:
        return "null"
    if isinstance(leaf, Atom) and leaf.predicate.ask in {Ask.LT, Ask.LTE, Ask.GT, Ask.GTE, Ask.TIME}:
        return name
    return f"'{short(name, 80)}'"


def has(seen: Seen, most: int = SHORT) -> str:
    """Return what a record has of a field.

    `is "x"`, `is absent`, `is null`, `is empty`.
    """
    if seen.state != "value":
        return f"is {seen.state}"
    more = f" and {len(seen.texts) - FEW} more" if len(seen.texts) > FEW else ""
    return "is " + ", ".join(f'"{short(one, most)}"' for one in seen.texts[:FEW]) + more


def headline(why: Why, sight: Sight) -> str:
    """Return in one sentence why a record matches, or what it lacks for that."""
    if why.held:
        found = [_ground(one) for one in grounds(why)]
        if not found:
            return "it matches, since nothing that must not be there is there"
        more = f" and {len(found) - FEW} more" if len(found) > FEW else ""
        return f"it matches: {'; '.join(found[:FEW])}{more}"
    parts = top(why)
    failed = [one for one in parts if not one.held]
    lacking = [_miss(one, sight) for one in misses(why)]
    more = f"; and {len(lacking) - TOLD} more" if len(lacking) > TOLD else ""
    which = ", ".join(dict.fromkeys(one.part.name for one in failed if one.part.kind is Kind.SELECTION))
    count = f"{len(failed)} of {len(parts)} parts did not hold{' (' + which + ')' if which else ''}: "
    return f"{count if len(parts) > 1 else ''}{'; '.join(lacking[:TOLD])}{more}"


def _ground(why: Why) -> str:
    item = why.part
    held = [one.part.name for one in why.parts if one.held]
    if item.kind is not Kind.ITEM or item.is_contrary or item.is_all or len(held) == len(why.parts):
        return wants(item, must=False)
    return wants(_only(item, next(one.part for one in why.parts if one.held)), must=False)


def _miss(why: Why, sight: Sight) -> str:
    part = why.part
    if part.kind is Kind.NOT:
        inner = why.parts[0]
        what = inner.part.name or "what follows `not`"
        reasons = "; ".join(_ground(one) for one in list(grounds(inner))[:TOLD])
        return f"{what} held, and must not" + (f": {reasons}" if reasons else "")
    if part.kind is not Kind.ITEM:
        return f"{part.name} did not hold"
    if not part.field:
        return f"{wants(part, must=True)}; it does not"
    return f"{wants(part, must=True)}; {_state(why, sight)}"


def _state(why: Why, sight: Sight) -> str:
    """Return what the record has instead, and why that nearly is what was asked for."""
    part = why.part
    seen = sight.seen(part.field)
    says = f"it {has(seen)}"
    if part.is_all and len(part.parts) > 1 and not part.is_contrary and seen.state == "value":
        lacks = [one.part.name for one in why.parts if not one.held]
        says += f", which lacks {', '.join(_quoted(one, part) for one in lacks[:FEW])}"
        says += f" and {len(lacks) - FEW} more" if len(lacks) > FEW else ""
    hint = next((text for one in why.parts if not one.held and (text := nearly(one.part, sight))), "")
    return says + (f" ({hint})" if hint else "")


def tree(why: Why, sight: Sight, depth: int = 0) -> Iterator[Line]:
    """Yield the lines of a rule's tree, top down.

    What held because it is not there is one line, and so is an alternative that was not needed. Of a list that any
    value satisfies only what held is told.
    """
    while why.part.kind in {Kind.SELECTION, Kind.SOME} and len(why.parts) == 1 and not why.part.name:
        why = why.parts[0]
    part = why.part
    if part.kind is Kind.ITEM:
        yield from _item_lines(why, sight, depth)
        return
    inner = why.parts
    if len(inner) == 1 and _is_told(part, inner[0].part):
        inner = inner[0].parts
    yield Line(depth=depth, held=why.held, says=_joint(part))
    if part.kind is Kind.NOT and why.held:
        return
    for one in inner:
        lines = tree(one, sight, depth + 1)
        yield from islice(lines, 1) if why.held and not one.held else lines


def _is_told(outer: Part, inner: Part) -> bool:
    """Return whether the line of a part says already what the line of the one in it would."""
    if outer.kind is Kind.CLAUSE:
        return inner.kind is Kind.SOME or inner.name == outer.name
    return outer.kind is Kind.NOT and (inner.kind is Kind.SELECTION or (inner.kind is Kind.SOME and inner.least == 1))


def _joint(part: Part) -> str:
    inner = part.parts[0]
    if part.kind is Kind.NOT and inner.kind is Kind.SOME and inner.least == 1:
        return f"none of {_names(inner)}"
    if part.kind is Kind.NOT:
        return f"not {_joint(inner)}" if inner.kind is not Kind.ITEM else "not this"
    if part.kind is Kind.CLAUSE:
        return part.name
    many = len(part.parts)
    which = "" if many == 1 else f"all of {many}" if part.is_all else f"at least {part.least} of {many}"
    if part.kind is Kind.SOME:
        return f"{which.removesuffix(f' {many}')} {_names(part)}".strip()
    return f"{part.name}: {which}".removesuffix(": ") if part.name else (which or "this")


def _names(part: Part) -> str:
    names = [one.name for one in part.parts if one.kind is Kind.SELECTION and one.name]
    if len(names) != len(part.parts):
        return f"{len(part.parts)} parts" if part.is_all else f"these {len(part.parts)}"
    return f"{', '.join(names[:FEW])} and {len(names) - FEW} more" if len(names) > FEW else ", ".join(names)


def _item_lines(why: Why, sight: Sight, depth: int) -> Iterator[Line]:
    part = why.part
    seen = sight.seen(part.field)
    note = has(seen, NOTE) if part.field else ""
    if part.is_contrary or (part.field and seen.state != "value") or (len(why.parts) == 1 and not why.parts[0].parts):
        hint = "" if why.held or part.is_contrary else nearly(part.parts[0], sight)
        if why.held and not part.is_contrary:
            note = _around(seen, part.parts[0].name) or note
        yield Line(depth=depth, held=why.held, says=wants(part, must=False), note=f"{note}; {hint}" if hint else note)
        return
    held = [one for one in why.parts if one.held]
    if part.is_all and len(why.parts) > 1:
        notes = filter(None, (note, f"has {len(held)} of {len(why.parts)}"))
        yield Line(depth=depth, held=why.held, says=_of_many(part), note="; ".join(notes))
        shown: Sequence[Why] = sorted(why.parts, key=lambda one: one.held)
    elif held:
        says = f"{wants(_only(part, held[0].part), must=False)}"
        many = f"{len(held)} of {len(why.parts)} that would do" if len(why.parts) > 1 else ""
        notes = filter(None, (_around(seen, held[0].part.name) or note, many))
        yield Line(depth=depth, held=True, says=says, note="; ".join(notes))
        shown = [one for one in held[:1] if one.parts]
    else:
        yield Line(depth=depth, held=False, says=wants(part, must=False), note=note)
        shown = [one for one in why.parts if one.parts or nearly(one.part, sight)]
    for one in shown[:SHOWN]:
        yield from _value_lines(one, part, sight, depth + 1)
    if len(shown) > SHOWN:
        rest = shown[SHOWN:]
        yield Line(depth=depth + 1, held=rest[0].held, says=counted(len(rest), "more value"))


def _only(item: Part, value: Part) -> Part:
    return msgspec.structs.replace(item, parts=(value,), least=1)


def _around(seen: Seen, wanted: str) -> str:
    """Return what is around a text in a long value; nothing where the value is short or does not hold it."""
    for text in seen.texts:
        at = text.lower().find(wanted.lower())
        if at > NOTE - len(wanted) and wanted:
            start = max(0, at - NOTE // 2)
            end = at + len(wanted) + NOTE // 2
            return f'is "{"..." * (start > 0)}{text[start:end]}{"..." * (end < len(text))}"'
    return ""


def _of_many(part: Part) -> str:
    if len(part.parts) == 1:
        return wants(part, must=False)
    verb = _verb(part, must=False)
    beside = [_BESIDE[one] for one in part.modifiers if one in _BESIDE]
    which = "all" if part.is_all else "one"
    says = f"{part.field or 'the record'} {verb} {which} of {len(part.parts)}"
    return says + (f" ({', '.join(dict.fromkeys(beside))})" if beside else "")


def _value_lines(why: Why, item: Part, sight: Sight, depth: int) -> Iterator[Line]:
    hint = "" if why.held else nearly(why.part, sight)
    yield Line(depth=depth, held=why.held, says=_quoted(why.part.name, item), note=hint)
    for one in why.parts[:FEW]:
        yield Line(depth=depth + 1, held=one.held, says=f"as '{short(one.part.name, 80)}'")
    if len(why.parts) > FEW:
        rest = why.parts[FEW:]
        yield Line(depth=depth + 1, held=any(one.held for one in rest), says=f"{len(rest)} more forms")
