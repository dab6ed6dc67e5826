"""A recorded wire: what a plug-in asks must be what the recording expects, in order; then it gets the recorded answer.

`wire.json` is a list of exchanges:

    {"request": {"method": "GET", "url": "https://api.example.org/x?a=1", "headers": {"Key": "{secret:name}"},
                 "json": {...}},
     "answer": {"status": 200, "headers": {...}, "json": {...}},
     "from": "where the answer was documented or recorded"}

Of the headers only those that are named are compared. `text` stands for `json` where a body is none. An answer of
`{"trouble": "breaks the connection off"}` is a lost connection.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tocsin.model import UserError
from tocsin.runtime.transport import Limits, Received, Request, Trouble


class Mismatch(UserError):
    """A plug-in asked something else than its recording expects."""


class Replay:
    """A transport that answers from a recording."""

    def __init__(self, exchanges: Sequence[Mapping[str, Any]], secret: Mapping[str, str]) -> None:
        self._left = list(exchanges)
        self._secret = secret

    def exchange(self, request: Request, limits: Limits) -> Received:
        """Return the recorded answer.

        Raises Mismatch for what was not expected, Trouble where that is recorded.
        """
        url = f"{request.place.scheme}://{request.place}{request.path}"
        if not self._left:
            raise Mismatch(f"{request.method} {url} is not in wire.json: all of it was asked for already")
        expected = self._left.pop(0)
        for what, is_, wanted in self._differences(request, url, expected["request"]):
            raise Mismatch(f"{request.method} {url}: {what} is {is_!r}, wire.json expects {wanted!r}")
        answer = expected["answer"]
        if "trouble" in answer:
            raise Trouble(answer["trouble"], was_sent=answer.get("was_sent", True))
        body = json.dumps(answer["json"]).encode() if "json" in answer else answer.get("text", "").encode()
        if len(body) > limits.body:
            raise Trouble(f"answers with more than {limits.body:,} bytes", was_sent=True, again=False)
        headers = {name.lower(): value for name, value in answer.get("headers", {}).items()}
        return Received(status=answer.get("status", 200), headers=headers, body=body)

    def done(self) -> None:
        """Raise Mismatch when something that is recorded was not asked for."""
        if self._left:
            left = self._left[0]["request"]
            raise Mismatch(f"{left['method']} {left['url']} of wire.json was not asked for")

    def _differences(self, request: Request, url: str, wanted: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
        pairs: list[tuple[str, Any, Any]] = [("method", request.method, wanted["method"]), ("URL", url, wanted["url"])]
        sent = {name.lower(): value for name, value in request.headers.items()}
        for name, value in wanted.get("headers", {}).items():
            pairs.append((f"header {name}", sent.get(name.lower()), self._filled(value)))
        if "json" in wanted:
            pairs.append(("body", json.loads(request.body) if request.body else None, wanted["json"]))
        elif "text" in wanted:
            pairs.append(("body", (request.body or b"").decode("utf-8", "replace"), wanted["text"]))
        elif request.body:
            pairs.append(("body", request.body.decode("utf-8", "replace"), None))
        return [pair for pair in pairs if pair[1] != pair[2]]

    def _filled(self, value: str | None) -> str | None:
        for name, secret in self._secret.items():
            value = value.replace(f"{{secret:{name}}}", secret) if value is not None else None
        return value
