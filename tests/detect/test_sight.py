from typing import Any

import pytest

from tocsin.detect.sight import Sight
from tocsin.kit import Columns, LogSource, Table


def sight(event: dict[str, Any], **same: Any) -> Sight:
    table = Table(
        what="x", logsource=LogSource(), numbers=[0], texts=["x"], columns=Columns([event]), same=same
    )  # fmt: skip
    return Sight(table, 0, lambda text: text.replace("secret", "***"))


@pytest.mark.parametrize(
    ("event", "state", "texts"),
    [
        ({}, "absent", ()),
        ({"f": None}, "null", ()),
        ({"f": ""}, "empty", ("",)),
        ({"f": []}, "empty", ()),
        ({"f": 7.0}, "value", ("7",)),
        ({"f": ["a", None, "b"]}, "value", ("a", "b")),
        ({"f": "my secret"}, "value", ("my ***",)),
    ],
)
def test_absent_null_and_empty_are_told_apart(event: dict[str, Any], state: str, texts: tuple[str, ...]) -> None:
    seen = sight(event).seen("f")
    assert (seen.state, seen.texts) == (state, texts)


def test_the_name_under_which_a_field_is_there_is_told() -> None:
    assert sight({"process.executable": "a"}).seen("Image").under == "process.executable"
    assert sight({"Image": "a"}).seen("Image").under == "Image"
    assert sight({}, Channel="Security").seen("winlog.channel").under == "Channel"
