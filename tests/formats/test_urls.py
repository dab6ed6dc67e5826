"""Parts of URLs as logs write them."""

import pytest

from tocsin.formats.urls import Parts, parts


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.Example.org:8080/a/tool.EXE?id=7#x", Parts("www.example.org", "/a/tool.EXE", "id=7", "exe")),
        ("/index.php?q=http://b.example.org/c.exe", Parts(None, "/index.php", "q=http://b.example.org/c.exe", "php")),
        ("www.example.org:443", Parts(host="www.example.org")),
        ("[2001:db8::7]:443", Parts(host="2001:db8::7")),
        ("http://[2001:db8::7]/", Parts(host="2001:db8::7", path="/")),
        ("http://www.example.org@198.51.100.66/", Parts(host="198.51.100.66", path="/")),
        ("//host.example.org?q", Parts(host="host.example.org", query="q")),
        ("", Parts()),
    ],
)
def test_a_url_has_its_parts(url: str, expected: Parts) -> None:
    assert parts(url) == expected
