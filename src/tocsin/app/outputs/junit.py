"""JUnit's XML of tested rules: a suite for each rule, a test case for each case."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from tocsin.app.rule_test import Outcome, Report, State
from tocsin.model.text import safe


def junit(report: Report) -> str:
    """Return a report as JUnit XML, as GitLab, Jenkins and GitHub's actions read it.

    A failed case is a failure; one that is malformed or was not run is an error, and so is a rule that was not loaded.
    """
    whole = Element("testsuites", name="tocsin rule test")
    failures = errors = tests = 0
    for rule in report.rules:
        bad = [case.state for case in rule.cases if case.state is not State.PASSED]
        failed = bad.count(State.FAILED)
        suite = SubElement(
            whole, "testsuite", name=safe(rule.rule), tests=str(len(rule.cases)), failures=str(failed),
            errors=str(len(bad) - failed), time=f"{sum(case.seconds for case in rule.cases):.6f}", file=safe(rule.path),
        )  # fmt: skip
        for case in rule.cases:
            _case(suite, rule.rule, case)
        tests += len(rule.cases)
        failures += failed
        errors += len(bad) - failed
    lost = [(one.where, one.says) for one in report.malformed]
    lost += [(f"{one.path}:{one.line}", one.why) for one in report.unloaded]
    if lost:
        suite = SubElement(whole, "testsuite", name="not looked at", tests=str(len(lost)), errors=str(len(lost)))
        for where, why in lost:
            made = SubElement(suite, "testcase", classname="not looked at", name=safe(where))
            SubElement(made, "error", message=safe(why), type="not looked at")
    whole.attrib.update(tests=str(tests + len(lost)), failures=str(failures), errors=str(errors + len(lost)))
    indent(whole)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(whole, encoding="unicode")


def _case(suite: Element, rule: str, case: Outcome) -> None:
    made = SubElement(
        suite, "testcase", classname=safe(rule), name=safe(case.name or case.where), time=f"{case.seconds:.6f}",
        file=safe(case.where),
    )  # fmt: skip
    if case.state is State.PASSED:
        return
    tag = "failure" if case.state is State.FAILED else "error"
    told = SubElement(made, tag, message=safe(case.says), type=str(case.state))
    tree = (f"{'  ' * line.depth}{'yes' if line.held else 'no '} {line.says}  [{line.note}]" for line in case.lines)
    told.text = "\n".join([safe(case.why), *map(safe, tree)]) if case.why or case.lines else None
