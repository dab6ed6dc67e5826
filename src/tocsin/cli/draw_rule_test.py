"""The report of `tocsin rule test`, drawn: what failed and why first, the counts last."""

from collections.abc import Iterator

import click

from tocsin.app.rule_test import Outcome, Report, State, Tried
from tocsin.cli.paint import Paint
from tocsin.cli.why import lines, paragraph
from tocsin.model.text import counted, safe

UNNOTICED = 8  # changes of a rule that are listed, without --verbose
NAMED = 10  # rules that could not be loaded that are listed, without --verbose

_WORDS = {State.PASSED: "pass", State.FAILED: "FAIL", State.MALFORMED: "WRONG", State.UNREAD: "NOT RUN"}


def draw(report: Report, paint: Paint, width: int, *, voice: str, list_untested: bool) -> None:
    """Print a report; `voice` is quiet, verbose or empty."""
    if voice != "quiet":
        for rule in _shown(report, voice):
            _rule(rule, paint, width, is_verbose=voice == "verbose")
        _more_not_run(report, voice)
        for one in report.malformed:
            click.echo(f"{paint.bad('WRONG')}    {safe(one.where)}: {safe(one.says)}")
        _unloaded(report, paint, is_verbose=voice == "verbose")
    if list_untested:
        for bare in report.untested:
            click.echo(f"no test  {safe(bare.rule)}  {safe(bare.path)}")
    for line in _closing(report):
        click.echo(line)


def _shown(report: Report, voice: str) -> Iterator[Tried]:
    """Yield the rules to show; of those whose only trouble is that cases could not be run, a few."""
    unread = 0
    for rule in report.rules:
        if voice != "verbose" and _is_only_unread(rule):
            unread += 1
            if unread > NAMED:
                continue
        yield rule


def _is_only_unread(rule: Tried) -> bool:
    states = {case.state for case in rule.cases}
    return State.UNREAD in states and states <= {State.UNREAD, State.PASSED}


def _more_not_run(report: Report, voice: str) -> None:
    more = sum(map(_is_only_unread, report.rules)) - NAMED
    if voice != "verbose" and more > 0:
        click.echo(f"  NOT RUN cases of {counted(more, 'more rule')} (--verbose)")


def _rule(rule: Tried, paint: Paint, width: int, *, is_verbose: bool) -> None:
    bad = [case for case in rule.cases if case.state is not State.PASSED]
    has_gaps = rule.mutants is not None and rule.mutants.unnoticed
    if not (bad or is_verbose or has_gaps):
        return
    click.echo(f"{paint.strong(safe(rule.rule))}  {safe(rule.title)}  {safe(rule.path)}")
    for case in rule.cases if is_verbose else bad:
        _case(case, paint, width, is_verbose=is_verbose)
    if rule.mutants is not None and (rule.mutants.unnoticed or is_verbose):
        _mutants(rule, is_verbose=is_verbose)


def _case(case: Outcome, paint: Paint, width: int, *, is_verbose: bool) -> None:
    word = _WORDS[case.state]
    shown = word if case.state is State.PASSED else paint.bad(word)
    name = f"{safe(case.name)}: " if case.name else ""
    tail = f"{safe(case.says)}" if case.says else case.kind
    paragraph(f"  {shown}{' ' * (8 - len(word))}", f"{name}{tail}  ({safe(case.where)})", width, 10)
    if case.hint:
        click.echo(f"          hint: {safe(case.hint)}")
    if case.why:
        paragraph(" " * 10, paint.outside(case.why), width, 10)
    if is_verbose:
        lines(case.lines, paint, width, indent=10)


def _mutants(rule: Tried, *, is_verbose: bool) -> None:
    found = rule.mutants
    if found is None:
        return
    noticed = found.tried - len(found.unnoticed)
    click.echo(
        f"  {noticed} of {counted(found.tried, 'change')} of the rule noticed" + (", not:" if found.unnoticed else "")
    )
    shown = found.unnoticed if is_verbose else found.unnoticed[:UNNOTICED]
    for says in shown:
        click.echo(f"          {safe(says)}")
    if len(found.unnoticed) > len(shown):
        click.echo(f"          and {len(found.unnoticed) - len(shown)} more (--verbose)")


def _unloaded(report: Report, paint: Paint, *, is_verbose: bool) -> None:
    shown = report.unloaded if is_verbose else report.unloaded[:NAMED]
    for one in shown:
        place = f"{one.path}:{one.line}" if one.line else one.path
        click.echo(f"{paint.bad('NOT LOADED')}  {safe(place)}: {safe(one.why)}")
    if len(report.unloaded) > len(shown):
        click.echo(f"            and {len(report.unloaded) - len(shown)} more (--verbose)")


def _closing(report: Report) -> Iterator[str]:
    cases = sum(len(rule.cases) for rule in report.rules)
    parts = [
        f"{report.count(state)} {word}" for state, word in _COUNTED if report.count(state) or state is State.PASSED
    ]
    yield f"{counted(cases, 'case')} of {counted(len(report.rules), 'rule')}: {', '.join(parts)}."
    tried = [rule.mutants for rule in report.rules if rule.mutants is not None]
    if tried:
        many = sum(one.tried for one in tried)
        missed = sum(len(one.unnoticed) for one in tried)
        yield f"{counted(many, 'change')} tried, {many - missed:,} noticed by a case."
    if report.untested:
        yield f"{counted(len(report.untested), 'rule')} without a case (--list-untested)."
    if report.unloaded:
        yield f"{counted(len(report.unloaded), 'rule')} could not be loaded: INCOMPLETE."


_COUNTED = (
    (State.PASSED, "passed"),
    (State.FAILED, "failed"),
    (State.MALFORMED, "malformed"),
    (State.UNREAD, "not run"),
)
