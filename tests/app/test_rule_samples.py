from pathlib import Path

import pytest

from tocsin.app.rule_samples import expected, folders_of, joined, laid_out
from tocsin.model import UserError


def case(home: Path, text: str = "x", out: str = "[]") -> Path:
    folder = home / "samples" / "rule" / "mine" / "one"
    folder.mkdir(parents=True)
    (folder / "in.log").write_text(text)
    (folder / "out.json").write_text(out)
    return folder


def test_the_samples_of_a_rule_lie_below_a_folder_above_it(home: Path) -> None:
    folder = case(home)
    (home / "rules" / "linux").mkdir(parents=True)
    assert list(folders_of(home / "rules" / "linux" / "mine.yml")) == [folder.resolve()]
    assert list(folders_of(home / "rules" / "linux" / "other.yml")) == []


def test_secrets_are_put_together_in_a_copy(home: Path) -> None:
    folder = case(home, "key {{join:AB|CD}} end")
    into = home / "copy"
    into.mkdir()
    (path,), tz = laid_out(folder, into)
    assert (path.read_text(), tz) == ("key ABCD end", "")
    assert path.stat().st_mtime == 1_798_761_599
    assert joined(b"{{join:a|b|c}}") == b"abc"


def test_a_case_says_in_which_zone_its_times_are(home: Path) -> None:
    folder = case(home)
    (folder / "sample.toml").write_text('tz = "Europe/Berlin"')
    (home / "copy").mkdir()
    assert laid_out(folder, home / "copy")[1] == "Europe/Berlin"


@pytest.mark.parametrize("out", ["{", "{}", '["x"]'])
def test_an_expectation_that_is_no_list_of_findings_is_an_error(home: Path, out: str) -> None:
    with pytest.raises(UserError, match=r"out\.json is no"):
        expected(case(home, out=out))


def test_a_case_without_inputs_is_an_error(home: Path) -> None:
    folder = case(home)
    (folder / "in.log").unlink()
    with pytest.raises(UserError, match="neither"):
        laid_out(folder, home)
