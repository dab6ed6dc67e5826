"""The settings in force and their origins."""

import os

import msgspec

from tocsin.model.text import safe
from tocsin.runtime import folders
from tocsin.runtime.workspace import NAME, Settings, Workspace


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One setting: its name, its value as text, and what set it."""

    name: str
    value: str
    origin: str


def settings(workspace: Workspace, store_url: str | None) -> list[Setting]:
    """Return all settings; a password in a store's URL is not shown."""
    rows = [
        Setting(
            name="workspace",
            value=safe(str(workspace.folder or "none")),
            origin=workspace.ignored or ("found" if workspace.folder else "none is named, and none is here"),
        )
    ]
    origin = "--store" if store_url else (NAME if workspace.settings.store else "default")
    if store_url and store_url == os.environ.get("TOCSIN_STORE"):
        origin = "TOCSIN_STORE"
    rows.append(Setting(name="store", value=safe(without_password(store_url or workspace.store_url)), origin=origin))
    defaults = Settings()
    for section in ("scan", "cases"):
        now, plain = getattr(workspace.settings, section), getattr(defaults, section)
        for field in msgspec.structs.fields(now):
            value = getattr(now, field.name)
            shown = ", ".join(value) if isinstance(value, tuple) else str(value)
            came = "default" if value == getattr(plain, field.name) else NAME
            rows.append(Setting(name=f"{section}.{field.name}", value=safe(shown or "-"), origin=came))
    estate = workspace.estate
    parts = {"networks": estate.network, "hosts": estate.host, "people": estate.person, "domains": estate.domain}
    known = ", ".join(f"{len(those)} {name}" for name, those in parts.items())
    rows.append(Setting(name="estate", value=known, origin="estate.toml" if workspace.folder else "default"))
    rows.append(Setting(name="suppressions", value=str(len(workspace.suppressions)), origin="suppressions.toml"))
    rows.append(Setting(name="data folder", value=str(folders.data()), origin="XDG_DATA_HOME or default"))
    rows.append(Setting(name="cache folder", value=str(folders.cache()), origin="XDG_CACHE_HOME or default"))
    return rows


def without_password(url: str) -> str:
    """Return a URL with its password replaced by `***`."""
    scheme, mark, rest = url.partition("://")
    login, at, place = rest.rpartition("@")
    if not at:
        return url
    user, colon, _ = login.partition(":")
    return f"{scheme}{mark}{user}{':***' if colon else ''}@{place}"
