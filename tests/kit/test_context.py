"""Answers of servers, as a plug-in reads them."""

import pytest

from tocsin.kit.context import Answer
from tocsin.model import RemoteError


def test_json_that_is_none_names_host_and_status() -> None:
    with pytest.raises(RemoteError, match=r"^api\.example\.org answered 200 with something that is no JSON$"):
        Answer(host="api.example.org", status=200, body=b"<html>").json()


def test_text_is_read_whatever_its_bytes_are() -> None:
    assert Answer(host="h", status=200, body=b"a\xffb").text() == "a\ufffdb"
