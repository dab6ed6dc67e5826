"""Steps of a pipeline: what each changes in a rule (their texts are changed in `values`).

They mean what pySigma's transformations of the same names mean. A step is read once into a function.
"""

import string
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from tocsin.match.sigma import values
from tocsin.match.sigma.checks import FieldRule, ItemCheck, RuleCheck, Run, Said
from tocsin.match.sigma.detection import Group, clause
from tocsin.match.sigma.item import Asked, Item, fill
from tocsin.match.sigma.placeholder import Fills, names
from tocsin.match.sigma.rule import Chain, Draft, Source
from tocsin.match.sigma.tree import Node, RuleError

Renames = Callable[[str], Sequence[str] | None]


class When(msgspec.Struct, frozen=True):
    """When a step is taken: for which rules, which items, which names of fields."""

    rule: RuleCheck
    item: ItemCheck
    field: FieldRule


class Step(msgspec.Struct, frozen=True):
    """A step of a pipeline."""

    id: str
    line: int
    when: When
    apply: "Apply"

    def meets(self, run: Run, item: Item) -> bool:
        """Return whether the step is for an item."""
        return self.when.item(run, item) and self.when.field.of_item(run, item)


Apply = Callable[[Run, Step], None]


def each_item(change: Callable[[Run, Item], Item | Group | None]) -> Apply:
    """Return the step that changes each item it is for; None drops one."""

    def walk(run: Run, step: Step, group: Group) -> None:
        made: list[Item | Group] = []
        for part in group.parts:
            if isinstance(part, Group):
                walk(run, step, part)
                made.append(part)
                continue
            new = change(run, part) if step.meets(run, part) else part
            if isinstance(new, Item) and new is not part:
                new.applied = {*part.applied, step.id}
            if new is not None:
                made.append(new)
        group.parts = made

    def apply(run: Run, step: Step) -> None:
        if isinstance(run.rule, Draft):
            for one in run.rule.clauses:
                for group in one.selections.values():
                    walk(run, step, group)

    return apply


def renaming(renames: Renames) -> Apply:
    """Return the step that gives fields other names, wherever a rule names them."""

    def apply(run: Run, step: Step) -> None:
        def new(name: str) -> Sequence[str] | None:
            found = renames(name)
            return found if found is not None and step.when.field.of_name(run, name) else None

        def note(name: str, made: Sequence[str]) -> None:
            run.mapped.update((name, *made))
            if [name] != list(made):
                before = run.fields.pop(name, set())
                run.fields.update((one, {*before, step.id}) for one in made)

        about = run.rule.about
        fields = tuple(one for name in about.fields for one in (new(name) or (name,)))
        run.rule = msgspec.structs.replace(run.rule, about=msgspec.structs.replace(about, fields=fields))
        if isinstance(run.rule, Chain):
            run.rule = _renamed_chain(run.rule, new)
        else:
            each_item(lambda _run, item: _renamed(item, new, note))(run, step)

    return apply


def _renamed(item: Item, new: Renames, note: Callable[[str, Sequence[str]], None]) -> Item | Group:
    asked = list(item.asked)
    if any(one.other for one in asked):
        asked = [
            Asked(one.predicate, other) if one.other else one
            for one in asked
            for other in ((new(one.other) or (one.other,)) if one.other else ("",))
        ]
    made = new(item.field)
    if made is None:
        return item if asked == item.asked else msgspec.structs.replace(item, asked=asked)
    note(item.field, made)
    if not item.field:
        asked = list(values.keyword_texts(item))
    copies: list[Item | Group] = [
        msgspec.structs.replace(item, field=name, asked=list(asked), applied=set(item.applied), waits=list(item.waits))
        for name in made
    ]
    return copies[0] if len(copies) == 1 and isinstance(copies[0], Item) else Group(copies, all_of=False)


def _renamed_chain(chain: Chain, new: Renames) -> Chain:
    said = chain.correlation

    def one(name: str) -> str:
        made = new(name)
        if made is not None and len(made) != 1:
            raise RuleError(f"a pipeline makes {len(made)} fields of {name!r}, which must be one here", line=said.line)
        return name if made is None else made[0]

    aliases = {alias: {rule: one(name) for rule, name in fields.items()} for alias, fields in said.aliases.items()}
    by = tuple(n for name in said.group_by for n in ((name,) if name in aliases else (new(name) or (name,))))
    fields = tuple(name if name in aliases else one(name) for name in said.fields)
    changed = msgspec.structs.replace(said, group_by=by, aliases=aliases, fields=fields)
    return msgspec.structs.replace(chain, correlation=changed)


def _mapping(said: Said) -> Apply:
    entries = said.node("mapping").map
    table = {"" if name in {"null", "~", ""} else name: node.texts for name, node in entries.items()}
    return renaming(table.get)


def _prefix_mapping(said: Said) -> Apply:
    table = {prefix: node.texts for prefix, node in said.node("mapping").map.items()}

    def renames(name: str) -> list[str] | None:
        found = next((prefix for prefix in table if name and name.startswith(prefix)), None)
        return None if found is None else [made + name[len(found) :] for made in table[found]]

    return renaming(renames)


def _prefix(said: Said) -> Apply:
    prefix = said.text("prefix")
    return renaming(lambda name: [prefix + name] if name else None)


def _suffix(said: Said) -> Apply:
    suffix = said.text("suffix")
    return renaming(lambda name: [name + suffix] if name else None)


def _drop(_said: Said) -> Apply:
    return each_item(lambda _run, _item: None)


def _change_logsource(said: Said) -> Apply:
    source = Source(**{word: said.text(word, "").lower() for word in ("product", "category", "service")})

    def apply(run: Run, _step: Step) -> None:
        if isinstance(run.rule, Draft):
            run.rule.source = source
            run.sources = [source]

    return apply


def _add_condition(said: Said) -> Apply:
    conditions, name = said.node("conditions"), said.text("name", "added")
    templated, negated = said.flag("template"), said.flag("negated")
    clause(_detection(name, conditions), None)

    def apply(run: Run, _step: Step) -> None:
        if isinstance(run.rule, Draft):
            source = run.rule.source
            words = {word: getattr(source, word) for word in ("product", "category", "service")}
            made = clause(_detection(name, _templated(conditions, words) if templated else conditions), None)
            made.is_negated = negated
            run.rule.clauses.append(made)

    return apply


def _detection(name: str, conditions: Node) -> Node:
    return Node({name: conditions, "condition": Node(name, conditions.line)}, conditions.line)


def _templated(node: Node, words: Mapping[str, str]) -> Node:
    value = node.value
    if isinstance(value, dict):
        return Node({key: _templated(one, words) for key, one in value.items()}, node.line)
    if isinstance(value, list):
        return Node([_templated(one, words) for one in value], node.line)
    return Node(string.Template(value).safe_substitute(words) if isinstance(value, str) else value, node.line)


def _item_failure(said: Said) -> Apply:
    message = said.text("message")

    def fail(_run: Run, item: Item) -> Item:
        raise RuleError(message, line=item.line)

    return each_item(fail)


def _rule_failure(said: Said) -> Apply:
    message = said.text("message")

    def apply(run: Run, _step: Step) -> None:
        raise RuleError(message, line=run.about.line)

    return apply


def _strict(_said: Said) -> Apply:
    def apply(run: Run, _step: Step) -> None:
        fields = dict.fromkeys(item.field for item in run.items() if item.field and item.field not in run.mapped)
        if fields:
            raise RuleError(f"no mapping is there for {', '.join(fields)}", line=run.about.line)

    return apply


def _set_state(said: Said) -> Apply:
    key, value = said.text("key"), said.node("val").scalar
    return lambda run, _step: run.state.update({key: value})


def _set_attribute(said: Said) -> Apply:
    name, value = said.text("attribute"), said.node("value").scalar

    def apply(run: Run, _step: Step) -> None:
        if isinstance(run.rule, Draft):
            run.rule.attributes[name] = value

    return apply


def _listed(change: Callable[[Sequence[str], Sequence[str]], Iterable[str]], entry: str = "field") -> "Maker":
    def make(said: Said) -> Apply:
        names = said.texts(entry)

        def apply(run: Run, _step: Step) -> None:
            about = msgspec.structs.replace(run.about, fields=tuple(change(run.about.fields, names)))
            run.rule = msgspec.structs.replace(run.rule, about=about)

        return apply

    return make


def _placeholders(said: Said) -> Apply:
    handled = _handled(said)

    def change(run: Run, item: Item) -> Item:
        return _filled(item, {name: run.vars[name] for name in run.vars if handled(name)})

    return each_item(change)


def _wildcards(said: Said) -> Apply:
    handled = _handled(said)

    def change(_run: Run, item: Item) -> Item:
        wanted = [name for text in item.waits for name in names(text) if handled(name)]
        return _filled(item, dict.fromkeys(wanted, ("*",)))

    return each_item(change)


def _filled(item: Item, fills: Fills) -> Item:
    if not item.waits:
        return item
    made = msgspec.structs.replace(item, fills=dict(item.fills))
    fill(made, fills)
    return made if made.fills != item.fills else item


def _handled(said: Said) -> Callable[[str], bool]:
    include, exclude = said.has("include"), said.has("exclude")
    if include and exclude:
        raise RuleError("include and exclude cannot both be meant", line=said.line)
    listed = {name.lower() for name in said.texts("include" if include else "exclude")}
    return listed.__contains__ if include else lambda name: name not in listed


def _of_value(make: Callable[[Said], values.Change]) -> "Maker":
    def maker(said: Said) -> Apply:
        change = make(said)
        return each_item(lambda _run, item: _changed(change, item))

    return maker


def _changed(change: values.Change, item: Item) -> Item | Group:
    new = change(item)
    same = isinstance(new, Item) and (new.field, new.asked, new.exists) == (item.field, item.asked, item.exists)
    return item if same else new


Maker = Callable[[Said], Apply]
MAKERS: Mapping[str, Maker] = {
    "field_name_mapping": _mapping,
    "field_name_prefix_mapping": _prefix_mapping,
    "field_name_prefix": _prefix,
    "field_name_suffix": _suffix,
    "drop_detection_item": _drop,
    "change_logsource": _change_logsource,
    "add_condition": _add_condition,
    "detection_item_failure": _item_failure,
    "rule_failure": _rule_failure,
    "strict_field_mapping_failure": _strict,
    "set_state": _set_state,
    "set_custom_attribute": _set_attribute,
    "add_field": _listed(lambda had, names: (*had, *names)),
    "remove_field": _listed(lambda had, names: (one for one in had if one not in names)),
    "set_field": _listed(lambda _had, names: names, "fields"),
    "value_placeholders": _placeholders,
    "wildcard_placeholders": _wildcards,
    "replace_string": _of_value(values.replace_string),
    "map_string": _of_value(values.map_string),
    "set_value": _of_value(values.set_value),
    "convert_type": _of_value(values.convert_type),
    "case": _of_value(values.case),
    "regex": _of_value(values.regex),
    "hashes_fields": _of_value(values.hashes_fields),
}
UNSUPPORTED: Mapping[str, str] = {
    "field_name_transform": "it is a function of Python",
    "query_expression_placeholders": "it writes a query's text, and there is no query",
    "file_placeholders": "a pipeline reads no files: write the values into vars",
    "http_placeholders": "a pipeline asks no server: write the values into vars",
    "command_placeholders": "a pipeline runs no command: write the values into vars",
    "extract_fields": "write the fields into the rule",
}
"""Steps that pySigma has and this loader does not, and why."""
