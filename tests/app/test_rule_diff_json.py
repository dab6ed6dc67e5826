"""A comparison as JSON."""

from tests.app.test_rule_diff_markdown import diffed
from tocsin.app.rule_diff_json import as_json
from tocsin.model.codec import json_text


def test_changes_effects_and_sums_stand_in_it() -> None:
    found = as_json(diffed("Evil"))
    assert (found["lost"], found["gained"], found["run"]) == (2, 0, None)
    assert found["changes"][0]["state"] == "changed"
    assert found["effects"][0]["lost"]["by"] == [{"entity": "host:a|b", "count": 2}]
    assert json_text(found)
