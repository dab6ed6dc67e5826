"""The recorded wire: what is asked must be what is expected."""

from typing import Any

import pytest

from tocsin.runtime.reach import Place
from tocsin.runtime.transport import Limits, Request, Trouble
from tocsin.testing.wire import Mismatch, Replay

PLACE = Place("https", "api.example.org", 443)
ASKED = Request(method="POST", place=PLACE, path="/x?a=1", headers={"Key": "v", "User-Agent": "t"}, body=b'{"a": 1}')
EXPECTED: dict[str, Any] = {
    "method": "POST",
    "url": "https://api.example.org/x?a=1",
    "headers": {"key": "{secret:k}"},
    "json": {"a": 1},
}


def replay(**changes: Any) -> Replay:
    return Replay([{"request": {**EXPECTED, **changes}, "answer": {"status": 201, "json": [1]}}], {"k": "v"})


def test_an_expected_request_gets_the_recorded_answer() -> None:
    wire = replay()
    received = wire.exchange(ASKED, Limits())
    assert (received.status, received.body) == (201, b"[1]")
    wire.done()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"method": "GET"}, "method is 'POST'"),
        ({"url": "https://api.example.org/x"}, "URL is"),
        ({"headers": {"Key": "other"}}, "header Key is 'v'"),
        ({"headers": {"Absent": "x"}}, "header Absent is None"),
        ({"json": {"a": 2}}, "body is"),
    ],
)
def test_a_request_that_differs_fails_with_what_differs(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(Mismatch, match=says):
        replay(**changes).exchange(ASKED, Limits())


def test_a_body_that_nobody_expects_fails() -> None:
    wire = Replay([{"request": {k: v for k, v in EXPECTED.items() if k != "json"}, "answer": {}}], {"k": "v"})
    with pytest.raises(Mismatch, match="body is"):
        wire.exchange(ASKED, Limits())


def test_one_request_too_many_and_one_too_few_fail() -> None:
    wire = replay()
    with pytest.raises(Mismatch, match="was not asked for"):
        wire.done()
    wire.exchange(ASKED, Limits())
    with pytest.raises(Mismatch, match=r"is not in wire\.json"):
        wire.exchange(ASKED, Limits())


def test_a_recorded_trouble_is_raised_and_bounds_hold() -> None:
    trouble = Replay([{"request": EXPECTED, "answer": {"trouble": "breaks off", "was_sent": False}}], {"k": "v"})
    with pytest.raises(Trouble, match="breaks off") as caught:
        trouble.exchange(ASKED, Limits())
    assert not caught.value.was_sent
    with pytest.raises(Trouble, match="more than 2 bytes"):
        replay().exchange(ASKED, Limits(body=2))
