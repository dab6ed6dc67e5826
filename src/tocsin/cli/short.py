"""Ids as people read them: a foreign rule's UUID by its first digits, as commits are."""

import re

DIGITS = 8
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


def short_rule(id_: str) -> str:
    """Return the first digits of a UUID, and any other id whole."""
    return id_[:DIGITS] if _UUID.fullmatch(id_) else id_
