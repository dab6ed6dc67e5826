"""What is different between two versions of a rule's document, in words: a line for each thing that changed."""

from collections.abc import Iterator, Mapping, Sequence

from tocsin.match.sigma.tree import Node

MAX_VALUE = 80  # characters of a value
FEW = 4  # values that a line names
ASIDE = (  # what is told by its name only
    "description", "author", "date", "modified", "references", "falsepositives", "license", "related", "fields",
    "taxonomy", "scope", "simulation", "regression_tests_path", "custom", "id",
)  # fmt: skip
LOGIC = ("detection", "filter")
LISTS = ("tags",)


def what_changed(old: Node, new: Node) -> Iterator[str]:
    """Yield what differs between two documents, what decides about matches first."""
    before, after = old.map, new.map
    for key in LOGIC:
        yield from _detection(_map(before.get(key)), _map(after.get(key)))
    if "correlation" in before or "correlation" in after:
        yield from _leaves(before.get("correlation"), after.get("correlation"), "")
    if _text(before.get("logsource")) != _text(after.get("logsource")):
        yield f"log source: {_text(before.get('logsource'))} -> {_text(after.get('logsource'))}"
    known = {*LOGIC, "correlation", "logsource", *LISTS, *ASIDE}
    for key in dict.fromkeys((*before, *after)):
        if key not in known:
            yield from _leaves(before.get(key), after.get(key), key)
    for key in LISTS:
        yield from _list(key, _texts(before.get(key)), _texts(after.get(key)))
    aside = [key for key in ASIDE if _text(before.get(key)) != _text(after.get(key))]
    if aside:
        yield f"{', '.join(aside)}: changed"


def _map(node: Node | None) -> Mapping[str, Node]:
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _detection(old: Mapping[str, Node], new: Mapping[str, Node]) -> Iterator[str]:
    if _text(old.get("condition")) != _text(new.get("condition")):
        yield f"condition: `{_text(old.get('condition'))}` -> `{_text(new.get('condition'))}`"
    if "rules" in old or "rules" in new:
        yield from _list("rules", _texts(old.get("rules")), _texts(new.get("rules")))
    aside = {"condition", "rules"}
    gone = [name for name in old if name not in new and name not in aside]
    came = [name for name in new if name not in old and name not in aside]
    for name in list(gone):
        same = next((one for one in came if _text(new[one]) == _text(old[name])), None)
        if same is not None:
            gone.remove(name)
            came.remove(same)
            yield f"{name}: is now called {same}"
    yield from (f"{name}: is no longer there" for name in gone)
    yield from (f"{name}: is new: {_shown(new[name])}" for name in came)
    for name in old:
        if name in new and name not in aside:
            yield from _selection(name, old[name], new[name])


def _selection(name: str, old: Node, new: Node) -> Iterator[str]:
    if isinstance(old.value, dict) and isinstance(new.value, dict):
        yield from _items(name, old.value, new.value)
        return
    a, b = _members(old), _members(new)
    if len(a) == len(b) and all(isinstance(one.value, dict) for one in (*a, *b)):
        for place, (x, y) in enumerate(zip(a, b, strict=True), 1):
            yield from _items(f"{name}, alternative {place}", x.map, y.map)
        return
    yield from _values(name, [_text(one) for one in a], [_text(one) for one in b])


def _items(name: str, old: Mapping[str, Node], new: Mapping[str, Node]) -> Iterator[str]:
    gone = [key for key in old if key not in new]
    came = [key for key in new if key not in old]
    for key in list(gone):
        same = next((one for one in came if _field(one) == _field(key)), None)
        if same is not None:
            gone.remove(key)
            came.remove(same)
            yield f"{name}: {key} became {same}"
            yield from _values(f"{name}: {same}", _texts(old[key]), _texts(new[same]))
    yield from (f"{name}: {key} is no longer asked for" for key in gone)
    yield from (f"{name}: {key} is asked for besides: {_named(_texts(new[key]))}" for key in came)
    for key in old:
        if key in new:
            yield from _values(f"{name}: {key}", _texts(old[key]), _texts(new[key]))


def _field(key: str) -> str:
    return key.partition("|")[0]


def _values(what: str, old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    if len(old) == len(new) == 1 and old != new:
        yield f"{what}: {_quoted(old[0])} -> {_quoted(new[0])}"
        return
    gained = [one for one in new if one not in old]
    lost = [one for one in old if one not in new]
    if gained:
        yield f"{what} gains {_named(gained)}"
    if lost:
        yield f"{what} loses {_named(lost)}"


def _list(what: str, old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    said = [*(f"+{one}" for one in new if one not in old), *(f"-{one}" for one in old if one not in new)]
    if said:
        yield f"{what}: {_short(' '.join(said), 200)}"


def _leaves(old: Node | None, new: Node | None, under: str) -> Iterator[str]:
    """Yield what differs between two trees, leaf by leaf."""
    a, b = _map(old), _map(new)
    if not (a or b):
        if _text(old) != _text(new):
            yield f"{under}: {_short(_text(old)) or 'none'} -> {_short(_text(new)) or 'none'}"
        return
    for key in dict.fromkeys((*a, *b)):
        yield from _leaves(a.get(key), b.get(key), f"{under}.{key}" if under else key)


def _members(node: Node) -> list[Node]:
    return node.value if isinstance(node.value, list) else [node]


def _texts(node: Node | None) -> list[str]:
    return [] if node is None else [_text(one) for one in _members(node)]


def _text(node: Node | None) -> str:
    """Return a node on one line."""
    if node is None:
        return ""
    if isinstance(node.value, dict):
        return "; ".join(f"{key}: {_text(one)}" for key, one in node.value.items())
    if isinstance(node.value, list):
        return ", ".join(map(_text, node.value))
    if node.value is None:
        return "null"
    return str(node.value).lower() if isinstance(node.value, bool) else str(node.value)


def _named(values: Sequence[str]) -> str:
    more = f" and {len(values) - FEW} more" if len(values) > FEW else ""
    return ", ".join(map(_quoted, values[:FEW])) + more


def _quoted(text: str) -> str:
    """Return a value between quotes, its blanks kept: they are what many a change is about."""
    return f"'{text}'" if len(text) <= MAX_VALUE else f"'{text[:MAX_VALUE]}...'"


def _shown(node: Node) -> str:
    """Return a selection on one line, its values between quotes."""
    if isinstance(node.value, dict):
        return "; ".join(f"{key} {_named(_texts(one))}" for key, one in node.value.items())
    if any(isinstance(one.value, dict) for one in _members(node)):
        return " | ".join(_shown(one) for one in _members(node)[:FEW])
    return _named(_texts(node))


def _short(text: str, most: int = MAX_VALUE) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most]}..."
