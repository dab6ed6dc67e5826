"""Secrets from the environment."""

import pytest

from tocsin.model import Refused, UserError
from tocsin.secrets.environment import secret, variable


def test_a_secret_is_a_variable_in_capitals() -> None:
    assert variable("splunk.hec-token") == "TOCSIN_SECRET_SPLUNK_HEC_TOKEN"
    assert secret("abuseipdb", {"TOCSIN_SECRET_ABUSEIPDB": "value\n"}) == "value"


def test_a_secret_that_is_not_set_says_what_to_set() -> None:
    with pytest.raises(Refused, match="the secret abuseipdb is not set") as caught:
        secret("abuseipdb", {"TOCSIN_SECRET_ABUSEIPDB": ""})
    assert caught.value.hint == "set TOCSIN_SECRET_ABUSEIPDB"


def test_a_secret_with_control_characters_is_refused_without_being_shown() -> None:
    with pytest.raises(UserError, match="holds control characters") as caught:
        secret("k", {"TOCSIN_SECRET_K": "abc\r\nX-Evil: 1"})
    assert "Evil" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "a b", "../x", "1a", "a=b"])
def test_what_cannot_name_a_secret_is_refused(name: str) -> None:
    with pytest.raises(UserError):
        variable(name)
