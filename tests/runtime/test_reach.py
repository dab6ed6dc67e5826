"""What a declaration may reach, and the credential that is made for it."""

import base64
from typing import Any

import pytest

from tocsin.kit.declare import Declaration, Kind
from tocsin.model import PluginError, Refused, UserError
from tocsin.runtime.reach import Masks, Place, Reach


def reach(*hosts: str, settings: dict[str, Any] | None = None, **says: Any) -> Reach:
    declaration = Declaration(kind=Kind.ACTION, name="some_block", says={"hosts": hosts, **says})
    return Reach(declaration, settings or {}, {"token": "t0ken", "two": "words here"}.__getitem__, Masks())


def test_a_bare_host_means_https_on_its_own_port() -> None:
    assert reach("API.Example.org.").places == {Place("https", "api.example.org", 443)}


def test_a_setting_names_a_host_with_its_scheme_and_port() -> None:
    settings = {"splunk.url": "http://splunk.example.org:8088/services"}
    assert reach("{setting:splunk.url}", settings=settings).places == {Place("http", "splunk.example.org", 8088)}


def test_a_setting_that_is_missing_or_no_host_is_the_users_to_mend() -> None:
    with pytest.raises(UserError, match=r"needs the setting splunk\.url, which is not set"):
        _ = reach("{setting:splunk.url}").places
    for value in ("ftp://x.example.org", "https://", "https://user@x.example.org", "https://[", "https://x y"):
        with pytest.raises(UserError, match="names no host"):
            _ = reach("{setting:splunk.url}", settings={"splunk.url": value}).places


def test_a_declared_host_without_tls_must_be_this_machine() -> None:
    assert reach("http://localhost:8080", "http://[::1]:81").places == {
        Place("http", "localhost", 8080),
        Place("http", "::1", 81),
    }
    with pytest.raises(PluginError, match="only this machine is asked without TLS"):
        _ = reach("http://api.example.org").places


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.org@evil.example/",
        "https://evil.example\\@api.example.org/",
        "https://evil.example#@api.example.org/",
        "https://evil.example?@api.example.org/",
        "https://api.example.org:8443/",
        "https://api.example.org.evil.example/",
        "http://api.example.org/",
        "https://127.0.0.1/",
        "//evil.example/",
        "file:///etc/passwd",
        "gopher://api.example.org/",
        "https:///x",
        "",
        "https://api.example.org\r\n.evil.example/",
        "https://[::1/",
    ],
)
def test_a_url_that_only_looks_like_a_declared_host_is_not_reached(url: str) -> None:
    with pytest.raises((Refused, PluginError)):
        reach("api.example.org").target(url)


@pytest.mark.parametrize(
    "url", ["https://api.example.org", "HTTPS://API.example.org:443/a/../b?q=1#f", "https://api.example.org./"]
)
def test_a_declared_host_is_reached_however_it_is_written(url: str) -> None:
    assert reach("api.example.org").target(url).place == Place("https", "api.example.org", 443)


def test_the_path_that_is_asked_for_holds_no_space_or_line_break() -> None:
    assert (
        reach("api.example.org").target("https://api.example.org/a b\r\nX: y?q=1 2#part").path
        == "/a%20b%0D%0AX:%20y?q=1%202"
    )


def test_a_header_credential_is_filled_from_secrets_and_settings() -> None:
    made = reach(auth="header Authorization Bearer {setting:team}-{secret:token}", settings={"team": "red"})
    assert made.credential() == ("Authorization", "Bearer red-t0ken")
    assert made.credential_name == "Authorization"


def test_a_basic_credential_is_user_and_password_in_base64() -> None:
    made = reach(auth="basic {setting:user} {secret:two}", settings={"user": "reader"})
    name, value = made.credential() or ("", "")
    assert (name, base64.b64decode(value.removeprefix("Basic "))) == ("Authorization", b"reader:words here")


@pytest.mark.parametrize(
    "auth", ["header", "header Key", "header K:ey {secret:token}", "cookie {secret:token}", "basic x"]
)
def test_an_auth_of_no_known_form_is_the_authors_to_mend(auth: str) -> None:
    with pytest.raises(PluginError, match="auth is"):
        reach(auth=auth).credential()


def test_masks_hide_each_secret_that_was_handed_out() -> None:
    masks = Masks()
    declaration = Declaration(kind=Kind.ACTION, name="x", says={"auth": "basic u {secret:token}"})
    made = Reach(declaration, {}, {"token": "t0ken"}.__getitem__, masks)
    _, value = made.credential() or ("", "")
    assert masks.hide(f"sent t0ken as {value}") == "sent *** as Basic ***"


def test_only_declared_places_are_dialled_and_tls_is_preferred() -> None:
    made = reach("tcp://syslog.example.org:514", "syslog.example.org:6514")
    assert made.dialled("syslog.example.org", 6514).scheme == "https"
    assert made.dialled("Syslog.example.org", 514).scheme == "tcp"
    with pytest.raises(Refused, match=r"may not reach tcp://other\.example\.org:514"):
        made.dialled("other.example.org", 514)


def test_only_declared_programs_are_run() -> None:
    reach(runs=("nft",)).program("nft")
    with pytest.raises(Refused, match="may not run 'sh': it declares nft"):
        reach(runs=("nft",)).program("sh")
