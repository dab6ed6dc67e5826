"""`tocsin explain`: whatever stands in a finding's column of rules has a page."""

from collections.abc import Callable

from tests.cli.conftest import Result

Tocsin = Callable[..., Result]


def test_code_that_could_not_be_read_has_a_page(tocsin: Tocsin) -> None:
    code, out, _ = tocsin("explain", "code-unparsed")
    assert code == 0
    assert "Python that could not be read" in out
    assert "What to do" in out
