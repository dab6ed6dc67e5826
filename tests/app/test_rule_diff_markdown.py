"""A comparison as Markdown: nothing of a rule steers it."""

from tocsin.app.rule_diff import Diffed, Effect
from tocsin.app.rule_diff_hits import Moved
from tocsin.app.rule_diff_markdown import markdown
from tocsin.detect.compare import Change, State
from tocsin.detect.compare import Effect as Kind


def diffed(title: str, diff: tuple[str, ...] = ()) -> Diffed:
    change = Change(
        id="r",
        title=title,
        kind="rule",
        state=State.CHANGED,
        effect=Kind.MATCHES,
        level="high",
        path="a.yml",
        diff=diff,
    )
    effect = Effect(rule="r", title=title, before=3, after=1, lost=Moved(count=2, by=(("host:a|b", 2),)))
    return Diffed(
        before="v1", after="v2", rules_before=1, rules_after=1, same=0, changes=(change,), broken=(), effects=(effect,)
    )


def test_a_row_tells_hits_before_and_after() -> None:
    assert "| changed | Evil | high | 3 | 1 | **2** | 0 |" in markdown(diffed("Evil"))


def test_a_title_can_make_neither_markup_nor_a_column() -> None:
    text = markdown(diffed("<img src=x> | [a](https://example.org)"))
    assert "<img" not in text.replace("\\<img", "")
    assert "\\|" in text
    assert "](https" not in "".join(line for line in text.splitlines() if not line.startswith("<details>"))


def test_a_fence_in_a_rule_does_not_end_the_block() -> None:
    text = markdown(diffed("Evil", ("+```", "+<script>")))
    assert text.count("``````diff") == 1


def test_entities_of_what_was_lost_are_named() -> None:
    assert "2 lost, by" in markdown(diffed("Evil"))
