"""pySigma's processing pipelines (YAML), read as data and applied to rules before these become expressions.

A pipeline's query part (`postprocessing`, `finalizers`, `allowed_backends`) has nothing to change here, where there is
no query; `Pipeline.left_out` names it. A step that is not supported refuses the rules that it is for, and only these.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

from tocsin.match.sigma.checks import FieldRule, Run, Said, decided, field_check, item_check, joined, rule_check
from tocsin.match.sigma.item import fill
from tocsin.match.sigma.placeholder import NO_FILLS, Fills
from tocsin.match.sigma.rule import Chain, Draft, Rule, Source
from tocsin.match.sigma.steps import MAKERS, UNSUPPORTED, Apply, Step, When
from tocsin.match.sigma.tree import Node, RuleError

T = TypeVar("T")
Decide = Callable[[Iterable[bool]], bool]

MAX_NESTED = 8
KEYS = frozenset({
    "vars", "transformations", "postprocessing", "finalizers", "priority", "name", "allowed_backends"
})  # fmt: skip
LEFT_OUT = ("postprocessing", "finalizers")
_COMMON = frozenset({"id", "type"} | {
    f"{about}_{what}"
    for about in ("rule", "detection_item", "field_name")
    for what in ("conditions", "cond_expr", "cond_op", "cond_not")
})  # fmt: skip


_ALWAYS = When(
    lambda _run: True, lambda _run, _item: True, FieldRule(lambda _run, _name: True, lambda _run, _item: True)
)  # fmt: skip


class Pipeline(msgspec.Struct, frozen=True, kw_only=True):
    """A pipeline: its steps in order, and values for placeholders."""

    name: str
    path: str
    priority: int = 0
    vars: Fills = NO_FILLS
    steps: tuple[Step, ...] = ()
    left_out: tuple[str, ...] = ()


def is_pipeline(node: Node) -> bool:
    """Return whether a document is a pipeline, not a rule."""
    entries = node.value
    return isinstance(entries, dict) and entries.keys() <= KEYS and not entries.keys().isdisjoint(KEYS - {"name"})


def pipeline(node: Node, path: str) -> tuple[Pipeline, list[RuleError]]:
    """Return the pipeline that a document is, and what of it is not supported.

    Raises RuleError for one that is wrong as a whole.
    """
    entries = node.map
    problems: list[RuleError] = []
    name = entries["name"].text if "name" in entries else path
    steps = tuple(_steps(entries["transformations"], name, problems, 0)) if "transformations" in entries else ()
    priority = entries["priority"].scalar if "priority" in entries else 0
    if isinstance(priority, bool) or not isinstance(priority, int):
        raise RuleError("priority is a whole number", line=entries["priority"].line)
    made = Pipeline(
        name=name, path=path, priority=priority, steps=steps,
        vars={key.lower(): one.texts for key, one in entries["vars"].map.items()} if "vars" in entries else NO_FILLS,
        left_out=tuple(key for key in LEFT_OUT if key in entries),
    )  # fmt: skip
    return made, problems


def _steps(node: Node, name: str, problems: list[RuleError], depth: int) -> Iterator[Step]:
    if depth > MAX_NESTED:
        raise RuleError(f"steps nest more than {MAX_NESTED} deep", line=node.line)
    if not isinstance(node.value, list):
        raise RuleError("transformations is a list", line=node.line)
    for place, one in enumerate(node.value, 1):
        step_id = one.map["id"].text if "id" in one.map else f"line {one.line}"
        when = _ALWAYS
        try:
            when = _when(one)
            yield Step(step_id, one.line, when, _apply(one, name, problems, depth))
        except RuleError as error:
            where = f"pipeline {name!r}, step {place}"
            problems.append(RuleError(f"{where}: {error.says}", line=error.line or one.line, hint=error.hint))
            yield Step(step_id, one.line, when, _refusing(f"{where}: {error.says}"))


def _refusing(says: str) -> Apply:
    def apply(run: Run, _step: Step) -> None:
        raise RuleError(f"its {says}", line=run.about.line)

    return apply


def _apply(node: Node, name: str, problems: list[RuleError], depth: int) -> Apply:
    kind = node.map["type"].text if "type" in node.map else ""
    if kind == "nest":
        inner = tuple(_steps(node.map.get("items", Node([], node.line)), name, problems, depth + 1))
        return lambda run, _step: _take(run, inner)
    if kind in UNSUPPORTED:
        raise RuleError(f"{kind} is not supported: {UNSUPPORTED[kind]}", line=node.line)
    if kind not in MAKERS:
        raise RuleError(f"no step is of type {kind!r}", line=node.line)
    said = Said(node, _COMMON)
    made = MAKERS[kind](said)
    said.end()
    return made


def _when(node: Node) -> When:
    rules, of_rules = _conditions(node, "rule", rule_check)
    items, of_items = _conditions(node, "detection_item", item_check)
    fields, of_fields = _conditions(node, "field_name", field_check)
    return When(
        lambda run: of_rules([check(run) for check in rules]),
        lambda run, item: of_items([check(run, item) for check in items]),
        FieldRule(
            lambda run, name: of_fields([check.of_name(run, name) for check in fields]),
            lambda run, item: of_fields([check.of_item(run, item) for check in fields]),
        ),
    )


def _conditions(node: Node, about: str, read: Callable[[Node], T]) -> tuple[list[T], Decide]:
    """Return the conditions of one kind, and how their answers become one."""
    said = node.map.get(f"{about}_conditions", Node([], node.line))
    entries = said.value if isinstance(said.value, dict) else {str(n): one for n, one in enumerate(said.items)}
    checks = [read(one) for one in entries.values()]
    if not checks:
        return [], lambda _answers: True
    operator = node.map.get(f"{about}_cond_op", Node("and", node.line)).text.lower()
    if operator not in {"and", "or"}:
        raise RuleError(f"{about}_cond_op is and, or or", line=node.line)
    decide: Decide = all if operator == "and" else any
    if f"{about}_cond_expr" in node.map:
        text = node.map[f"{about}_cond_expr"]
        decide = _by_expression(list(entries), text)
    negated = node.map.get(f"{about}_cond_not", Node(value=False, line=node.line)).scalar is True
    return checks, (lambda answers: not decide(answers)) if negated else decide


def _by_expression(names: Sequence[str], text: Node) -> Decide:
    made = joined(names, text.text, text.line)
    return lambda answers: decided(made, dict(zip(names, answers, strict=True)).__getitem__)


def apply(pipelines: Sequence[Pipeline], draft: Draft, fills: Fills) -> Rule:
    """Return the rule that pipelines make of a draft.

    The placeholders that they left are filled. Raises RuleError where a step refuses the rule.
    """
    run = Run(draft, [draft.source], NO_FILLS)
    _through(pipelines, run)
    for item in run.items():
        fill(item, fills)
    if not isinstance(run.rule, Draft):  # no step makes another thing of it
        raise TypeError(type(run.rule))
    return run.rule.rule()


def apply_to_chain(pipelines: Sequence[Pipeline], chain: Chain, sources: Sequence[Source]) -> Chain:
    """Return the correlation that pipelines make of one.

    `sources` are those of the rules that it is made of. Raises RuleError where a step refuses the correlation.
    """
    run = Run(chain, sources, NO_FILLS)
    _through(pipelines, run)
    if not isinstance(run.rule, Chain):  # no step makes another thing of it
        raise TypeError(type(run.rule))
    return run.rule


def _through(pipelines: Sequence[Pipeline], run: Run) -> None:
    """Take all steps as those of one pipeline, as pySigma joins pipelines: by priority, with all vars."""
    ordered = sorted(pipelines, key=lambda one: one.priority)
    run.vars = {name: values for one in ordered for name, values in one.vars.items()}
    for one in ordered:
        _take(run, one.steps)


def _take(run: Run, steps: Sequence[Step]) -> None:
    for step in steps:
        if step.when.rule(run):
            step.apply(run, step)
            run.done.add(step.id)
