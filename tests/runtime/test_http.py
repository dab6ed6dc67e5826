"""The HTTP client against a real server on this machine."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.runtime import loopback
from tests.runtime.loopback import Server, reply, serving
from tocsin.kit.declare import Declaration, Kind
from tocsin.model import PluginError, Refused, RemoteError, UserError
from tocsin.runtime.http import Client, Patience
from tocsin.runtime.reach import Masks, Reach
from tocsin.runtime.transport import Limits, Network

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
SECRET = "s3cret-value"


class Made:
    """A client for the hosts of some servers, and the pauses that it made."""

    def __init__(self, *servers: Server, hosts: tuple[str, ...] = (), auth: str = "", **words: Limits) -> None:
        self.pauses: list[float] = []
        self.network = Network(environment={})
        says = {"takes": ("ip",), "hosts": (*(s.url for s in servers), *hosts)}
        declaration = Declaration(kind=Kind.ENRICHER, name="asker", says={**says, **({"auth": auth} if auth else {})})
        masks = Masks()
        reach = Reach(declaration, {}, {"key": SECRET}.__getitem__, masks)
        self.client = Client(
            reach,
            self.network,
            masks,
            sleep=self.pauses.append,
            now=lambda: NOW,
            patience=Patience(attempts=3),
            **words,
        )


def test_get_returns_the_json_of_a_declared_host() -> None:
    with serving(reply(body=b'{"data": [1, 2]}')) as server:
        assert Made(server).client.get(f"{server.url}/check", ip="192.0.2.1", days=30, verbose=True) == {"data": [1, 2]}
    assert server.asked[0].path == "/check?ip=192.0.2.1&days=30&verbose=true"


def test_a_query_is_added_to_one_that_is_in_the_url() -> None:
    with serving(reply()) as server:
        Made(server).client.get(f"{server.url}/a?x=1", y=["2", "3"])
    assert server.asked[0].path == "/a?x=1&y=2&y=3"


def test_what_is_no_json_is_an_error_of_the_remote_system() -> None:
    with serving(reply(body=b"<html>")) as server, pytest.raises(RemoteError, match="no JSON"):
        Made(server).client.get(server.url)


def test_a_json_body_is_sent_with_its_type() -> None:
    with serving(reply(201)) as server:
        answer = Made(server).client.send("POST", server.url, body={"a": 1})
    assert (answer.status, server.asked[0].body) == (201, b'{"a":1}')
    assert server.asked[0].headers["content-type"] == "application/json"


def test_two_requests_share_a_connection() -> None:
    with serving(reply()) as server:
        client = Made(server).client
        client.get(server.url)
        client.get(server.url)
    assert (len(server.asked), server.connections) == (2, 1)


def test_a_compressed_answer_is_decoded() -> None:
    with serving(reply(body=gzip.compress(b'{"a": 1}'), Content_Encoding="gzip")) as server:
        assert Made(server).client.get(server.url) == {"a": 1}


def test_a_gzip_bomb_ends_at_the_bound_of_decoded_bytes() -> None:
    bomb = gzip.compress(bytes(64 << 20))
    with (
        serving(reply(body=bomb, Content_Encoding="gzip")) as server,
        pytest.raises(RemoteError, match="more than 1,048"),
    ):
        Made(server, limits=Limits(body=1 << 20)).client.get(server.url)
    assert len(server.asked) == 1


def test_an_answer_without_end_stops_at_the_bound() -> None:
    with (
        serving(loopback.unbounded(b"x" * 65536)) as server,
        pytest.raises(RemoteError, match="more than 1,048,576 bytes"),
    ):
        Made(server, limits=Limits(body=1 << 20)).client.get(server.url)


def test_an_answer_that_says_it_is_too_large_is_not_read() -> None:
    with serving(reply(Content_Length=str(1 << 40))) as server, pytest.raises(RemoteError, match="more than"):
        Made(server).client.get(server.url)


def test_a_server_that_says_nothing_is_given_up_after_the_read_limit() -> None:
    with serving(loopback.silence) as server, pytest.raises(RemoteError, match=r"says nothing for 0.1 seconds"):
        Made(server, limits=Limits(read=0.1)).client.get(server.url)
    assert len(server.asked) == 3


@pytest.mark.parametrize("drip", [loopback.drip, loopback.drip_headers], ids=["body", "headers"])
def test_a_server_that_drips_is_ended_when_the_whole_time_is_over(drip: loopback.Say) -> None:
    with serving(drip) as server, pytest.raises(RemoteError, match=r"took longer than 0.3 seconds"):
        Made(server, limits=Limits(whole=0.3)).client.send("POST", server.url)


def test_a_busy_server_is_asked_again_after_the_seconds_it_names() -> None:
    with serving(reply(503, Retry_After="7"), reply(body=b"[1]")) as server:
        made = Made(server)
        assert made.client.get(server.url) == [1]
    assert made.pauses == [7.0]


def test_a_busy_server_is_asked_again_at_the_date_it_names() -> None:
    with serving(reply(429, Retry_After="Sun, 01 Mar 2026 12:00:30 GMT"), reply(body=b"[1]")) as server:
        made = Made(server)
        assert made.client.get(server.url) == [1]
    assert made.pauses == [30.0]


def test_a_pause_longer_than_allowed_is_not_waited_for() -> None:
    with serving(reply(429, Retry_After="3600")) as server:
        made = Made(server)
        with pytest.raises(RemoteError, match="answers 429 and asks to wait 3600 seconds"):
            made.client.get(server.url)
    assert (made.pauses, len(server.asked)) == ([], 1)


@pytest.mark.parametrize("text", ["soon", "-5", "٣", "1e9", "Sun, 99 Foo"])
def test_a_retry_after_that_means_nothing_gives_the_usual_pause(text: str) -> None:
    with serving(reply(503, Retry_After=text.encode().decode("latin-1")), reply(body=b"[1]")) as server:
        made = Made(server)
        assert made.client.get(server.url) == [1]
    assert 0.25 <= made.pauses[0] <= 0.5


def test_pauses_grow_and_end_with_the_attempts() -> None:
    with serving(reply(502)) as server:
        made = Made(server)
        with pytest.raises(RemoteError, match=r"127\.0\.0\.1:\d+ answers 502$"):
            made.client.get(server.url)
    assert len(server.asked) == 3
    assert len(made.pauses) == 2
    assert made.pauses[1] >= made.pauses[0]


def test_a_lost_get_is_asked_again_and_a_lost_post_is_not() -> None:
    with serving(loopback.hang_up, reply(body=b"[1]")) as server:
        assert Made(server).client.get(server.url) == [1]
    with serving(loopback.hang_up, reply()) as server, pytest.raises(RemoteError, match="breaks the connection off"):
        Made(server).client.send("POST", server.url, body={})
    assert len(server.asked) == 1


def test_a_connection_that_is_reset_is_a_lost_one() -> None:
    with serving(loopback.reset, reply(body=b"[1]")) as server:
        assert Made(server).client.get(server.url) == [1]


def test_a_lost_post_that_may_be_repeated_is_sent_again() -> None:
    with serving(loopback.hang_up, reply(201)) as server:
        assert Made(server).client.send("POST", server.url, body={}, repeatable=True).status == 201


def test_a_post_is_sent_again_where_the_server_says_that_it_did_nothing() -> None:
    with serving(reply(503), reply(201)) as server:
        assert Made(server).client.send("POST", server.url, body={}).status == 201
    with serving(reply(500), reply(201)) as server, pytest.raises(RemoteError, match="answers 500"):
        Made(server).client.send("POST", server.url, body={})


def test_an_expected_status_is_an_answer() -> None:
    with serving(reply(404, b"gone")) as server:
        answer = Made(server).client.send("DELETE", server.url, expects=(404,))
    assert (answer.status, answer.text()) == (404, "gone")


def test_a_server_that_is_not_there_takes_no_connection() -> None:
    with serving(reply()) as server:
        gone = server.url
    with pytest.raises(RemoteError, match="takes no connection"):
        Made(hosts=(gone,)).client.get(gone)


def test_a_host_that_is_not_declared_is_refused() -> None:
    with serving(reply()) as server, pytest.raises(Refused, match=r"asker may not reach http://127\.0\.0\.1"):
        Made(hosts=("api.example.org",)).client.get(server.url)
    assert server.asked == []


def test_another_port_of_a_declared_host_is_refused() -> None:
    with serving(reply()) as server, serving(reply()) as other, pytest.raises(Refused):
        Made(server).client.get(other.url)


def test_a_redirect_within_the_declared_hosts_is_followed_without_the_credential() -> None:
    with serving(reply()) as second, serving(reply(302, Location=f"{second.url}/there")) as first:
        Made(first, second, auth="header Key {secret:key}").client.get(first.url)
    assert first.asked[0].headers["key"] == SECRET
    assert second.asked[0].path == "/there"
    assert "key" not in second.asked[0].headers


def test_a_redirect_on_the_same_host_keeps_the_credential() -> None:
    with serving(reply(307, Location="/there"), reply()) as server:
        Made(server, auth="header Key {secret:key}").client.send("PUT", f"{server.url}/here", body={"a": 1})
    assert [(a.method, a.path, a.headers["key"]) for a in server.asked] == [
        ("PUT", "/here", SECRET),
        ("PUT", "/there", SECRET),
    ]
    assert server.asked[1].body == b'{"a":1}'


def test_a_redirect_to_a_host_that_is_not_declared_is_refused() -> None:
    with serving(reply()) as other, serving(reply(302, Location=other.url)) as server, pytest.raises(Refused):
        Made(server).client.get(server.url)
    assert other.asked == []


def test_a_post_that_is_told_to_see_other_becomes_a_get_without_its_body() -> None:
    with serving(reply(303, Location="/there"), reply()) as server:
        Made(server).client.send("POST", server.url, body={"a": 1})
    assert (server.asked[1].method, server.asked[1].body) == ("GET", b"")
    assert "content-type" not in server.asked[1].headers


def test_redirects_in_a_ring_end() -> None:
    with (
        serving(reply(302, Location="/again")) as server,
        pytest.raises(RemoteError, match="redirects more than 5 times"),
    ):
        Made(server).client.get(server.url)
    assert len(server.asked) == 6


def test_a_failure_shows_neither_the_credential_nor_the_query() -> None:
    with serving(reply(401)) as server, pytest.raises(RemoteError) as caught:
        Made(server, auth="basic reader {secret:key}").client.get(server.url, token="in-the-query")
    error = caught.value
    shown = f"{error.says} {error.where} {error.hint} {error!r}"
    assert server.asked[0].headers["authorization"].startswith("Basic ")
    assert SECRET not in shown
    assert "in-the-query" not in shown
    assert error.hint == "check its secret and what it is allowed"


@pytest.mark.parametrize("name", ["Key", "key", "Host", "Authorization", "Cookie", "Content-Length"])
def test_headers_of_the_client_are_not_the_plugins_to_set(name: str) -> None:
    with serving(reply()) as server, pytest.raises(PluginError, match="which is the client's"):
        Made(server, auth="header Key {secret:key}").client.send("GET", server.url, headers={name: "x"})


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "é"])
def test_a_header_that_would_split_is_refused(value: str) -> None:
    with serving(reply()) as server, pytest.raises(PluginError, match="cannot be sent"):
        Made(server).client.send("GET", server.url, headers={"X-Note": value})


def test_a_method_that_is_none_is_refused() -> None:
    with serving(reply()) as server, pytest.raises(PluginError, match="method"):
        Made(server).client.send("GET / HTTP/1.1\r\nX: ", server.url)


def test_a_certificate_that_nobody_vouches_for_is_refused_at_once(tmp_path: Path) -> None:
    certificate = loopback.make_certificate(tmp_path / "own.pem")
    with serving(reply(), certificate=certificate) as server, pytest.raises(RemoteError, match="not trusted"):
        Made(server).client.get(server.url)
    assert server.connections == 1


def test_ssl_cert_file_names_whom_to_trust(tmp_path: Path) -> None:
    certificate = loopback.make_certificate(tmp_path / "own.pem")
    with serving(reply(body=b"[1]"), certificate=certificate) as server:
        made = Made(server)
        made.network._environment = {"SSL_CERT_FILE": str(certificate)}
        assert made.client.get(server.url) == [1]


def test_ssl_cert_file_that_names_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="which is no file"):
        Network(environment={"SSL_CERT_FILE": str(tmp_path / "absent.pem")}).tls()
    (tmp_path / "empty.pem").write_text("nothing")
    with pytest.raises(UserError, match="holds no certificates"):
        Network(environment={"SSL_CERT_FILE": str(tmp_path / "empty.pem")}).tls()
