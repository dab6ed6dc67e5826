"""Proxies: whom they are used for, and what they are told."""

import base64
import socket

import pytest

from tests.runtime.loopback import reply, serving
from tocsin.runtime.reach import Place
from tocsin.runtime.transport import Limits, Network, Request, Trouble

FAR = Place("https", "api.example.org", 443)


def asking(place: Place) -> Request:
    return Request(method="GET", place=place, path="/", headers={"Key": "s3cret"})


def test_the_environment_names_a_proxy_and_whom_it_is_not_for() -> None:
    environment = {"HTTPS_PROXY": "http://proxy.example.org:3128", "no_proxy": "intern.example.org,.lab.example"}
    network = Network(environment=environment)
    assert network._proxy_for(FAR) == "http://proxy.example.org:3128"
    assert network._proxy_for(Place("https", "intern.example.org", 443)) == ""
    assert network._proxy_for(Place("https", "x.lab.example", 443)) == ""
    assert network._proxy_for(Place("http", "api.example.org", 80)) == ""
    assert network._proxy_for(Place("https", "127.0.0.1", 443)) == ""


def test_a_proxy_of_the_settings_goes_before_the_environment() -> None:
    network = Network(proxy="http://other.example.org:1", environment={"https_proxy": "http://proxy.example.org:3128"})
    assert network._proxy_for(FAR) == "http://other.example.org:1"


def test_a_proxy_is_told_the_host_and_its_own_password_and_nothing_else() -> None:
    with serving(reply(403)) as proxy:
        network = Network(proxy=f"http://us%40er:pass@127.0.0.1:{proxy.port}", environment={})
        with pytest.raises(Trouble, match="the proxy does not let it through"):
            network.exchange(asking(FAR), Limits())
    asked = proxy.asked[0]
    assert (asked.method, asked.path) == ("CONNECT", "api.example.org:443")
    assert base64.b64decode(asked.headers["proxy-authorization"].removeprefix("Basic ")) == b"us@er:pass"
    assert "key" not in asked.headers


def test_a_proxy_that_is_not_there_is_said() -> None:
    with serving(reply()) as proxy:
        port = proxy.port
    with pytest.raises(Trouble, match="the proxy"):
        Network(proxy=f"http://127.0.0.1:{port}", environment={}).exchange(asking(FAR), Limits())


def test_a_damaged_compressed_body_is_said_and_not_asked_for_again() -> None:
    with serving(reply(body=b"no gzip at all", Content_Encoding="gzip")) as server, pytest.raises(Trouble) as caught:
        Network(environment={}).exchange(asking(Place("http", "127.0.0.1", server.port)), Limits())
    assert (caught.value.says, caught.value.again) == ("answers with a damaged compressed body", False)


def test_a_server_that_shakes_no_hands_is_ended_when_the_whole_time_is_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        asked = asking(Place("https", "127.0.0.1", server.getsockname()[1]))
        with pytest.raises(Trouble, match=r"took longer than 0.2 seconds"):
            Network(environment={}).exchange(asked, Limits(whole=0.2))
