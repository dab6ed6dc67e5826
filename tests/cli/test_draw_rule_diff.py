"""A comparison as a person reads it."""

import msgspec

from tests.app.test_rule_diff_markdown import diffed
from tocsin.cli.draw_rule_diff import lines
from tocsin.cli.paint import Paint
from tocsin.detect.compare import State


def test_what_loses_most_stands_last_beside_the_sum() -> None:
    found = diffed("Evil")
    quiet = msgspec.structs.replace(found.changes[0], id="q", title="Quiet")
    both = msgspec.structs.replace(found, changes=(found.changes[0], quiet))
    heads = [line for line in lines(both, Paint(None), 100) if line.startswith("CHANGED")]
    assert heads == ["CHANGED  Quiet", "CHANGED  Evil"]


def test_a_rule_that_was_removed_on_purpose_stands_before_one_that_lost_hits() -> None:
    found = diffed("Evil")
    gone = msgspec.structs.replace(found.changes[0], id="q", title="Gone", state=State.REMOVED)
    lost = msgspec.structs.replace(
        found.effects[0], rule="q", lost=msgspec.structs.replace(found.effects[0].lost, count=9)
    )
    both = msgspec.structs.replace(found, changes=(found.changes[0], gone), effects=(*found.effects, lost))
    heads = [line for line in lines(both, Paint(None), 100) if line.startswith(("CHANGED", "REMOVED"))]
    assert heads == ["REMOVED  Gone", "CHANGED  Evil"]
