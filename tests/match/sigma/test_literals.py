from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.match.sigma.literals import LOADING, PAYS, At, Few, Grams, Literals, Piece, Scanner, hyperscan

MODULE = hyperscan()
TEXTS = st.text(alphabet="ab-éx\u2013\ud800", min_size=1, max_size=6)
PIECES = st.lists(st.builds(Piece, TEXTS, st.integers(0, 5), st.sampled_from(At)), min_size=1, max_size=8)
VALUES = st.lists(st.text(alphabet="ab-éx\u2013\ud800\0", max_size=9), min_size=1, max_size=5)


def stands(piece: Piece, value: str) -> bool:
    fits: dict[At, Callable[[str], bool]] = {
        At.ANYWHERE: lambda text: text in value,
        At.START: value.startswith,
        At.END: value.endswith,
    }
    return fits[piece.at](piece.text)


def expected(pieces: Sequence[Piece], values: Sequence[str]) -> set[tuple[int, int]]:
    return {(place, p.number) for place, value in enumerate(values) for p in pieces if stands(p, value)}


@settings(max_examples=300, deadline=None)
@given(pieces=PIECES, values=VALUES)
def test_each_literal_that_is_there_is_found_in_python(pieces: list[Piece], values: list[str]) -> None:
    assert expected(pieces, values) <= set(Grams(pieces).find(values)) & set(Few(pieces).find(values))


@pytest.mark.skipif(MODULE is None, reason="hyperscan is not installed")
@settings(max_examples=300, deadline=None)
@given(pieces=PIECES, values=VALUES)
def test_a_database_finds_the_literals_that_are_there_and_no_others(pieces: list[Piece], values: list[str]) -> None:
    assert set(Scanner(pieces, MODULE).find(values)) == expected(pieces, values)


def test_a_literal_that_a_database_cannot_hold_is_found_all_the_same() -> None:
    literals = Literals(hyperscan)
    literals.add(Piece("a\0b", 1))
    literals.add(Piece("x" * 70, 2))
    values = ["-a\0b-", "x" * 80, "y" * PAYS * (LOADING + 2)]
    for _ in range(2):
        assert {(0, 1), (1, 2)} <= set(literals.find(values))


def test_no_literal_is_found_where_there_are_none() -> None:
    assert list(Literals(hyperscan).find(["abc"])) == []
