"""Looking at files: what is found, what is named as not looked at, what is merged."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plugins.loaded import SCANNERS, kit
from tocsin.model import FindingKind
from tocsin.posture.look import MAX_BYTES, look, look_at
from tocsin.posture.results import File, FileResult, PythonFile

KIT = kit()
SHELL = b"import os\nimport sys\nos.system(sys.argv[1])\n"


def rules(path: str, raw: bytes) -> list[str]:
    return [finding.rule for finding in look_at(path, raw, KIT).findings]


def test_a_result_crosses_a_pipe_unchanged() -> None:
    result = look_at("a.py", SHELL, KIT)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(result), type=FileResult) == result


def test_a_flow_lists_its_source_and_then_its_sink() -> None:
    (finding,) = look_at("a.py", b"import os\nimport sys\na = sys.argv[1]\nos.system(a)\n", KIT).findings
    assert [place.line for place in finding.where] == [3, 4]


def test_equal_snippets_of_one_scope_are_one_finding_with_a_count() -> None:
    (finding,) = look_at("a.py", SHELL + b"os.system(sys.argv[1])\n", KIT).findings
    assert finding.count == 2
    assert [place.line for place in finding.where] == [3, 4]


@pytest.mark.parametrize(
    "comment", [b"# nosec", b"# nosec B605", b"# noqa: S605", b"# nosec code-shell", b"# nosec: B602,B605"]
)
def test_a_comment_with_the_name_sets_a_finding_aside_and_it_is_counted(comment: bytes) -> None:
    result = look_at("a.py", SHELL.rstrip() + b"  " + comment + b"\n", KIT)
    assert not result.findings
    (aside,) = result.suppressed
    assert aside.suppressed is not None
    assert aside.suppressed.reason.startswith("comment # no")


@pytest.mark.parametrize(
    "comment", [b"# no" + b"qa", b"# nosec B101", b"# noqa: E501", b"# no security here", b"# nosec code-eval"]
)
def test_a_comment_about_something_else_sets_nothing_aside(comment: bytes) -> None:
    assert rules("a.py", SHELL.rstrip() + b"  " + comment + b"\n") == ["code-shell"]


def test_a_comment_counts_on_any_line_of_the_call() -> None:
    raw = b"import os\nimport sys\nos.system(\n    sys.argv[1]  # nosec B605\n)\n"
    assert rules("a.py", raw) == []


def test_a_secret_and_a_check_do_not_say_the_same_twice() -> None:
    raw = b'DB_PASSWORD = "' + b"kJ9x2LmQ8v" + b'"\n'
    assert rules("a.py", raw) == ["secret-generic"]


def test_a_secret_is_never_whole_in_a_result() -> None:
    key = b"AKIA" + b"QX4ZTRB5WLSN7Q2M"
    raw = b'import os\nimport sys\nos.system(f"aws {sys.argv[1]} ' + key + b'")\n'
    assert key not in msgspec.json.encode(look_at("a.py", raw, KIT))


def test_the_same_secret_under_the_same_name_keeps_its_fingerprint_when_it_is_rotated() -> None:
    one, other = (
        look_at("a.py", b'DB_PASSWORD = "' + value + b'"\n', KIT).findings[0]
        for value in (b"kJ9x2LmQ8v", b"pQ7rT5uW3x")
    )
    assert one.fingerprint == other.fingerprint


def test_what_no_parser_reads_is_named_and_the_rest_is_checked() -> None:
    result = look_at("a.py", b"import os\nos.system(input())\ndef f(:\n  ) 1 +\n" + b"a = 1\n" * 20, KIT)
    assert [finding.rule for finding in result.findings] == ["code-shell", "code-unparsed"]
    assert all("no parser reads it" in missed.why for missed in result.missed)


def test_source_that_is_not_python_at_all_is_missed_but_its_secrets_are_found() -> None:
    key = b"AKIA" + b"QX4ZTRB5WLSN7Q2M"
    result = look_at("a.py", b"once upon a time\nthere was a key " + key + b"\nand no python\n", KIT)
    assert [finding.rule for finding in result.findings] == ["code-unparsed", "secret-aws-key"]
    assert result.missed


@pytest.mark.parametrize(("raw", "why"), [(b"", "empty"), (b"\x7fELF\0\0\0", "binary")])
def test_what_holds_no_text_has_nothing_to_look_for(raw: bytes, why: str) -> None:
    result = look_at("tool", raw, KIT)
    assert [nothing.why for nothing in result.nothing] == [why]
    assert not result.missed


def test_a_text_over_the_bound_is_named() -> None:
    assert look_at("a.txt", b"a" * (MAX_BYTES + 1), KIT).missed


def test_secrets_in_utf_16_are_found() -> None:
    raw = ("DB_PASSWORD=" + "kJ9x2LmQ8vTr4" + "\r\n").encode("utf-16")
    assert rules("settings.env", raw) == ["secret-generic"]


def test_a_notebook_is_checked() -> None:
    raw = b'{"cells": [{"cell_type": "code", "source": ["import os, sys\\n", "os.system(sys.argv[1])"]}]}'
    assert rules("a.ipynb", raw) == ["code-shell"]


def test_a_python_file_says_what_it_is_made_of() -> None:
    raw = (
        b'"""See https://docs.example.org."""\nimport os\nimport requests\nfrom boto3 import client\nfrom . import a\n'
        b'requests.get("https://API.example.org/x", timeout=1)\n'
    )
    assert look_at("a.py", raw, KIT).python == PythonFile(
        path="a.py", lines=6, hosts=("api.example.org",), packages=("boto3", "requests")
    )


def test_the_same_finding_in_two_files_is_one_with_both_places(tmp_path: Path) -> None:
    files = []
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_bytes(SHELL)
        files.append(File(path=name, at=str(tmp_path / name)))
    (finding,) = look(tmp_path, files, KIT).findings
    assert finding.count == 2
    assert [place.path for place in finding.where] == ["a.py", "b.py"]


def test_a_file_that_is_gone_is_missed_and_the_others_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(SHELL)
    files = [File(path=name, at=str(tmp_path / name)) for name in ("gone.py", "a.py")]
    result = look(tmp_path, files, KIT)
    assert [missed.path for missed in result.missed] == ["gone.py"]
    assert [finding.rule for finding in result.findings] == ["code-shell"]


def test_owners_and_scanners_take_part(tmp_path: Path) -> None:
    (tmp_path / "CODEOWNERS").write_text("* @all\n*.py @secops\n")
    (tmp_path / "a.py").write_bytes(SHELL)
    (tmp_path / "requirements.txt").write_text("boto3\n")
    files = [File(path=name, at=str(tmp_path / name)) for name in ("a.py", "requirements.txt")]
    result = look(tmp_path, files, KIT, scanners=SCANNERS)
    assert [(f.rule, f.owner) for f in result.findings] == [("code-shell", "@secops"), ("dep-unpinned", "@all")]
    assert [missed.why for missed in result.missed] == ["no lock: 1 package not audited"]
    assert [one.owner for one in result.python_files] == ["@secops"]


def test_the_caller_may_do_the_work_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(SHELL)
    files = [File(path="a.py", at=str(tmp_path / "a.py"))]
    result = look(tmp_path, files, KIT, each=lambda given: iter([FileResult(path=file.path) for file in given]))
    assert not result.findings


def test_code_findings_are_of_the_kind_code() -> None:
    assert {finding.kind for finding in look_at("a.py", SHELL, KIT).findings} == {FindingKind.CODE}


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(raw: bytes) -> None:
    assert look_at("a.py", raw, KIT).path == "a.py"


NAMES = [
    "os",
    "sys",
    "subprocess",
    "run",
    "system",
    "argv",
    "x",
    "self",
    "eval",
    "open",
    "requests",
    "get",
    "yaml",
    "load",
    "execute",
    "verify",
    "password",
    "chmod",
    "bind",
]
ATOMS = st.sampled_from(
    [*NAMES, "'select a from b'", "1", "None", "True", "[]", "{}", "'/tmp/x'", "('', 80)", "f'{x} y'"]
)
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(NAMES)).map(lambda p: f"({p[0]}).{p[1]}"),
        st.tuples(inner, st.lists(inner, max_size=3)).map(lambda p: f"({p[0]})({', '.join(p[1])})"),
        st.tuples(inner, st.sampled_from(["shell", "verify", "mode", "filter", "host", "Loader"]), inner).map(
            lambda p: f"({p[0]})({p[1]}={p[2]})"
        ),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} + {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]})[{p[1]}]"),
        st.tuples(inner, inner).map(lambda p: f"[{p[0]} for x in {p[1]}]"),
    ),
    max_leaves=10,
)
LINES = st.one_of(
    st.sampled_from(
        [
            "import os",
            "from subprocess import run",
            "from os import *",
            "import requests as x",
            "import yaml, sys",
            "global x",
            "pass",
        ]
    ),
    EXPRESSIONS,
    st.tuples(st.sampled_from(NAMES), EXPRESSIONS).map(lambda p: f"{p[0]} = {p[1]}"),
    st.tuples(st.sampled_from(NAMES), EXPRESSIONS).map(lambda p: f"{p[0]} += {p[1]}"),
    st.tuples(st.sampled_from(NAMES), EXPRESSIONS).map(lambda p: f"self.{p[0]} = {p[1]}"),
    st.tuples(st.sampled_from(NAMES), EXPRESSIONS).map(lambda p: f"for {p[0]} in {p[1]}: run({p[0]}, shell=True)"),
    st.tuples(st.sampled_from(NAMES), EXPRESSIONS).map(lambda p: f"def f({p[0]}): return {p[1]}"),
    st.tuples(st.sampled_from(NAMES), EXPRESSIONS).map(lambda p: f"with {p[1]} as {p[0]}: pass"),
    EXPRESSIONS.map(lambda e: f"assert {e}"),
    EXPRESSIONS.map(lambda e: f"try: {e}\nexcept: pass"),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=12))
def test_no_valid_python_makes_it_fail(lines: list[str]) -> None:
    result = look_at("a.py", "\n".join(lines).encode(), KIT)
    assert result.python is not None
