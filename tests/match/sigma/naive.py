"""A second evaluator of Sigma rules, written for being right and nothing else: from a rule's plain data, one event at
a time, everything by regular expressions of whole texts. It shares no code with the first.
"""

import base64
import fnmatch
import ipaddress
import itertools
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

Raw = str | list[str]
Form = list[str] | bytes  # a value on its way: signs, or bytes once it is encoded
TIMES = ("minute", "hour", "day", "week", "month", "year")
DASHES = "-/\u2013\u2014\u2015"
SIGNS = {"MANY": ".*", "ONE": ".", "DASH": f"[{re.escape(DASHES)}]"}
FLAGS = {
    "i": re.IGNORECASE,
    "m": re.MULTILINE,
    "s": re.DOTALL,
    "ignorecase": re.IGNORECASE,
    "multiline": re.MULTILINE,
    "dotall": re.DOTALL,
}


def matches(
    detection: dict[str, Any], event: dict[str, Any], raw: Raw, fills: dict[str, list[str]] | None = None
) -> bool:
    """Return whether an event (its fields, its raw text or texts) is of a detection as YAML gives it."""
    detection = {name: _expanded(one, fills or {}) for name, one in detection.items()}
    conditions = detection["condition"]
    conditions = conditions if isinstance(conditions, list) else [conditions]
    return any(_condition(str(one), detection, event, raw) for one in conditions)


def _expanded(selection: Any, fills: dict[str, list[str]]) -> Any:
    """Return a selection in which each value with placeholders is replaced by all that it can become."""
    if isinstance(selection, list):
        return [_expanded(one, fills) for one in selection]
    if not isinstance(selection, dict):
        return selection
    made = {}
    for key, values in selection.items():
        modifiers = key.split("|")[1:]
        if "expand" in modifiers:
            many = values if isinstance(values, list) else [values]
            made[key] = [text for value in many for text in _fill(value, fills, in_regex="re" in modifiers)]
        else:
            made[key] = values
    return made


def _fill(value: Any, fills: dict[str, list[str]], *, in_regex: bool) -> list[Any]:
    if not isinstance(value, str):
        return [value]
    found = re.search(r"(?<!\\)%(\w+)%", value)
    if found is None:
        return [value.replace(r"\%", "%")]
    texts = ["".join(SIGNS.get(sign, re.escape(sign)) for sign in _signs(one)) for one in fills[found[1]]]
    before = value[: found.start()].replace(r"\%", "%")
    rests = _fill(value[found.end() :], fills, in_regex=in_regex)
    return [before + text + rest for text in (texts if in_regex else fills[found[1]]) for rest in rests]


def _condition(text: str, detection: dict[str, Any], event: dict[str, Any], raw: Raw) -> bool:
    names = [name for name in detection if name != "condition"]
    words = re.findall(r"[()]|[^\s()]+", text)
    python: list[str] = []
    index = 0
    while index < len(words):
        word = words[index]
        if word.lower() in {"and", "or", "not", "(", ")"}:
            python.append(word.lower())
        elif index + 2 < len(words) and words[index + 1].lower() == "of":
            pattern = words[index + 2]
            found = names if pattern.lower() == "them" else fnmatch.filter(names, pattern)
            found = [name for name in found if pattern.startswith("_") or not name.startswith("_")]
            least = len(found) if word == "all" else 1 if word == "any" else int(word)
            python.append(str(sum(_selection(detection[name], event, raw) for name in found) >= least))
            index += 2
        else:
            python.append(str(_selection(detection[word], event, raw)))
        index += 1
    return _boolean(python)


def _boolean(words: list[str]) -> bool:
    def level_or() -> bool:
        value = level_and()
        while words and words[0] == "or":
            words.pop(0)
            right = level_and()
            value = value or right
        return value

    def level_and() -> bool:
        value = level_not()
        while words and words[0] == "and":
            words.pop(0)
            right = level_not()
            value = value and right
        return value

    def level_not() -> bool:
        word = words.pop(0)
        if word == "not":
            return not level_not()
        if word == "(":
            value = level_or()
            words.pop(0)
            return value
        return word == "True"

    return level_or()


def _selection(selection: Any, event: dict[str, Any], raw: Raw) -> bool:
    if isinstance(selection, dict):
        return all(_item(key, value, event, raw) for key, value in selection.items())
    if isinstance(selection, list):
        return any(
            _selection(part, event, raw) if isinstance(part, dict) else _item("", part, event, raw)
            for part in selection
        )
    return _item("", selection, event, raw)


def _item(key: str, values: Any, event: dict[str, Any], raw: Raw) -> bool:
    field, *modifiers = key.split("|")
    values = values if isinstance(values, list) else [values]
    if "exists" in modifiers:
        return (field in event) is (values[0] is not ("neq" in modifiers))
    if field:
        value = event.get(field)
        seen = value if isinstance(value, list) else [] if value is None else [value]
        seen = [_text(one) for one in seen if one is not None]
    else:
        value, seen = raw, raw if isinstance(raw, list) else [raw]
    answers = []
    for wanted in values:
        if wanted is None:
            answers.append(value is None)
        elif "fieldref" in modifiers:
            other = event.get(wanted)
            others = other if isinstance(other, list) else [] if other is None else [other]
            answers.append(any(_reference(a, _text(b), modifiers) for a in seen for b in others if b is not None))
        else:
            # any form of a value is enough: base64offset makes three of each
            answers.append(
                any(_one(text, form, field, modifiers) for form in _forms(wanted, modifiers) for text in seen)
            )
    held = all(answers) if "all" in modifiers else any(answers)
    return not held if "neq" in modifiers else held


def _reference(left: str, right: str, modifiers: list[str]) -> bool:
    for name in ("lt", "lte", "gt", "gte"):
        if name in modifiers:
            return _is_number(right) and _compare(name, left, float(right))
    if "cased" not in modifiers:
        left, right = left.lower(), right.lower()
    if "contains" in modifiers:
        return right in left
    if "startswith" in modifiers:
        return left.startswith(right)
    if "endswith" in modifiers:
        return left.endswith(right)
    return left == right


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    if isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"))
    return str(value)


def _forms(wanted: Any, modifiers: list[str]) -> list[Any]:
    """Return what a value becomes by its modifiers in their order: regular expressions of whole texts, or itself."""
    if {"re", "cidr", "lt", "lte", "gt", "gte", *TIMES} & set(modifiers):
        return [wanted]
    forms: list[Form] = [_signs(wanted)]
    for name in modifiers:
        forms = [made for form in forms for made in _applied(name, form)]
    return ["".join(SIGNS.get(sign, re.escape(sign)) for sign in _read(form)) for form in forms]


def _signs(wanted: Any) -> list[str]:
    """Return a value as signs: characters, and the names of what stands for others."""
    found = re.findall(r"\\[*?\\]|.", _text(wanted), re.DOTALL) if isinstance(wanted, str) else list(_text(wanted))
    return [{"*": "MANY", "?": "ONE"}.get(sign, sign[-1]) for sign in found]


def _read(form: Form) -> list[str]:
    return list(decode(form)) if isinstance(form, bytes) else form


def _applied(name: str, form: Form) -> list[Form]:
    many = ["MANY"]
    if name == "windash":
        return [["DASH" if sign in DASHES else sign for sign in _read(form)]]
    if name in {"contains", "startswith", "endswith"}:
        return [(many if name != "startswith" else []) + _read(form) + (many if name != "endswith" else [])]
    if name not in {"base64", "base64offset", "utf16", "utf16le", "utf16be", "wide"}:
        return [form]
    if isinstance(form, bytes):
        return list(_encoded(name, form))
    texts = ["".join(one) for one in itertools.product(*(DASHES if sign == "DASH" else [sign] for sign in form))]
    return [made for text in texts for made in _encoded(name, text.encode())]


def _encoded(name: str, raw: bytes) -> list[bytes]:
    if name == "base64":
        return [base64.b64encode(raw)]
    if name == "base64offset":
        return _offsets(raw)
    if name == "utf16be":
        return [raw.decode().encode("utf-16-be")]
    return [(b"\xff\xfe" if name == "utf16" else b"") + raw.decode().encode("utf-16-le")]


def decode(form: bytes) -> str:
    """Return bytes as a text: those that are no UTF-8 stand for the characters of their numbers."""
    try:
        return form.decode()
    except UnicodeDecodeError:
        return form.decode("latin-1")


def _offsets(form: bytes) -> list[bytes]:
    """Return the part of Base64 that is the same whatever stands around the value, for three distances."""
    found = []
    for before in range(3):
        around = itertools.product((0, 255), (0, 255), range(1, 4))
        wholes = [base64.b64encode(bytes([a]) * before + form + bytes([b]) * behind) for a, b, behind in around]
        stop = (before + len(form)) * 8 // 6  # the characters after it hold bits of what follows
        start = next(i for i in range(stop + 1) if all(len({w[j] for w in wholes}) == 1 for j in range(i, stop)))
        found.append(wholes[0][start:stop])
    return found


def unescape(text: str) -> str:
    """Return a text of a rule without the backslashes that escape."""
    return re.sub(r"\\([*?\\])", r"\1", text)


def _one(text: str, form: Any, field: str, modifiers: list[str]) -> bool:
    if "re" in modifiers:
        flags = sum({bit for name, bit in FLAGS.items() if name in modifiers})
        form = f"^(?:{form})" if "startswith" in modifiers else form
        form = f"(?:{form})$" if "endswith" in modifiers else form
        return re.search(form, text, flags) is not None
    if "cidr" in modifiers:
        return _in_network(text, str(form))
    for name in TIMES:
        if name in modifiers:
            number = _time(text, name)
            compare = [one for one in ("lt", "lte", "gt", "gte") if one in modifiers]
            return number is not None and (_compare(compare[0], str(number), form) if compare else number == form)
    for name in ("lt", "lte", "gt", "gte"):
        if name in modifiers:
            return _compare(name, text, form)
    if not field:
        form = f".*{form}.*"
    if "cased" in modifiers:
        return re.fullmatch(form, text, re.DOTALL) is not None
    return re.fullmatch(form.lower(), text.lower(), re.DOTALL) is not None


def texts(value: Any) -> Iterator[str]:
    """Yield the texts inside a value."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)
    elif value is not None:
        yield value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _in_network(text: str, form: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    network = ipaddress.ip_network(form, strict=False)
    mapped = getattr(address, "ipv4_mapped", None)
    return address in network or (mapped or address) in _as_ipv4(network)


def _as_ipv4(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    if isinstance(network, ipaddress.IPv4Network) or not network.subnet_of(ipaddress.IPv6Network("::ffff:0:0/96")):
        return network
    return ipaddress.ip_network(f"{network.network_address.ipv4_mapped}/{network.prefixlen - 96}")


def _compare(name: str, text: str, form: float) -> bool:
    try:
        number = float(text)
    except ValueError:
        return False
    return {"lt": number < form, "lte": number <= form, "gt": number > form, "gte": number >= form}[name]


def _is_number(text: str) -> bool:
    try:
        return float(text) == float(text)
    except ValueError:
        return False


def _time(text: str, name: str) -> int | None:
    """Return a part of a moment in the forms that the generated events use."""
    if re.fullmatch("[0-9]{10}", text):
        moment = datetime.fromtimestamp(int(text), UTC)
    else:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) and name in {"minute", "hour"}:
            return None
        for form in ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S", "%d/%b/%Y:%H:%M:%S %z"):
            try:
                moment = datetime.strptime(text, form)  # noqa: DTZ007  # the zone, where there is one, changes nothing here
                break
            except ValueError:
                continue
        else:
            return None
    return int(moment.strftime("%V")) if name == "week" else int(getattr(moment, name))
