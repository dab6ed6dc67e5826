from hypothesis import given
from hypothesis import strategies as st

from tocsin.model import Event
from tocsin.model.codec import from_json
from tocsin.store.text import MAX_KEY, body, clean, search_key

ANY = st.text(st.characters(exclude_categories=()))


def test_nul_and_lone_surrogates_become_visible() -> None:
    assert clean("a\0b\udc80") == "a\u2400b\\udc80"


@given(ANY)
def test_a_clean_text_is_what_both_databases_hold(text: str) -> None:
    assert "\0" not in clean(text)
    clean(text).encode()
    assert clean(clean(text)) == clean(text)


@given(st.text("aä\u20ac\U0001f600", max_size=3000))
def test_a_searched_text_is_never_longer_than_an_index_takes(text: str) -> None:
    assert len(search_key(text).encode()) <= MAX_KEY


def test_long_texts_with_the_same_beginning_stay_apart() -> None:
    assert search_key("x" * 900 + "a") != search_key("x" * 900 + "b")


def test_a_body_keeps_nul_as_it_was() -> None:
    event = Event(path="a\0", record=1, what="x", at=None, fields={"k\0": ["\0"]}, raw="")
    assert from_json(body(event), Event) == event


def test_a_body_shows_lone_surrogates() -> None:
    event = Event(path="\udc80", record=1, what="x", at=None, fields={"\ud800": {"a": ["\udfff"]}}, raw="ok")
    back = from_json(body(event), Event)
    assert (back.path, back.fields, back.raw) == ("\\udc80", {"\\ud800": {"a": ["\\udfff"]}}, "ok")
