"""Rules of one or two items with events that nearly match them, made by chance from every combination of modifiers."""

import json
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from itertools import combinations as subsets
from random import Random
from typing import Any, NamedTuple

import yaml

from tests.match.sigma import naive
from tests.match.sigma.test_matcher import objects
from tocsin.match.sigma.literals import hyperscan
from tocsin.match.sigma.matcher import Matcher
from tocsin.match.sigma.rule import Rule, read

FILLS = {"x": ["a", "B-", "10", "é*"], "y": ["b", "*", "?c"], "n": ["10.0.0.0/8", "2001:db8::/32"]}
DASHES = "-/\u2013\u2014\u2015"
ENDS = ("contains", "startswith", "endswith")
COMPARES = ("lt", "lte", "gt", "gte")
PARTS = ("minute", "hour", "day", "week", "month", "year")
FLAGS = ("i", "m", "s", "ignorecase", "multiline", "dotall")
CODES = ("utf16le", "utf16be", "utf16", "wide")
TRIES = 5  # values: not each fits each combination
PIECES = [
    "a", "B", "b", "-", "/", "\u2013", "\u2014", "\\", r"\\", "*", "?", r"\*", r"\?", "é", "É", "İ", "ß", "\u212a", " ",
    "10", "7.5", ".", "[", "(", "%", "_", "'", '"', "\n", "\x00", "cmd", "C:\\", "$", "^", "|", "true", "null",
]  # fmt: skip
REGEXES = ["^a", "b$", "a.b", "[0-9]+", "A|É", "^b", "", "[^a]b?", "(ab)+", "a{2,3}", r"\\", "x*y", "^$", "%x%", "é"]
NETWORKS = ["10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0", "192.0.2.1", "::ffff:10.0.0.0/104", "10.1.2.3/24", "::1/128"]
ADDRESSES = [
    "10.1.2.3", "10.1.2.99", "::ffff:10.0.0.1", "2001:db8::1", "2001:0DB8:0:0::1", "192.0.2.1", "::1", "11.0.0.1", "x",
    "10.1.2", "",
]  # fmt: skip
MOMENTS = [
    "2026-03-01T22:15:00+02:00", "2026-01-01 07:10:00", "01/Mar/2026:10:07:00 +0000", "1772403300", "2026-12-31",
    "2025-10-09T10:09:10Z", "no time", "", "2026-13-01T00:00:00Z",
]  # fmt: skip
SCALARS: list[Any] = [7, 10, 7.5, 7.0, -1, 0, True, False, 1e20, "7", "10", "7.5", "07", "1e1", " 7", "x", "", "nan"]


class Pair(NamedTuple):
    """A detection, an event with its raw text, and the modifiers that the detection has."""

    detection: dict[str, Any]
    event: dict[str, Any]
    raw: str
    modifiers: tuple[str, ...]


def _some(names: tuple[str, ...], most: int) -> Iterator[tuple[str, ...]]:
    for many in range(most + 1):
        yield from subsets(names, many)


@cache
def combinations() -> tuple[tuple[str, ...], ...]:
    """Return each combination of modifiers that is made, in an order in which they may be applied."""
    tails = list(_some(("all", "neq", "cased"), 3))
    found: list[tuple[str, ...]] = []
    for tail in tails:
        for end in (
            (),
            *((one,) for one in ENDS),
            ("startswith", "endswith"),
            ("contains", "startswith"),
            ("contains", "endswith"),
        ):
            found.extend((*dash, *end, *more, *tail) for dash in ((), ("windash",)) for more in ((), ("expand",)))
            found.extend((*end[:1], *dash, *tail) for dash in (("windash",),))
        for code in ((), *((one,) for one in CODES)):
            for base in ((), ("base64",), ("base64offset",), ("base64", "base64offset")):
                found.extend(
                    (*dash, *code, *base, *end, *more, *tail)
                    for dash in ((), ("windash",))
                    for end in ((), *((one,) for one in ENDS))
                    for more in ((), ("expand",))
                    if code or base
                )  # fmt: skip
        found.extend((first, second, *tail) for first, second in subsets(CODES, 2))
        found.extend(("fieldref", *how, *tail) for how in ((), *((one,) for one in (*ENDS, *COMPARES))))
        found.extend((how, *tail) for how in COMPARES)
        found.extend(("cidr", *more, *tail) for more in ((), ("expand",)))
        found.extend(
            ("re", *flags, *end, *more, *tail)
            for flags in _some(FLAGS, 2) for end in ((), *((one,) for one in ENDS)) for more in ((), ("expand",))
        )  # fmt: skip
        found.extend(("re", *ends, *tail) for ends in subsets(ENDS, 2))
    for tail in _some(("all", "neq"), 2):
        found.extend((part, *how, *tail) for part in PARTS for how in ((), *((one,) for one in COMPARES)))
    found.extend([("exists",), ("exists", "neq")])
    return tuple(dict.fromkeys(found))


def made(seed: int, many: int) -> Iterator[Pair]:
    """Yield pairs; each combination of modifiers comes up, the short ones more often."""
    chance = Random(seed)
    every = combinations()
    few = [one for one in every if len(one) < 3]
    done = 0
    while True:
        for longer in chance.sample(every, len(every)):
            if done == many:
                return
            modifiers = chance.choice(few) if chance.random() < 0.4 else longer
            tried = (_pair(chance, modifiers) for _ in range(TRIES))
            found = next((one for one in tried if isinstance(_read(one.detection), Rule)), None)
            if found is not None:
                done += 1
                yield found


def _read(detection: dict[str, Any]) -> object:
    return next(read(written(detection), "rule.yml", FILLS))


def written(detection: dict[str, Any]) -> bytes:
    """Return the rule of a detection as YAML."""
    rule = {"title": "t", "logsource": {"product": "windows"}, "detection": detection}
    return yaml.safe_dump(rule, sort_keys=False, allow_unicode=True).encode()


def asked_of(pair: Pair) -> tuple[bool, bool]:
    """Return what the naive evaluator answers, and the matcher by both of its engines."""
    (rule,) = read(written(pair.detection), "rule.yml", FILLS)
    assert isinstance(rule, Rule), rule
    table = objects([pair.event], [pair.raw])
    one, other = (bool(list(Matcher([rule], engine=engine).run(table))) for engine in (hyperscan, lambda: None))
    assert one is other, pair
    everything = [pair.raw, "\n".join(naive.texts(pair.event))]
    return naive.matches(pair.detection, pair.event, everything, FILLS), one


def _pair(chance: Random, modifiers: tuple[str, ...]) -> Pair:
    field = "" if _may_be_keyword(modifiers) and chance.random() < 0.1 else "f"
    many = chance.choice([1, 1, 2, 3]) if "exists" not in modifiers else 1
    values = [_value(chance, modifiers) for _ in range(many)]
    if field and not {"re", "cidr", *COMPARES, *PARTS, "exists", "fieldref", *ENDS, "windash", *CODES, "base64"} & {
        *modifiers, "base64" if "base64offset" in modifiers else ""
    } and chance.random() < 0.1:  # fmt: skip
        values.append(None)
    key = "|".join((field, *modifiers))
    event = {"f": _seen(chance, modifiers, values), "g": chance.choice([*SCALARS, "a", "Ab", "b-", None]), "h": "a"}
    event = {name: value for name, value in event.items() if chance.random() < 0.95}
    if "exists" in modifiers and chance.random() < 0.5:
        event.pop("f", None)
    detection: dict[str, Any] = {"s": {key: values if len(values) > 1 or chance.random() < 0.3 else values[0]}}
    if "exists" in modifiers:
        detection = {"s": {key: values[0]}}
    condition = chance.choice(["s", "s", "s", "not s", "1 of s*", "s and not t", "s or t", "all of them"])
    if "t" in condition.split() or "all" in condition:
        detection["t"] = {"h": chance.choice(["a", "b", None])}
    event["m"] = _message(chance, values)
    raw = json.dumps(event, ensure_ascii=chance.random() < 0.5)
    return Pair({**detection, "condition": condition}, event, raw, modifiers)


def _may_be_keyword(modifiers: tuple[str, ...]) -> bool:
    return not {"exists", "cidr", "fieldref", *COMPARES, *PARTS} & set(modifiers)


def _value(chance: Random, modifiers: tuple[str, ...]) -> Any:
    if "exists" in modifiers:
        return chance.random() < 0.5
    if "re" in modifiers:
        return chance.choice(REGEXES)
    if "cidr" in modifiers:
        return "%n%" if "expand" in modifiers else chance.choice(NETWORKS)
    if "fieldref" in modifiers:
        return chance.choice("gh")
    part = next((one for one in modifiers if one in PARTS), "")
    if part:
        return chance.choice([1, 3, 7, 9, 10] if part != "year" else [2025, 2026])
    if set(COMPARES) & set(modifiers):
        return chance.choice([7, 7.5, 10, -1, 0])
    if modifiers in {(), ("neq",), ("all",), ("cased",)} and chance.random() < 0.3:
        return chance.choice([7, 10, 7.5, True, False, ""])
    text = "".join(chance.choice(PIECES) for _ in range(chance.randint(0 if len(modifiers) < 2 else 1, 4)))
    if "expand" in modifiers:
        text = chance.choice(["%x%", "a%x%", "%x%-", "%y%", "%x%%y%", text])
    return text


def _seen(chance: Random, modifiers: tuple[str, ...], values: list[Any]) -> Any:
    one = chance.choice(values)
    if "cidr" in modifiers:
        seen: Any = chance.choice(ADDRESSES)
    elif set(PARTS) & set(modifiers):
        seen = chance.choice(MOMENTS)
    elif set(COMPARES) & set(modifiers) or "fieldref" in modifiers or not isinstance(one, str):
        seen = chance.choice([*SCALARS, one, "a", "aB", "xa"])
    else:
        seen = _near(chance, modifiers, one)
    roll = chance.random()
    if roll < 0.1:
        return [seen, chance.choice([None, "x", 7, ""])]
    return {0: None, 1: [], 2: {"k": "a"}}.get(int(roll * 100) - 10, seen)


def _near(chance: Random, modifiers: tuple[str, ...], text: str) -> str:
    """Return a text that a value may well match: encoded, wrapped, with other dashes and another case."""
    for name, fills in FILLS.items():
        text = text.replace(f"%{name}%", chance.choice(fills)) if "expand" in modifiers else text
    if "re" in modifiers:
        text = chance.choice(["a", "ab", "aab", "b", "\nb", "a\nb", "É", "12", "A", text, "x", ""])
    else:
        text = naive.unescape(text)
        text = "".join(
            chance.choice(["", "x", "zz", char]) if char in "*?" and chance.random() < 0.7 else char for char in text
        )
    if "windash" in modifiers:
        text = "".join(chance.choice(DASHES) if char in DASHES else char for char in text)
    raw = text.encode()
    for name in modifiers:
        if name in CODES:
            mark = b"\xff\xfe" if name == "utf16" else b""
            raw = mark + raw.decode("utf-8", "replace").encode("utf-16-be" if name == "utf16be" else "utf-16-le")
        elif name == "base64":
            raw = b64encode(raw)
        elif name == "base64offset":
            raw = b64encode(b"zz"[: chance.randint(0, 2)] + raw + b"yy"[: chance.randint(0, 2)])
    text = naive.decode(raw)
    before, behind = chance.choice(["", "", "x", "a "]), chance.choice(["", "", "y", " b"])
    if not {"contains", "endswith", "re", "base64offset"} & set(modifiers) and chance.random() < 0.8:
        before = ""
    if not {"contains", "startswith", "re", "base64offset"} & set(modifiers) and chance.random() < 0.8:
        behind = ""
    text = f"{before}{text}{behind}"
    return chance.choice([text, text, text, text.upper(), text.lower(), text.swapcase()])


def _message(chance: Random, values: list[Any]) -> str:
    return chance.choice(["", "raw", *(str(value) for value in values), *(f"x {value} y" for value in values)])
