"""Recorded steps: what a playbook asked for, in order, answered from a script."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from tocsin.kit.steps import Reply, Steps
from tocsin.kit.verbs import block_address, isolate_host
from tocsin.model import Observable, ObservableType, Outcome, Refused, RemoteError
from tocsin.testing.steps import RecordedSteps


def test_each_step_is_written_down_and_answered() -> None:
    script = {
        "replies": [{"choice": "yes", "by": "alice"}],
        "do": {"block_address": {"says": "blocked", "changed": True}},
        "call": {"other": {"says": "ended", "changed": False}},
    }
    steps = RecordedSteps(script)

    async def play(steps: Steps) -> Sequence[object]:
        seen = Observable(type=ObservableType.IP, value="192.0.2.7")
        await steps.sleep(timedelta(hours=1))
        await steps.note("n")
        await steps.notify("@blue", "m")
        return [
            await steps.enrich(seen),
            await steps.ask("Block?"),
            await steps.ask("Sure?", choices=("now", "never")),
            await steps.do(block_address(address="192.0.2.7")),
            await steps.map(double, [1, 2]),
            await steps.call("other", seen),
        ]

    async def double(number: int) -> int:
        return number * 2

    blocked, ended = Outcome(says="blocked", changed=True), Outcome(says="ended", changed=False)
    answers = asyncio.run(play(steps))
    assert answers == [(), Reply(choice="yes", by="alice"), Reply(choice="never"), blocked, [2, 4], ended]
    steps_taken = [taken["step"] for taken in steps.taken]
    assert steps_taken == ["sleep", "note", "notify", "enrich", "ask", "ask", "do", "call"]
    assert not answers[2].is_answered


@pytest.mark.parametrize(("word", "kind"), [("refused", Refused), ("remote", RemoteError)])
def test_a_scripted_failure_is_raised(word: str, kind: type[Exception]) -> None:
    steps = RecordedSteps({"do": {"isolate_host": {word: "no product does it"}}})
    with pytest.raises(kind, match="no product does it"):
        asyncio.run(steps.do(isolate_host(host="bastion")))
