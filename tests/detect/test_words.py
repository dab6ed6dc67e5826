import pytest

from tests.detect.build import key_entity
from tocsin.detect.spool import Kept
from tocsin.detect.tally import Tally
from tocsin.detect.words import fill, plain, span_words


def tally(*users: str) -> Tally:
    made = Tally(frozenset({"user.name"}))
    for user in users:
        made.add(Kept(0, "a", 0, "utc", 0, {"user.name": (user,)}, "", b"0" * 16, 1), key_entity)
    return made


@pytest.mark.parametrize(
    ("users", "says"),
    [
        (["a"], "a, 1 name"),
        (["a", "A", "b"], "a, b, 2 name"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more, 5 name"),
        ([], "unknown, 0 name"),
    ],
)
def test_values_are_named_up_to_three_and_then_counted(users: list[str], says: str) -> None:
    assert fill("{user.name}, {user.name:count} name", tally(*users), {}) == says


def test_a_value_with_braces_is_not_filled_again() -> None:
    assert fill("{user.name}", tally("{count}"), {"count": "9"}) == "{count}"


def test_a_rule_without_a_template_tells_title_who_and_how_often() -> None:
    assert plain(tally("a", "a"), "Login") == "Login: a, 2 times"


@pytest.mark.parametrize(
    ("seconds", "says"),
    [(0, "0 s"), (41, "41 s"), (120, "2 minutes"), (7199, "119 minutes"), (7200, "2 hours"), (172800, "2 days")],
)
def test_a_span_is_said_as_people_say_it(seconds: int, says: str) -> None:
    assert span_words(seconds * 1_000_000) == says


@pytest.mark.parametrize(
    ("users", "says"),
    [(["a"], "1 user name, 1 address"), (["a", "b"], "2 user names, 2 addresses"), ([], "0 user names, 0 addresses")],
)
def test_a_noun_after_a_count_is_in_the_plural_unless_it_is_one(users: list[str], says: str) -> None:
    text = "{user.name:count} user name(s), {user.name:count} address(es)"
    assert fill(text, tally(*users), {}) == says


def test_a_value_that_ends_like_a_noun_stays_as_it_is() -> None:
    assert fill("{user.name} failed", tally("printer(s)"), {}) == "printer(s) failed"
