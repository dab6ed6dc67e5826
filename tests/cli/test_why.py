import io
import sys

import pytest

from tocsin.cli.paint import Paint
from tocsin.cli.why import lines, marks, paragraph
from tocsin.detect.say import Line


def test_each_line_has_a_word_beside_its_mark(capsys: pytest.CaptureFixture[str]) -> None:
    lines([Line(depth=0, held=True, says="a"), Line(depth=1, held=False, says="b", note="c")], Paint(None), 80)
    assert capsys.readouterr().out == "  \u2713 yes  a\n    \u2717 no   b   [c]\n"


def test_a_terminal_that_cannot_write_the_marks_gets_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="cp1252"))
    assert marks() == ("+", "-")


def test_text_from_outside_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    lines([Line(depth=0, held=True, says="\x1b[2J", note="http://bad.example/x")], Paint(None), 80)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "hxxp://bad[.]example/x" in out


def test_long_texts_are_wrapped_and_indented(capsys: pytest.CaptureFixture[str]) -> None:
    paragraph("head  ", "word " * 20, 40, 6)
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("head  word")
    assert all(line.startswith("      word") for line in out[1:])
    assert max(map(len, out)) <= 40
