"""Which values only look like secrets."""

import pytest

from tocsin.match.placeholders import entropy, is_placeholder, is_test_path, is_wordy


@pytest.mark.parametrize(
    "value", ["changeme", "YOUR_API_KEY", "xxxxxxxx", "${A}", "{{ a }}", "%(a)s", "<key>", "aaaa", "...", "$TOKEN"]
)
def test_placeholders_say_that_they_are_none(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize("value", ["kJ9x2LmQ8v!Tr", "Winter24!", "9f8a7b6c5d4e"])
def test_random_values_are_no_placeholders(value: str) -> None:
    assert not is_placeholder(value)


@pytest.mark.parametrize(
    "value", ["mail_server_password", "SessionToken", "config/secrets/smtp.txt", "/etc/x", "https://a.example/b"]
)
def test_words_names_paths_and_addresses_are_wordy(value: str) -> None:
    assert is_wordy(value)


@pytest.mark.parametrize("value", ["hQkLfWzTpSrYmBnD", "kJ9x2LmQ8v", "aB3/xY9zQ1/rT5uW3xK7+mN2/pL"])
def test_noise_is_not_wordy(value: str) -> None:
    assert not is_wordy(value)


@pytest.mark.parametrize(
    ("path", "is_test"),
    [
        ("tests/a.py", True),
        ("a/test_b.py", True),
        ("a\\Fixtures\\b.json", True),
        ("README.md", True),
        (".env.example", True),
        ("tools/latest.py", False),
        ("contest/a.py", False),
        ("attest.py", False),
    ],
)
def test_paths_of_tests_and_examples_are_known(path: str, is_test: bool) -> None:  # noqa: FBT001  # a column of a table
    assert is_test_path(path) == is_test


def test_entropy_is_that_of_shannon() -> None:
    assert entropy("") == 0
    assert entropy("aaaa") == 0
    assert entropy("abcd") == 2
