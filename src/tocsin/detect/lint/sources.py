"""What is known of log sources: which are in the tables, which are read, and which events they mean."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from tocsin.formats.logsources import AREAS, entries
from tocsin.match.sigma.rule import Source
from tocsin.model.fields import other_names


class Served(msgspec.Struct, frozen=True):
    """One kind of record: its words, and what it is.

    `missing` says why no parser reads it where none does.
    """

    product: str
    categories: frozenset[str]
    services: frozenset[str]
    missing: str = ""
    what: str = ""
    any_service: bool = False  # one for each program or log of the product, whatever its name

    def fits(self, source: Source) -> bool:
        """Return whether a rule of a source looks at such records."""
        return (
            source.product in {"", self.product}
            and (not source.category or source.category in self.categories)
            and (not source.service or self.any_service or source.service in self.services)
        )


def _ours(what: str, product: str, category: str = "", services: str = "", *, any_service: bool = False) -> Served:
    categories = frozenset({category} - {""})
    return Served(product, categories, frozenset(services.split()), what=what, any_service=any_service)


BESIDE = (  # what parsers give beyond Sigma's own words; tests/detect/lint/test_sources.py holds it to their samples
    _ours("logins, by program", "linux", "authentication", "auth pam login logind passwd su sudo"),
    _ours("changes of accounts", "linux", "", "auth accounts"),
    _ours("commands by sudo", "linux", "process_creation", "auth sudo"),
    _ours("packets that the kernel logged", "linux", "firewall", "iptables kernel"),
    _ours("error logs of Apache", "apache", "webserver", "apache error"),
    _ours("error logs of nginx", "nginx", "webserver", "nginx error"),
    _ours("CEF records", "", "firewall", "cef"),
    _ours("CEF records", "", "", "cef"),
    _ours("logins to the AWS console", "aws", "authentication", "cloudtrail"),
    _ours("CloudTrail Insights", "aws", "", "cloudtrail-insight"),
    _ours("Entra sign-ins", "azure", "authentication", "signinlogs"),
    _ours("Microsoft 365 logins", "m365", "authentication", "audit", any_service=True),
    _ours("Microsoft 365 unified audit log", "m365", "", "audit", any_service=True),
    _ours("connections by Proxifier", "windows", "proxy", "proxifier"),
    _ours("Zeek's log of that name", "zeek", any_service=True),
    _ours("Suricata's events of that type", "suricata", any_service=True),
    _ours("Android's log", "android"),
    _ours("logs of a supercomputer", "bluegene"),
    _ours("logs of a supercomputer", "hpc"),
)


@cache
def served() -> tuple[Served, ...]:
    """Return all kinds of record that the tables name."""
    found = [
        Served(one.product, frozenset(one.categories), frozenset(one.services), one.missing, one.what)
        for area in AREAS
        for one in entries(area).values()
    ]
    facts = windows()
    for service in facts["services"]:
        categories = {name for names in facts["categories"].get(service, {}).values() for name in names}
        for types in facts["types"].get(service, {}).values():
            categories.update(name for names in types.values() for name in names)
        what = f"Windows {facts['services'][service][0]}"
        found.append(Served("windows", frozenset(categories), frozenset({service}), what=what))
    return (*found, *BESIDE)


@cache
def windows() -> Mapping[str, Any]:
    """Return the table of Windows channels and event ids."""
    text = (resources.files("tocsin") / "content" / "logsources" / "windows.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def event_ids(source: Source) -> tuple[str, ...]:
    """Return the ids of the events that a Windows log source means.

    Nothing where it means all of a channel.
    """
    if source.product not in {"", "windows"} or not source.category:
        return ()
    facts = windows()
    found: dict[str, None] = {}
    for service, ids in facts["categories"].items():
        if source.service in {"", service}:
            found.update(dict.fromkeys(number for number, names in ids.items() if source.category in names))
    for service, ids in facts["types"].items():
        if source.service in {"", service}:
            for number, types in ids.items():
                if any(source.category in names for names in types.values()):
                    found[number] = None
    return tuple(found) if source.product == "windows" else ()


@cache
def words(place: str) -> frozenset[str]:
    """Return all words that the tables have for product, category or service."""
    found: set[str] = set()
    for one in served():
        found |= {one.product} if place == "product" else one.categories if place == "category" else one.services
    return frozenset(found - {""})


@cache
def fields_of(source: Source) -> Mapping[str, str]:
    """Return the fields that records of a source have, by their names in lower case.

    Only sources whose records have a closed set of fields are known (content/logsources/windows_fields.toml); nothing
    for any other.
    """
    table = _fields()
    own = table["categories"].get(source.category) if source.product == "windows" else None
    if own is None or source.service not in {"", own.get("service", "")}:
        return {}
    known = [*table["all"]["fields"], *own["fields"]]
    known += [other for name in known for other in other_names(name)]
    return {name.lower(): name for name in reversed(known)}


def needs(source: Source) -> tuple[str, ...]:
    """Return the records that a rule of a source needs, in words.

    Where none are read it says why.
    Nothing for a source that looks at everything, or that is in no table.
    """
    if source == Source():
        return ()
    if source == Source(product=source.product):
        return (f"any record of {source.product}",) if source.product in words("product") else ()
    fitting = [one for one in served() if one.fits(source)]
    read = [one for one in fitting if not one.missing]
    if not read:
        return tuple(dict.fromkeys(f"not read: {one.missing}" for one in fitting))
    return tuple(dict.fromkeys(one.what + _ids(one, source) for one in read))


def _ids(one: Served, source: Source) -> str:
    service = next(iter(one.services)) if one.product == "windows" and len(one.services) == 1 else ""
    ids = event_ids(Source(source.product, source.category, service)) if service else ()
    return f" {', '.join(ids)}" if ids else ""


@cache
def _fields() -> Mapping[str, Any]:
    text = (resources.files("tocsin") / "content" / "logsources" / "windows_fields.toml").read_text("utf-8")
    return tomllib.loads(text)
