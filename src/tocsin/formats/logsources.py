"""Sigma's log sources as data: what a record of each kind serves, and which parsers read it.

The tables stand in content/logsources; those of Windows, which go by channel and event id, are read by
formats/windows_tables.py.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

import msgspec

from tocsin.kit import LogSource

AREAS = ("linux", "macos", "cloud", "network", "web")


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One log source.

    Its words in Sigma, the parsers whose rows serve it, and fields that these rows have. `ids` are event ids;
    `needs` says what must be so before a record serves it, `missing` why no parser reads it yet.
    """

    what: str
    product: str = ""
    categories: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    parsers: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()
    needs: str = ""
    missing: str = ""

    @property
    def logsource(self) -> LogSource:
        """Return the log source that a table of such records carries."""
        return LogSource(self.product, frozenset(self.categories), frozenset(self.services))


@cache
def entries(area: str) -> Mapping[str, Entry]:
    """Return the log sources of one area, by name; raises KeyError for no such area."""
    if area not in AREAS:
        raise KeyError(area)
    text = (resources.files("tocsin") / "content" / "logsources" / f"{area}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Entry])


def logsource(area: str, name: str) -> LogSource:
    """Return the log source of an entry; raises KeyError for no such entry."""
    return entries(area)[name].logsource
