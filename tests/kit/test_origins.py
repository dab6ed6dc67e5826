"""Where a value comes from."""

import ast

import pytest

from tocsin.kit.code import Module
from tocsin.kit.known_origins import Source


def origin(text: str) -> tuple[str, str]:
    """Return trust and source of the first argument of `sink(...)`."""
    made = Module("tool.py", text, ast.parse(text))
    (call,) = [c for c in made.nodes(ast.Call) if isinstance(c.func, ast.Name) and c.func.id == "sink"]
    found = made.origin(call.args[0])
    return found.trust.name.lower(), found.source.value if found.source is not None else ""


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("import sys\nsink(sys.argv[1])", Source.ARGUMENT),
        ("from sys import argv\nsink('a' + argv[1])", Source.ARGUMENT),
        ("import argparse\np = argparse.ArgumentParser()\na = p.parse_args()\nsink(a.name)", Source.ARGUMENT),
        ("import requests\nsink(requests.get(u).json()['a'])", Source.NETWORK),
        ("import requests\nr = requests.get(u)\nfor x in r.text.splitlines():\n    sink(f'a {x}')", Source.NETWORK),
        ("sink(input().strip())", Source.INPUT),
        ("import sys\nfor line in sys.stdin:\n    sink(line)", Source.INPUT),
        ("with open(p) as f:\n    sink(f.read())", Source.FILE),
        ("from pathlib import Path\nsink(Path(p).read_text())", Source.FILE),
        ("import os\nsink(os.environ['A'])", Source.ENVIRONMENT),
        ("from flask import request\nsink(request.args.get('a'))", Source.WEB),
        ("import sys\ndef f(a):\n    sink(a)\nf(sys.argv[1])", Source.ARGUMENT),
        ("import sys\ndef f(x, *, a):\n    sink(a)\nf(1, a=sys.argv[1])", Source.ARGUMENT),
        ("def f():\n    return input()\nsink(f())", Source.INPUT),
        ("class A:\n    def f(self, a):\n        sink(a)\n    def g(self):\n        self.f(input())", Source.INPUT),
        (
            "class A:\n    def __init__(self):\n        self.a = input()\n    def g(self):\n        sink(self.a)",
            Source.INPUT,
        ),
        ("import click\n@click.command()\n@click.argument('a')\ndef f(a):\n    sink(a)", Source.ARGUMENT),
        ("a = 'x'\na += input()\nsink(a)", Source.INPUT),
        ("a = 'x'\nif b:\n    a = input()\nsink(a)", Source.INPUT),
        ("import json\nsink(json.loads(input())['a'])", Source.INPUT),
        ("sink(' '.join([input()]))", Source.INPUT),
        ("sink('{}'.format(input()))", Source.INPUT),
    ],
)
def test_outside_text_is_followed_to_where_it_is_used(text: str, source: Source) -> None:
    assert origin(text) == ("outside", source.value)


@pytest.mark.parametrize(
    "text",
    [
        "sink('a')",
        "A = 'a'\nsink(A)",
        "sink(int(input()))",
        "import shlex\nsink(shlex.quote(input()))",
        "a = input()\na = 'x'\nsink(a)",
        "import shlex\na = input()\na = shlex.quote(a)\nsink(a)",
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--n', type=int)\nsink(p.parse_args().n)",
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--n', choices=['a'])\nsink(p.parse_args().n)",
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('-n', action='count')\nsink(p.parse_args().n)",
        "def f(a):\n    sink(a)\nf('x')",
        "sink(','.join('?' for _ in input()))",
        "import click\n@click.command()\n@click.argument('a')\ndef f(a: int):\n    sink(a)",
        "sink('a' == input())",
    ],
)
def test_constants_and_cleaned_text_are_no_outside_text(text: str) -> None:
    assert origin(text) == ("constant", "")


@pytest.mark.parametrize(
    "text", ["def f(a):\n    sink(a)", "sink(mystery())", "for a in things:\n    sink(a)", "sink(b[0])"]
)
def test_what_is_not_known_is_said_to_be_unknown(text: str) -> None:
    assert origin(text) == ("unknown", "")


def test_a_feed_is_called_one() -> None:
    text = "import requests\nFEED = u\nr = requests.get(FEED)\nsink(r.text)"
    made = Module("tool.py", text, ast.parse(text))
    call = next(c for c in made.nodes(ast.Call) if isinstance(c.func, ast.Name))
    found = made.origin(call.args[0])
    assert found.says == "text of a feed"
    assert getattr(found.node, "lineno", 0) == 3


def test_a_long_chain_of_names_ends_in_bounded_work() -> None:
    lines = ["a0 = input()", *(f"a{n} = a{n - 1} + a{n - 1}" for n in range(1, 400)), "sink(a399)"]
    assert origin("\n".join(lines))[0] in {"outside", "unknown"}
