"""All checks are asked about one module in one walk."""

import ast
from collections.abc import Iterator

import pytest

from tocsin.kit.code import Module
from tocsin.kit.declare import Declaration, Kind
from tocsin.model import Finding, PluginError
from tocsin.posture.checks import Checks


def declaration(name: str, *nodes: str) -> Declaration:
    says = {"nodes": nodes, "title": "T", "severity": "low", "confidence": "low", "cwe": 1, "remedy": "R"}
    return Declaration(kind=Kind.CHECK, name=name, says=says)


def every(node: ast.AST, module: Module) -> Iterator[Finding]:
    yield module.finding(node, type(node).__name__)


def broken(node: ast.AST, module: Module) -> Iterator[Finding]:
    yield module.finding(node, "before it fails")
    raise KeyError(module.path)


def module(text: str) -> Module:
    return Module("a.py", text, ast.parse(text))


def test_a_check_is_asked_about_its_types_of_node_only() -> None:
    checks = Checks([(declaration("code_a", "Call", "Assert"), every), (declaration("code_b", "Import"), every)])
    found = checks.look(module("import os\nf()\nassert g\nx = 1\n")).findings
    assert [(finding.rule, finding.message) for finding in found] == [
        ("code-b", "Import"), ("code-a", "Call"), ("code-a", "Assert"),
    ]  # fmt: skip


def test_a_check_that_fails_is_named_and_the_others_are_heard() -> None:
    checks = Checks([(declaration("code_a", "Call"), broken), (declaration("code_b", "Call"), every)])
    looked = checks.look(module("f()\n"))
    assert [finding.rule for finding in looked.findings] == ["code-a", "code-b"]
    assert looked.failed == ["check code-a failed: KeyError: 'a.py'"]


def test_a_type_of_node_that_there_is_not_is_refused() -> None:
    with pytest.raises(PluginError, match="no node named 'Goto'"):
        Checks([(declaration("code_a", "Goto"), every)])


def test_no_checks_find_nothing() -> None:
    assert Checks([]).look(module("f()\n")) == ([], [], [])
