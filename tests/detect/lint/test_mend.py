"""Mending: only what leaves a rule asking the same, and only once."""

from collections.abc import Sequence

import pytest

from tests.detect.lint.conftest import HEAD, rule
from tocsin.detect.lint.catalogue import chosen
from tocsin.detect.lint.check import check
from tocsin.detect.lint.mend import Mended, keeps, mended
from tocsin.detect.lint.remark import CONVENTIONS, Edit, Remark, State

BAD = """\
# by hand
title: A rule of a test      # what it is
id: 5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a11
status: testing
descripton: It is here to be looked at.
date: 2026/01/02
Level: low
tags: [attack.t1059, attack.privilege_escalation, attack.t1059]
falsepositives: Unknown
logsource:
    product: Windows
    category: process_creation
detection:
    s:
        CommandLine|contains|all: 'x**y'   # one
        Image|endswith:
            - \\a.exe
            - \\b.exe
            - \\A.exe
    condition: 1 of them
"""
MENDED = """\
# by hand
title: A rule of a test      # what it is
id: 5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a11
status: test
description: It is here to be looked at.
date: 2026-01-02
level: low
tags: [attack.t1059, attack.privilege-escalation]
falsepositives:
    - Unknown
logsource:
    product: windows
    category: process_creation
detection:
    s:
        CommandLine|contains: 'x*y'   # one
        Image|endswith:
            - \\a.exe
            - \\b.exe
    condition: s
"""


def mend(text: str) -> Mended:
    def look(raw: str) -> Sequence[Remark]:
        lints = [one for one in chosen(CONVENTIONS) if not one.whole]
        return check([("a_rule.yml", raw.encode())], lints, complete=False).remarks

    return mended("a_rule.yml", text, look)


def test_everything_that_is_sure_is_mended_and_the_rest_of_the_text_stays() -> None:
    assert mend(BAD).text == MENDED


def test_mending_what_was_mended_does_nothing() -> None:
    again = mend(MENDED)
    assert again.text == MENDED
    assert again.done == ()


def test_line_ends_of_windows_stay() -> None:
    assert mend(BAD.replace("\n", "\r\n")).text == MENDED.replace("\n", "\r\n")


def wrong(edit: Edit) -> Mended:
    text = rule("s:\n    a: x\n    b: y\ncondition: s")
    one = Remark(path="x.yml", id="i", lint="made", state=State.ERROR, says="it", line=edit.first, edit=edit, fix="f")
    return mended("x.yml", text, lambda raw: [one] if raw == text else [])


@pytest.mark.parametrize(
    "edit",
    [
        Edit(11, 11, ("        a: z",)),
        Edit(12, 12),
        Edit(8, 8, ("logsource: {product: linux}",)),
        Edit(1, 1),
        Edit(9, 9, ("x",)),
    ],
)
def test_an_edit_that_would_change_what_a_rule_asks_is_refused(edit: Edit) -> None:
    assert wrong(edit).refused
    assert wrong(edit).done == ()
    assert wrong(edit).text == rule("s:\n    a: x\n    b: y\ncondition: s")


def test_a_text_keeps_its_rules_whatever_their_order_and_form() -> None:
    before = rule("s:\n    a: [x, y]\ncondition: s")
    assert keeps("x.yml", before, before.replace("[x, y]", "[y, x, X]".replace("X", "x")))
    assert not keeps("x.yml", before, before.replace("[x, y]", "[x]"))
    assert not keeps("x.yml", before, before)
    assert not keeps("x.yml", before, before + "---\n" + before)


def test_a_correlation_and_a_filter_are_kept_too() -> None:
    chain = (
        f"{HEAD}correlation: {{type: event_count, rules: [a], group-by: [u], timespan: 1h, condition: {{gte: 2}}}}\n"
    )
    assert keeps("x.yml", chain, chain.replace("status: test", "status: stable"))
    assert not keeps("x.yml", chain, chain.replace("gte: 2", "gte: 3"))
    made = f"{HEAD}logsource: {{product: linux}}\nfilter: {{rules: any, s: {{a: x}}, condition: not s}}\n"
    assert keeps("x.yml", made, made.replace("level: low\n", ""))
    assert not keeps("x.yml", made, made.replace("not s", "s"))


def test_a_rule_that_could_not_be_loaded_may_be_made_one() -> None:
    before = rule("s:\n    a: x\ncondition: s", head=HEAD.replace("level: low", "level: hihg"))
    assert mend(before).text == before.replace("hihg", "high")
