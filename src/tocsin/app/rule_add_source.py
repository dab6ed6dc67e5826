"""Where a set of rules comes from: a known name, an archive here or elsewhere, a git folder; and its bytes."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from tocsin.detect.sets import MAX_ARCHIVE, Taken, of_archive
from tocsin.kit.declare import Declaration, Kind
from tocsin.model import RemoteError, UserError
from tocsin.model.text import safe
from tocsin.runtime.http import Client, Patience
from tocsin.runtime.reach import Masks, Reach, is_loopback
from tocsin.runtime.transport import Limits, Network, Transport

_NAME = re.compile(r"[a-z0-9][a-z0-9._+-]{0,63}", re.ASCII)
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+/-]{0,99}", re.ASCII)
_SUFFIXES = re.compile(r"(\.(zip|7z|tar|tgz|gz|zst|bz2|xz|git))+$", re.IGNORECASE)
_URL = re.compile(r"https?://", re.IGNORECASE)


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A set that others publish.

    Its name here, what it is, and where its archive lies.
    """

    name: str
    what: str
    url: str
    licence: str
    versions: str = ""


class _Table(msgspec.Struct, frozen=True):
    set: tuple[Known, ...]
    behind: Mapping[str, tuple[str, ...]]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A set that was named: its name and version, and where to read it.

    `place` is a URL, a file or a git folder.
    """

    name: str
    version: str
    place: str
    licence: str = ""
    is_url: bool = False

    @property
    def shown(self) -> str:
        """Return the place as it may be shown and kept: a query may hold what lets one in."""
        return self.place.partition("?")[0].partition("#")[0] if self.is_url else self.place


@cache
def table() -> _Table:
    """Return the sets that are known by name, and which hosts stand behind others."""
    text = (files("tocsin.content") / "rule_sets" / "known.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _Table)


def source_of(word: str, place: str = "") -> Source:
    """Return what `SET@VERSION` names; raises UserError.

    It is read from another place if one is given.
    """
    named, at, version = word.rpartition("@")
    if not at or not named or not _VERSION.fullmatch(version) or ".." in version:
        raise UserError(f"{safe(word)!r} names no version of a set", hint="SET@VERSION, as sigmahq-core@r2026-01-01")
    if place:
        return _placed(_good_name(named), version, place)
    known = {one.name: one for one in table().set}
    if named in known:
        one = known[named]
        url = one.url.replace("{version}", version)
        return Source(name=one.name, version=version, place=url, licence=one.licence, is_url=True)
    if _URL.match(named):
        return _placed(name_of(unquote(urlsplit(named).path)), version, named)
    if "/" in named or "\\" in named or Path(named).exists():
        return _placed(name_of(named), version, named)
    raise UserError(
        f"no set of rules is called {safe(named)!r}, and there is no such file or folder",
        hint=f"known: {', '.join(sorted(known))}; or name an archive or git folder, or add --from",
    )


def _placed(name: str, version: str, place: str) -> Source:
    if not _URL.match(place):
        return Source(name=name, version=version, place=place)
    parts = urlsplit(place)
    if "@" in parts.netloc:
        hint = "give the address without it, or fetch the archive by other means and name the file"
        raise UserError("an address with a user or password in it is not taken: it would be kept", hint=hint)
    if parts.scheme.lower() == "http" and not is_loopback(parts.hostname or ""):
        raise UserError(
            f"{safe(place)} would be asked without TLS", hint="only https:// is, beside this machine itself"
        )
    return Source(name=name, version=version, place=place, is_url=True)


def name_of(path: str) -> str:
    """Return the name of a set by its archive or folder; raises UserError."""
    last = path.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return _good_name(_SUFFIXES.sub("", last).lower().replace(" ", "-"))


def _good_name(name: str) -> str:
    if not _NAME.fullmatch(name) or name.endswith("."):
        hint = "small letters, digits and . _ + - ; another name: NAME@VERSION --from PLACE"
        raise UserError(f"{safe(name)!r} cannot be the name of a set", hint=hint)
    return name


def take(source: Source, under: Sequence[str], transport: Transport | None = None) -> Taken:
    """Return the files of a set.

    Raises UserError for what cannot be read, RemoteError for a host that fails, Refused for one that is not declared.
    """
    if source.is_url:
        return of_archive(_fetched(source, transport or Network()), source.shown, under)
    place = Path(source.place)
    if place.is_dir():
        from tocsin.detect.sets_in_git import is_git, of_git  # dulwich takes a tenth of a second to import

        if not is_git(place):
            hint = "commit its rules to git, or pack them; rules of your own need no adding, put them under rules/"
            raise UserError(f"{place} is a folder without git: nothing pins its content", where=str(place), hint=hint)
        return of_git(place, source.version, under)
    return of_archive(_bytes_of(place), str(place), under)


def _bytes_of(place: Path) -> bytes:
    if not place.is_file():
        raise UserError(f"{place} is no file", where=str(place), hint="an archive, a git folder or an https:// URL")
    try:
        with place.open("rb") as file:
            raw = file.read(MAX_ARCHIVE + 1)
    except OSError as error:
        raise UserError(f"{place} cannot be read: {error.strerror}", where=str(place)) from error
    if len(raw) > MAX_ARCHIVE:
        raise UserError(f"{place} has more than {MAX_ARCHIVE:,} bytes", where=str(place))
    return raw


def _fetched(source: Source, transport: Transport) -> bytes:
    """Return an archive from the one host that is named, or from those where it keeps its archives."""
    host = urlsplit(source.place).netloc
    hosts = tuple(f"https://{one}" for one in table().behind.get(host.lower(), ()))
    place = source.place.partition("://")[0].lower() + "://" + host
    declared = Declaration(kind=Kind.FEED, name="rule_add", says={"hosts": (place, *hosts)})
    masks = Masks()
    reach = Reach(declared, {}, lambda name: name, masks)
    client = Client(reach, transport, masks, limits=Limits(body=MAX_ARCHIVE), patience=Patience(attempts=3))
    try:
        return client.send("GET", source.place).body
    except RemoteError as error:
        hint = f"is {source.version} a version of it? " if "answers 404" in error.says else ""
        hint += f"or fetch {source.shown} by other means: tocsin rule add {source.name}@{source.version} --from FILE"
        raise RemoteError(error.says, where=error.where, hint=hint) from error
