"""Parts of a URL as access and proxy logs write it, whole (`http://host/path?query`), or from the path on."""

import re
from functools import lru_cache

import msgspec

_URL = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,15}):)?(?://(?:[^/?#@]{0,512}@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[^/?#:]{0,255})(?::\d{0,5})?(?=[/?#]|$))?(?P<path>[^?#]*+)(?:\?(?P<query>[^#]*+))?",
    re.DOTALL,
)
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,10})\Z")
_TARGET = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[^/?#:\s]{1,255}):\d{1,5}\Z")


class Parts(msgspec.Struct, frozen=True):
    """Host, path, query and extension of a URL; None for what is not there."""

    host: str | None = None
    path: str | None = None
    query: str | None = None
    extension: str | None = None


@lru_cache(4096)
def parts(url: str) -> Parts:
    """Return the parts of a URL; of `host:443`, which CONNECT asks for, the host."""
    if target := _TARGET.match(url):
        return Parts(host=target[1].strip("[]").lower())
    found = _URL.match(url)
    if found is None:
        return Parts()
    path = found["path"]
    kind = _EXTENSION.search(path)
    host = found["host"]
    return Parts(
        host=host.strip("[]").lower() if host else None,
        path=path or None,
        query=found["query"] or None,
        extension=kind[1].lower() if kind else None,
    )
