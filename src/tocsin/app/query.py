"""The query of `tocsin event --where`: Sigma terms joined by `and`, `or`, `not` and parentheses.

A term is `field=value`, with the modifiers and wildcards of Sigma (`url.original|contains=../`, `user.name=adm*`), or a
word that is searched for in the whole record. The query becomes a Sigma rule, so that there is one evaluator.
"""

import json
import re
from collections.abc import Iterator

from tocsin.match.sigma.rule import Rule, read
from tocsin.match.sigma.tree import RuleError
from tocsin.model import UserError

MAX_QUERY = 4096  # characters
_TOKEN = re.compile(
    r"""\s*(?:(?P<mark>[()])|(?P<term>(?:[\w.@\-]+(?:\|\w+)*\s?!?=\s?)?(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s()"']+)))"""
)
_FIELD = re.compile(r"(?P<field>[\w.@\-]+(?:\|\w+)*)\s?(?P<not>!?)=\s?(?P<value>.*)", re.DOTALL)
_WORDS = frozenset({"and", "or", "not"})


def rule_of(text: str) -> Rule:
    """Return a query as a rule; raises UserError naming what is wrong."""
    if len(text) > MAX_QUERY:
        raise UserError(f"the query has {len(text)} characters; {MAX_QUERY} is the most")
    detection: dict[str, object] = {}
    condition: list[str] = []
    for token in _tokens(text):
        if token in ("(", ")") or token.lower() in _WORDS:
            condition.append(token.lower())
            continue
        name = f"t{len(detection)}"
        negated, item = _item(token)
        detection[name] = item
        condition.append(f"(not {name})" if negated else name)
    document = {
        "title": "query",
        "id": "query",
        "logsource": {"category": ""},
        "detection": {**detection, "condition": " ".join(_joined(condition))},
    }
    found = list(read(json.dumps(document).encode(), "--where"))
    if len(found) == 1 and isinstance(found[0], Rule):
        return found[0]
    wrong = next((f for f in found if isinstance(f, RuleError)), None)
    raise UserError(
        f"--where: {wrong.says if wrong else 'this is no query'}",
        hint="as: source.ip=203.0.113.66 and not user.name=root",
    )


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None:
            raise UserError(
                f"--where: cannot read {text[at : at + 20]!r}", hint='quote values with blanks: message="a b"'
            )
        at = found.end()
        yield found["mark"] or found["term"]


def _joined(condition: list[str]) -> Iterator[str]:
    """Yield the condition with `and` between terms that stand side by side."""
    before = ""
    for part in condition:
        if before not in ("", "(", "and", "or", "not") and part not in (")", "and", "or"):
            yield "and"
        yield part
        before = part


def _item(token: str) -> tuple[bool, object]:
    found = _FIELD.fullmatch(token)
    if found is None:
        return False, [_plain(token)]
    value = _plain(found["value"])
    return bool(found["not"]), {found["field"]: int(value) if value.isdigit() and found["value"] == value else value}


def _plain(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text
