"""What a declaration may reach: hosts and programs, and the credential that is added for it.

Hosts are `name`, `name:port`, `tcp://name:port` (a connection without TLS), or `{setting:splunk.url}`. What is meant is
HTTPS; plain HTTP is for this machine itself, or for a setting in which a person wrote `http://`.
"""

import base64
import re
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any

import msgspec
from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from tocsin.kit.declare import Declaration
from tocsin.model import PluginError, Refused, UserError

PORTS = {"https": 443, "http": 80}
_HOLE = re.compile(r"\{(secret|setting):([\w.-]{1,100})\}")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2: what a header's name is made of


class Place(msgspec.Struct, frozen=True):
    """A scheme, host and port: `https`, `http` or `tcp`."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        """Return host and port, the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if PORTS.get(self.scheme) == self.port else f"{host}:{self.port}"


class Target(msgspec.Struct, frozen=True):
    """A URL in parts, parsed once: what is checked is what is asked for."""

    place: Place
    path: str


class Masks:
    """The secrets that were handed out in a call.

    They are kept so that no text that leaves it shows one.
    """

    def __init__(self) -> None:
        self._values: set[str] = set()

    def add(self, value: str) -> None:
        """Remember a value and the form in which it travels in a basic credential."""
        self._values.add(value)

    def hide(self, text: str) -> str:
        """Return a text with `***` for each secret in it."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, "***")
        return text


class Reach:
    """The hosts, programs and credential of one declaration under some settings."""

    def __init__(
        self, declaration: Declaration, settings: Mapping[str, Any], secret: Callable[[str], str], masks: Masks
    ) -> None:
        self.declaration = declaration
        self._settings = settings
        self._secret = secret
        self._masks = masks
        self._places: frozenset[Place] | None = None

    @property
    def places(self) -> frozenset[Place]:
        """Return the declared hosts.

        Raises UserError for a setting that is missing or is no host.
        """
        if self._places is None:
            self._places = frozenset(self._place(text) for text in self.declaration.says.get("hosts", ()))
        return self._places

    def target(self, url: str) -> Target:
        """Return the parts of a URL.

        Raises Refused when its host is not declared, PluginError when it is no URL.
        """
        try:
            parts = parse_url(url)
        except LocationParseError as error:
            raise PluginError(f"{self.declaration.id} asks for what is no URL: {error}") from error
        if parts.host is None or parts.scheme not in PORTS or parts.auth is not None:
            raise PluginError(f"{self.declaration.id} asks for what is no URL of a host: {_named(parts)}")
        place = Place(parts.scheme, _bare(parts.host), parts.port or PORTS[parts.scheme])
        if place not in self.places:
            raise self._refused(place)
        return Target(place, parts.request_uri)

    def dialled(self, host: str, port: int) -> Place:
        """Return the declared place of a host and port; raises Refused.

        It is `tcp`, or `https`, which means TLS.
        """
        for scheme in ("https", "tcp"):
            place = Place(scheme, _bare(host.lower()), port)
            if place in self.places:
                return place
        raise self._refused(Place("tcp", host, port))

    def program(self, name: str) -> None:
        """Raise Refused for a program that is not declared."""
        declared = self.declaration.says.get("runs", ())
        if name not in declared:
            raise Refused(
                f"{self.declaration.id} may not run {name!r}: it declares {', '.join(declared) or 'no program'}",
                hint="runs=(...) in its declaration",
            )

    @property
    def credential_name(self) -> str:
        """Return the name of the header that carries the credential; empty without one."""
        kind, _, rest = self.declaration.says.get("auth", "").partition(" ")
        return "Authorization" if kind == "basic" else str(rest.partition(" ")[0])

    def credential(self) -> tuple[str, str] | None:
        """Return the header that the declaration's `auth` makes, or None without one.

        It is not for the plug-in's eyes.
        """
        auth = self.declaration.says.get("auth", "")
        if not auth:
            return None
        kind, _, rest = auth.partition(" ")
        name, _, template = rest.partition(" ")
        if kind == "header" and _TOKEN.fullmatch(name) and template:
            return name, self._filled(template)
        if kind == "basic" and name and template:
            raw = base64.b64encode(f"{self._filled(name)}:{self._filled(template)}".encode()).decode("ascii")
            self._masks.add(raw)
            return "Authorization", f"Basic {raw}"
        raise PluginError(
            f"{self.declaration.id}: auth is {auth!r}",
            hint="`header NAME VALUE` or `basic USER PASSWORD`, with {secret:name}",
        )

    def secret(self, name: str) -> str:
        """Return a secret and remember to mask it."""
        value = self._secret(name)
        self._masks.add(value)
        return value

    def _filled(self, template: str) -> str:
        return _HOLE.sub(lambda hole: self.secret(hole[2]) if hole[1] == "secret" else self._setting(hole[2]), template)

    def _setting(self, name: str) -> str:
        value = self._settings.get(name)
        if not isinstance(value, str) or not value:
            raise UserError(f"{self.declaration.id} needs the setting {name}, which is not set", hint="set it")
        return value

    def _place(self, text: str) -> Place:
        hole = _HOLE.fullmatch(text)
        is_setting = hole is not None and hole[1] == "setting"
        written = self._setting(hole[2]) if hole is not None and is_setting else text
        scheme, mark, _ = written.partition("://")
        try:
            parts = parse_url(written if mark else f"https://{written}")
        except LocationParseError as error:
            raise self._ill(text, is_setting=is_setting) from error
        scheme = parts.scheme or ""
        port = parts.port or PORTS.get(scheme)
        if parts.host is None or port is None or scheme not in {*PORTS, "tcp"} or parts.auth is not None:
            raise self._ill(text, is_setting=is_setting)
        place = Place(scheme, _bare(parts.host), port)
        if scheme == "http" and not is_setting and not is_loopback(place.host):
            raise PluginError(f"{self.declaration.id} declares {text}: only this machine is asked without TLS")
        return place

    def _ill(self, text: str, *, is_setting: bool) -> UserError | PluginError:
        if is_setting:
            return UserError(f"the setting {text[9:-1]} of {self.declaration.id} names no host", hint="https://host")
        return PluginError(f"{self.declaration.id} declares {text!r}, which is no host", hint="host:port")

    def _refused(self, place: Place) -> Refused:
        known = ", ".join(sorted(f"{p.scheme}://{p}" for p in self.places)) or "no host"
        return Refused(
            f"{self.declaration.id} may not reach {place.scheme}://{place}: it declares {known}",
            where=place.host,
            hint="hosts=(...) in its declaration",
        )


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bare(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()


def _named(parts: Url) -> str:
    return f"{parts.scheme or ''}://{parts.host or ''}"
