"""What lints say, and how it is said."""

from tocsin.detect.lint.remark import LONGEST, SIGMAHQ, Said, State, error, of_set, q, twice, warning


def test_decorators_make_lints_of_their_state() -> None:
    made = error("a", "about a", convention=SIGMAHQ)(lambda _: [Said(line=1, says="it")])
    assert (made.id, made.state, made.about, made.convention, made.whole) == (
        "a",
        State.ERROR,
        "about a",
        SIGMAHQ,
        False,
    )
    assert warning("b", "about b")(lambda _: []).state is State.WARNING
    assert of_set("c", State.WARNING, "about c")(lambda _: []).whole


def test_a_long_text_is_shortened_and_its_backslashes_stay_single() -> None:
    assert q(r"C:\x") == r"'C:\x'"
    assert len(q("x" * 500)) == LONGEST + 2


def test_the_places_of_what_stands_twice_are_those_after_the_first() -> None:
    assert twice(["a", "b", "a", "a"]) == [2, 3]
