from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tocsin.detect.spool import Counts, Kept, Spool


def test_what_was_written_is_read_back() -> None:
    spool = Spool()
    kept = [Kept(n, "a", n, "utc", n, {"f": ("x", "y")}, "t" * n, b"0" * 16, 1) for n in range(50)]
    offsets = [spool.add(one) for one in kept]
    assert [spool.read(offset) for offset in reversed(offsets)] == kept[::-1]
    assert list(spool.walk()) == list(zip(offsets, kept, strict=True))
    spool.close()


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 9), max_size=3000))
def test_counters_count(keys: list[int]) -> None:
    counts = Counts(10_000)
    seen: Counter[int] = Counter()
    for key in keys:
        seen[key] += 1
        assert counts.up(key) == seen[key]
    assert len(counts) == len(seen)


def test_past_the_limit_a_new_hash_is_not_counted_and_that_is_said() -> None:
    counts = Counts(2)
    assert [counts.up(key) for key in (1, 2, 3, 1, 3)] == [1, 1, 0, 2, 0]
    assert counts.lost == 2


def test_a_count_is_raised_only_upwards() -> None:
    counts = Counts(10)
    assert [counts.at_least(7, n) for n in (1, 1, 3, 2, 3, 4)] == [True, False, True, False, False, True]
