"""What is known of two predicates without a value: never more than is so."""

import random

import pytest

from tocsin.detect.lint.patterns import covers, disjoint, fits_all, shown
from tocsin.match.sigma.expression import Atom, leaves
from tocsin.match.sigma.item import item
from tocsin.match.sigma.predicate import Ask, Predicate, address_of, network_of
from tocsin.match.sigma.predicate import test as asks
from tocsin.match.sigma.tree import Node

ALPHABET = "ab.\\"
VALUES = ["", *(f"{a}{b}{c}" for a in ("", *ALPHABET, "A") for b in ("", *ALPHABET, "B") for c in ("", *ALPHABET, "1"))]
NUMBERS = ["0", "1", "2", "2.5", "3", "x"]
ADDRESSES = ["192.0.2.1", "192.0.2.200", "198.51.100.7", "2001:db8::1", "x"]


def predicate(key: str, value: object) -> Predicate:
    found = next(leaves(item(key, Node(value, 1))))  # type: ignore[arg-type]  # a scalar
    assert isinstance(found, Atom)
    return found.predicate


def fits(one: Predicate, value: str) -> bool:
    if one.ask is Ask.CIDR:
        address = address_of(value)
        return address is not None and address in network_of(one.source)
    if one.ask is Ask.NULL:
        return False
    return asks(one)(value if one.cased or one.ask is not Ask.TEXT else value.lower())


def made(rng: random.Random) -> Predicate:
    kind = rng.randrange(8)
    if kind < 4:
        text = "".join(rng.choice([*ALPHABET, "*", "?", "A"]) for _ in range(rng.randrange(4)))
        ends = rng.choice(["", "|contains", "|startswith", "|endswith"])
        return predicate(f"f{ends}{rng.choice(['', '', '|cased'])}", text)
    if kind == 4:
        pattern = "".join(rng.choice(["a", "b", "[ab]", ".", "a+", r"\."]) for _ in range(rng.randrange(1, 4)))
        return predicate(f"f|re{rng.choice(['', '|i'])}", f"{rng.choice(['', '^'])}{pattern}{rng.choice(['', '$'])}")
    if kind == 5:
        return predicate(f"f|{rng.choice(['lt', 'lte', 'gt', 'gte'])}", rng.choice([1, 2, 2.5]))
    if kind == 6:
        return predicate("f|cidr", rng.choice(["192.0.2.0/24", "192.0.2.128/25", "198.51.100.0/24", "2001:db8::/32"]))
    return predicate("f", rng.choice([None, *ADDRESSES, *NUMBERS]))


def test_what_is_said_of_two_predicates_holds_for_every_value() -> None:
    rng = random.Random(20261124)
    said = {"covers": 0, "disjoint": 0}
    for _ in range(6_000):
        one, other = made(rng), made(rng)
        fitting = [value for value in (*VALUES, *NUMBERS, *ADDRESSES) if fits(other, value)]
        if covers(one, other):
            said["covers"] += 1
            assert all(fits(one, value) for value in fitting), (one, other)
        if disjoint(one, other):
            said["disjoint"] += 1
            assert not any(fits(one, value) for value in fitting), (one, other)
    assert min(said.values()) > 300


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        (("f|contains", "cmd"), ("f|endswith", r"\cmd.exe")), (("f|startswith", "C:\\"), ("f", "c:\\windows\\x")),
        (("f|endswith", ".exe"), ("f|contains|endswith", "a.exe")), (("f", "*a*b*"), ("f", "xaybz")),
        (("f|re", "^a+$"), ("f|cased", "aaa")), (("f|cidr", "192.0.2.0/24"), ("f|cidr", "192.0.2.128/25")),
        (("f|gt", 4), ("f|gt", 5)), (("f|gte", 4), ("f", 4)), (("f", "*"), ("f|re", "x")),
    ],
)  # fmt: skip
def test_a_wider_predicate_covers_a_narrower_one(wide: tuple[str, object], narrow: tuple[str, object]) -> None:
    assert covers(predicate(*wide), predicate(*narrow)) is (wide != ("f|endswith", ".exe"))
    assert not covers(predicate(*narrow), predicate(*wide))


def test_null_excludes_every_value_and_covers_only_itself() -> None:
    null, anything = predicate("f", None), predicate("f", "*")
    assert disjoint(null, anything)
    assert covers(null, null)
    assert not covers(anything, null)


def test_what_fits_all_is_known() -> None:
    assert fits_all(predicate("f", "*"))
    assert fits_all(predicate("f|re", ".*"))
    assert not fits_all(predicate("f", "?*"))


def test_predicates_are_shown_as_rules_write_them() -> None:
    told = [("f|endswith", r"\a"), ("f", None), ("f|gte", 5), ("f|cidr", "192.0.2.0/24")]
    assert [shown(predicate(*one)) for one in told] == [r"'*\a'", "null", ">= 5", "'192.0.2.0/24'"]
