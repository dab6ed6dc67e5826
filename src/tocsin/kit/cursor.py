"""A cursor: where a feed or source stopped, so that the next call goes on from there."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from tocsin.model import UserError

_MOST = 64 * 1024  # characters of a stored cursor; a page token of a large vendor has 2,000


class Cursor(msgspec.Struct, frozen=True):
    """Where a feed or source stopped.

    Only the plug-in that made it knows what its position means.
    The empty cursor is the beginning. It is stored after what was read up to it is durable, so that a crash between
    the two reads something twice and never leaves something out.
    """

    position: Mapping[str, Any] = {}

    @property
    def is_start(self) -> bool:
        """Tell whether nothing was read yet."""
        return not self.position

    def get(self, name: str, otherwise: Any = None) -> Any:
        """Return one part of the position."""
        return self.position.get(name, otherwise)

    def to_text(self) -> str:
        """Return JSON with sorted keys: equal cursors are equal texts."""
        return json.dumps(msgspec.to_builtins(self.position), sort_keys=True, separators=(",", ":"))


def from_text(text: str) -> Cursor:
    """Return the cursor of a stored text; raises UserError for one that is damaged."""
    if len(text) > _MOST:
        raise UserError(f"a cursor has {len(text)} characters, {_MOST} are allowed")
    try:
        return Cursor(msgspec.json.decode(text or "{}", type=dict[str, Any]))
    except msgspec.MsgspecError as error:
        raise UserError(f"a stored cursor is damaged: {error}", hint="forget it; the plug-in begins anew") from error
