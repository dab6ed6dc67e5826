"""The first and last of a column of times."""

from hypothesis import given
from hypothesis import strategies as st

from tocsin.formats import clock
from tocsin.formats.clock_ends import ends

TIMES = st.datetimes().map(lambda at: at.isoformat(timespec="milliseconds"))
WRITTEN = st.tuples(TIMES, st.sampled_from(["Z", "", "000Z"])).map("".join)


@given(st.lists(WRITTEN, min_size=1, max_size=30))
def test_the_ends_are_those_of_all_times_read(texts: list[str]) -> None:
    told = ends(texts, range(len(texts)))
    read = clock.read("iso", texts)
    if None in read.micros:  # beyond what a time may be: an end that is none is not told
        return
    assert told is not None
    for written in set(read.written):
        mine = [
            (at, row)
            for row, (at, how) in enumerate(zip(read.micros, read.written, strict=True))
            if how == written and at is not None
        ]
        its = [(at, row) for how, at, row in told if how == written]
        assert min(its)[0] == min(mine)[0]
        assert max(its)[0] == max(mine)[0]
        assert set(its) <= set(mine)


def test_the_places_are_those_that_were_given_and_what_is_behind_is_read() -> None:
    texts = ["2020-01-01 00:00:02.000", "2020-01-01 00:00:01.000"]
    one = ends(texts, [4, 9], "Z")
    assert one is not None
    assert [(how, place) for how, _, place in one] == [("utc", 9), ("utc", 4)]


def test_times_whose_order_is_not_that_of_their_texts_are_not_told() -> None:
    assert ends(["2020-01-01T00:00:00+01:00", "2020-01-01T00:00:00+02:00"], [0, 1]) is None
    assert ends(["yesterday"], [0]) is None
    assert ends(["2020-99-01T00:00:00Z"], [0]) is None
