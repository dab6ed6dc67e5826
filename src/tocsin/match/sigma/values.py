"""Steps of a pipeline that change the texts of items: replacing, mapping, case, hashes."""

import re
from collections.abc import Callable, Iterable, Sequence

import msgspec

from tocsin.match.sigma.checks import Said, is_text, written
from tocsin.match.sigma.detection import Group
from tocsin.match.sigma.item import Asked, Item
from tocsin.match.sigma.predicate import Ask, Predicate, number_of, text_of
from tocsin.match.sigma.regex import compiled
from tocsin.match.sigma.text import MANY, Pattern, Token, join, parse
from tocsin.match.sigma.tree import RuleError

Change = Callable[[Item], Item | Group]
Texts = Callable[[Pattern], Iterable[Pattern]]

HASHES = {32: "MD5", 40: "SHA1", 64: "SHA256", 128: "SHA512"}
_LONE = re.compile(r"\\(?![*?])")
_HUMP = re.compile(r"(?<!^)(?=[A-Z])")


def texts_changed(change: Texts) -> Change:
    """Return the change of an item whose texts are each replaced by others."""

    def changed(item: Item) -> Item:
        asked: list[Asked] = []
        for one in item.asked:
            if is_text(one):
                made = list(change(one.predicate.pattern))
                form_of = one.form_of if len(made) == 1 else -1  # a list of new values is so many values
                asked.extend(
                    Asked(msgspec.structs.replace(one.predicate, pattern=pattern), form_of=form_of) for pattern in made
                )
            else:
                asked.append(one)
        return msgspec.structs.replace(item, asked=asked)

    return changed


def replace_string(said: Said) -> Change:
    """Return the step that replaces what a regular expression finds in texts."""
    form = compiled(said.text("regex"), "", said.line)
    replacement = said.text("replacement")
    skips, interprets = said.flag("skip_special"), said.flag("interpret_special")
    try:
        form.sub(replacement, "")  # reads the replacement, whether it finds something or not
    except (re.error, IndexError) as error:
        raise RuleError(f"the replacement {replacement!r} is wrong: {error}", line=said.line) from error

    def of_parts(pattern: Pattern) -> list[Pattern]:
        tokens: list[Token] = []
        for token in pattern.tokens:
            new = form.sub(replacement, token) if isinstance(token, str) else ""
            tokens.extend([token] if not isinstance(token, str) else parse(new).tokens if interprets else [new])
        return [join(tokens)]

    return texts_changed(of_parts if skips else lambda pattern: [_replaced(pattern, form, replacement)])


def _replaced(pattern: Pattern, form: re.Pattern[str], replacement: str) -> Pattern:
    """Return a pattern in which what was found is replaced and read anew, and the rest stays what it was."""
    spans: list[tuple[int, int, Token]] = []
    text = ""
    for token in pattern.tokens:
        for letter in token if isinstance(token, str) else [token]:
            piece = written(Pattern((letter,)))
            spans.append((len(text), len(text) + len(piece), letter))
            text += piece
    made: list[Token] = []
    pending = ""  # what is read anew: replacements, and the rest of a letter of which half was found
    at = 0
    for found in (*form.finditer(text), None):
        start = found.start() if found else len(text)
        for low, high, letter in spans:
            if at <= low and high <= start:
                made.extend((*_read(pending), letter))
                pending = ""
            elif low < start and at < high:
                pending += text[max(low, at) : min(high, start)]
        pending += found.expand(replacement) if found else ""
        at = found.end() if found else at
    made.extend(_read(pending))
    return join(made)


def _read(text: str) -> tuple[Token, ...]:
    return parse(_LONE.sub(r"\\\\", text)).tokens


def map_string(said: Said) -> Change:
    """Return the step that puts other texts in place of some."""
    mapping = {text: node.texts for text, node in said.node("mapping").map.items()}

    def mapped(pattern: Pattern) -> Iterable[Pattern]:
        new = mapping.get(written(pattern))
        return [pattern] if new is None else map(parse, new)

    return texts_changed(mapped)


def set_value(said: Said) -> Change:
    """Return the step that puts one value in place of all."""
    value, forced = said.node("value").scalar, said.text("force_type", "")
    if forced not in {"", "str", "num"} or (forced == "num" and number_of(text_of(value)) is None):
        raise RuleError(f"{value!r} cannot be made a {forced}", line=said.line)
    pattern = parse(value) if isinstance(value, str) and forced != "num" else Pattern((text_of(value),))
    asked = Asked(Predicate(Ask.NULL) if value is None else Predicate(Ask.TEXT, pattern))
    return lambda item: msgspec.structs.replace(item, asked=[asked], exists=None, waits=[])


def convert_type(said: Said) -> Change:
    """Return the step that makes numbers of texts, or texts of numbers.

    Here both compare as they are written.
    """
    target = said.text("target_type")
    if target not in {"str", "num"}:
        raise RuleError("target_type is str or num", line=said.line)

    def checked(pattern: Pattern) -> list[Pattern]:
        if target == "num" and number_of(pattern.plain or "") is None:
            raise RuleError(f"{written(pattern)!r} is no number, and a pipeline makes it one")
        return [pattern]

    return texts_changed(checked)


def case(said: Said) -> Change:
    """Return the step that changes the case of texts.

    It tells only where they are `cased`.
    """
    method = said.text("method", "lower")
    changes: dict[str, Callable[[str], str]] = {
        "lower": str.lower, "upper": str.upper, "snake_case": lambda text: _HUMP.sub("_", text).lower()
    }  # fmt: skip
    if method not in changes:
        raise RuleError(f"{method!r} is no case", line=said.line, hint=", ".join(changes))
    change = changes[method]
    return texts_changed(lambda p: [join([change(t) if isinstance(t, str) else t for t in p.tokens])])


def regex(said: Said) -> Change:
    """Return the step that makes regular expressions of texts.

    What they compare stays the same, but `plain` minds the case.
    """
    method = said.text("method", "ignore_case_brackets")
    if method not in {"plain", "ignore_case_flag", "ignore_case_brackets"}:
        raise RuleError(f"{method!r} is no method", line=said.line)
    cased = method == "plain"

    def changed(item: Item) -> Item:
        asked = [
            msgspec.structs.replace(one, predicate=msgspec.structs.replace(one.predicate, cased=cased))
            if is_text(one)
            else one
            for one in item.asked
        ]
        return msgspec.structs.replace(item, asked=asked)

    return changed


def hashes_fields(said: Said) -> Change:
    """Return the step that makes a field for each kind of hash of a list."""
    kinds = said.texts("valid_hash_algos")
    prefix, bare = said.text("field_prefix", ""), said.flag("drop_algo_prefix")
    fields = said.texts("field_to_parse") or ("Hashes", "Hash")

    def changed(item: Item) -> Item | Group:
        if item.field not in fields or not item.asked or not all(map(is_text, item.asked)):
            return item
        found: dict[str, list[Asked]] = {}
        for one in item.asked:
            kind, value = _hash(written(one.predicate.pattern))
            if kind in kinds:
                asked = Asked(msgspec.structs.replace(one.predicate, pattern=parse(value)))
                found.setdefault(f"{prefix}{'' if bare else kind}", []).append(asked)
        if not found:
            raise RuleError(f"{item.field}: no hash is of {', '.join(kinds)}", line=item.line)
        made: list[Item | Group] = [Item(field, item.line, (), asked) for field, asked in found.items()]
        return Group(made, all_of=False)

    return changed


def _hash(text: str) -> tuple[str, str]:
    parts = text.split("|") if "|" in text else text.split("=")
    if len(parts) == 2:
        return parts[0].lstrip("*").upper(), parts[1].strip("*?")
    value = parts[0].strip("*?")
    return HASHES.get(len(value), ""), value


def keyword_texts(item: Item) -> Sequence[Asked]:
    """Return what a keyword asks once it is asked of a field: to contain it."""
    return [_within(one) if is_text(one) else one for one in item.asked]


def _within(one: Asked) -> Asked:
    pattern = join((MANY, *one.predicate.pattern.tokens, MANY))
    return msgspec.structs.replace(one, predicate=msgspec.structs.replace(one.predicate, pattern=pattern))
