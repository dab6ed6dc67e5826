"""What a module tells the author of a check."""

import ast

import pytest

from tocsin.kit.code import Module
from tocsin.kit.declare import Declaration, Kind
from tocsin.model import PluginError

ASKING = Declaration(
    kind=Kind.CHECK,
    name="code_made",
    says={"nodes": ("Call",), "title": "Made", "severity": "low", "confidence": "low", "cwe": 1, "remedy": "None."},
)


def module(text: str) -> Module:
    made = Module("tool.py", text, ast.parse(text))
    made.asking = ASKING
    return made


def last_call(made: Module) -> ast.Call:
    calls: list[ast.Call] = list(made.nodes(ast.Call))
    return max(calls, key=lambda call: (call.lineno, -call.col_offset))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import subprocess\nsubprocess.run()", "subprocess.run"),
        ("import subprocess as sp\nsp.run()", "subprocess.run"),
        ("from subprocess import run\nrun()", "subprocess.run"),
        ("from subprocess import run as go\ngo()", "subprocess.run"),
        ("import os.path\nos.path.join()", "os.path.join"),
        ("import xml.etree.ElementTree as ET\nET.parse()", "xml.etree.ElementTree.parse"),
        ("from . import tools\ntools.run()", ".tools.run"),
        ("from .tools import run\nrun()", ".tools.run"),
        ("from ..a.b import c\nc()", "..a.b.c"),
        ("import subprocess\nrun = subprocess.run\nrun()", "subprocess.run"),
        ("import requests\ns = requests.Session()\ns.get()", "requests.Session().get"),
        ("import requests\nwith requests.Session() as s:\n    s.get()", "requests.Session().get"),
        (
            (
                "import requests\nclass A:\n    def __init__(self):\n        self.s = requests.Session()\n"
                "    def go(self):\n        self.s.get()"
            ),
            "requests.Session().get",
        ),
        ("import requests\ndef go(s: requests.Session):\n    s.get()", "requests.Session().get"),
        ("async def go():\n    import httpx\n    (await httpx.get()).json()", "httpx.get().json"),
        ("eval()", "eval"),
        ("import builtins\nbuiltins.eval()", "eval"),
        ("from os import *\nsystem()", "os.system"),
        ("try:\n    import yaml\nexcept ImportError:\n    yaml = None\nyaml.load()", "yaml.load"),
        ("def f(run):\n    run()", None),
        ("import subprocess\ndef f(subprocess):\n    subprocess.run()", None),
        ("def eval(x): ...\neval()", None),
        ("run = pick()\nrun()", None),
        ("a = a\na()", None),
        ("a = b\nb = a\na()", None),
        ("import a\nclass C:\n    run = a.run\n    def f(self):\n        run()", None),
    ],
)
def test_a_name_stands_for_what_it_was_imported_or_made_from(text: str, name: str | None) -> None:
    made = module(text)
    assert made.resolve(last_call(made).func) == name


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("f('a' 'b')", "ab"),
        ("f('a' + 'b')", "ab"),
        ("A = '/tmp'\nf(A + '/x')", "/tmp/x"),
        ("A = '/tmp'\ndef g():\n    f(f'{A}/x')", "/tmp/x"),
        ("f('%s-%s' % ('a', 1))", "a-1"),
        ("f(0o700 | 0o7)", 0o707),
        ("f(not True)", False),
        ("f(-1)", -1),
        ("f(['a', 'b'])", ["a", "b"]),
        ("f('a' if x else 'a')", "a"),
    ],
)
def test_a_constant_is_folded(text: str, value: object) -> None:
    made = module(text)
    assert made.constant(last_call(made).args[0]) == value


@pytest.mark.parametrize(
    "text",
    [
        "A = 'a'\nA = 'b'\nf(A)",
        "def g(a):\n    f(a)",
        "for a in 'ab':\n    f(a)",
        "A = 'a'\nA += x\nf(A)",
        "f('a' + b)",
        "f('a' * 1000000000)",
        "f({'a': 1})",
        "with 'a' as b:\n    f(b)",
        "f(" + "+".join(["'a'"] * 200) + ")",
    ],
)
def test_what_may_differ_is_not_constant(text: str) -> None:
    made = module(text)
    assert not made.is_constant(last_call(made).args[0])


def test_the_scope_is_the_qualified_name() -> None:
    made = module("class A:\n    def f(self):\n        def g():\n            h()")
    assert made.scope(last_call(made)) == "A.f.g"


def test_a_finding_keeps_its_fingerprint_when_lines_and_format_change() -> None:
    one = module("def f():\n    run('a', b)\n")
    other = module('\n\n\ndef f():\n    x = 1\n    run(\n        "a",\n        b,\n    )\n')
    prints = {m.finding(last_call(m), "says").fingerprint for m in (one, other)}
    assert len(prints) == 1


@pytest.mark.parametrize("text", ["def g():\n    run('a', b)\n", "def f():\n    run('a', c)\n"])
def test_a_finding_of_another_scope_or_text_is_another(text: str) -> None:
    one, other = module("def f():\n    run('a', b)\n"), module(text)
    assert one.finding(last_call(one), "").fingerprint != other.finding(last_call(other), "").fingerprint


def test_a_finding_outside_a_check_is_refused() -> None:
    made = Module("tool.py", "f()", ast.parse("f()"))
    with pytest.raises(PluginError):
        made.finding(last_call(made), "says")


def test_a_place_counts_characters_not_bytes() -> None:
    made = module("x = 'ä'; f()")
    assert made.place(last_call(made)).column == 10


def test_a_segment_is_the_source_as_written() -> None:
    made = module("x = 'ä'; f(  1,\n  2)\n")
    assert made.segment(last_call(made)) == "f(  1,\n  2)"


@pytest.mark.parametrize(
    ("text", "value"),
    [("f(1, a=2)", 2), ("f(**{'a': 2})", 2), ("f(1)", None), ("f(**b)", None)],
)
def test_a_keyword_is_found_also_in_a_written_dictionary(text: str, value: int | None) -> None:
    made = module(text)
    given = made.keyword(last_call(made), "a")
    assert (made.constant(given) if given is not None else None) == value


def test_an_argument_behind_a_star_is_not_guessed() -> None:
    made = module("f(*a, 1)")
    assert made.argument(last_call(made), 0) is None
