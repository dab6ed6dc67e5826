"""A clone that would like to configure its own scan: its code never runs, and its word does not count."""

import json
import os
import py_compile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.made import SHELL, failures
from tests.cli.conftest import Result

Tocsin = Callable[..., Result]
EVIL = '''"""A check."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

Path({mark!r}).write_text("I ran")


@check(nodes=("Call",), title="t", severity="low", confidence="low", cwe=1, remedy="r")
def code_evil(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Find what it likes."""
    yield module.finding(node, "a call")
'''


class Clone:
    """The clone, and where its code would leave a mark."""

    def __init__(self, folder: Path, mark: Path, print_: str) -> None:
        self.folder = folder
        self.mark = mark
        self.fingerprint = print_


@pytest.fixture
def clone(home: Path, tocsin: Tocsin) -> Clone:
    folder, mark = home / "clone", home / "mark"
    (folder / "plugins").mkdir(parents=True)
    (folder / "rules").mkdir()
    (folder / "src").mkdir()
    (folder / "src" / "tool.py").write_text(SHELL)
    (folder / "auth.log").write_text(failures(40, "192.0.2.1"))
    _, out, _ = tocsin("scan", folder, "--no-store", "--format", "json")
    (print_,) = [f["fingerprint"] for f in json.loads(out)["findings"] if f["rule"] == "code-shell"]
    (folder / "plugins" / "code_evil.py").write_text(EVIL.format(mark=str(mark)))
    (folder / "plugins" / "__init__.py").write_text(
        f"from pathlib import Path\nPath({str(mark)!r}).write_text('I ran')\n"
    )
    py_compile.compile(str(folder / "plugins" / "code_evil.py"))
    for name in ("conftest.py", "sitecustomize.py", "tocsin.py", "click.py"):
        (folder / name).write_text(f"open({str(mark)!r}, 'w').write('I ran')\n")
    (folder / "tocsin.toml").write_text('store = "sqlite:////dev/null/x"\n[scan]\nfail_on = "critical"\nworkers = 1\n')
    (folder / "estate.toml").write_text('[[domain]]\nname = "example.net"\n')
    until = "2999-12-31"
    (folder / "suppressions.toml").write_text(
        f'[[suppress]]\nfingerprint = "{print_}"\nreason = "nothing to see"\nowner = "@them"\nuntil = {until}\n'
    )
    (folder / "rules" / "loud.yml").write_text(
        "title: loud\nid: loud\nlevel: critical\nlogsource: {product: linux, service: sshd}\n"
        "detection: {s: {message|contains: Failed}, condition: s}\n"
    )
    return Clone(folder, mark, print_)


def words_of(out: str) -> tuple[dict[str, object], set[str]]:
    found = json.loads(out)
    return found, {f["rule"] for f in found["findings"] if f["suppressed"] is None}


@pytest.mark.parametrize("place", ["inside", "outside"])
def test_a_clone_that_is_scanned_configures_nothing(clone: Clone, tocsin: Tocsin, place: str) -> None:
    if place == "inside":
        os.chdir(clone.folder)
    code, out, err = tocsin("scan", "." if place == "inside" else clone.folder, "--no-store", "--format", "json")
    result, rules = words_of(out)
    assert (code, err) == (0, "")
    assert {"code-shell", "ssh-guessing"} <= rules
    assert "loud" not in rules
    assert not clone.mark.exists()
    coverage = json.dumps(result["coverage"])
    assert ("a scanned path never configures its own scan" in coverage) == (place == "inside")


def test_a_clone_that_is_named_but_not_trusted_runs_no_code_and_says_so(clone: Clone, tocsin: Tocsin) -> None:
    os.chdir(clone.folder)
    store = f"sqlite:///{clone.folder.parent / 's.db'}"
    code, out, _ = tocsin("scan", ".", "--workspace", ".", "--store", store, "--format", "json")
    result, rules = words_of(out)
    assert "code-evil" not in rules
    assert not clone.mark.exists()
    assert "plug-in not run: not trusted (tocsin trust)" in json.dumps(result["coverage"])
    assert "loud" in rules
    assert "code-shell" not in rules
    assert code == 1


def test_what_a_named_workspace_hides_is_counted_and_shown_as_hidden(clone: Clone, tocsin: Tocsin) -> None:
    words = ("--workspace", clone.folder, "--no-store")
    _, out, _ = tocsin("scan", clone.folder, *words, "--format", "json")
    (hidden,) = [f for f in json.loads(out)["findings"] if f["suppressed"] is not None]
    assert hidden["fingerprint"] == clone.fingerprint
    assert hidden["suppressed"] == {"reason": "nothing to see", "owner": "@them", "until": "2999-12-31"}
    _, out, _ = tocsin("scan", clone.folder, *words)
    assert "1 suppressed" in out


def test_listing_showing_and_explaining_run_no_code_of_a_clone(clone: Clone, tocsin: Tocsin) -> None:
    os.chdir(clone.folder)
    for words in (
        ("plugin", "list"),
        ("plugin", "show", "code_evil"),
        ("explain", "code-evil"),
        ("config", "show"),
        ("doctor", "--store", f"sqlite:///{clone.folder.parent / 's.db'}"),
        ("trust", "--list"),
        ("event", "auth.log"),
    ):
        tocsin(*words)
        assert not clone.mark.exists(), words


def test_the_code_runs_once_it_is_trusted_and_no_more_when_it_changed(clone: Clone, tocsin: Tocsin) -> None:
    words = ("scan", clone.folder / "src", "--workspace", clone.folder, "--no-store", "--format", "json")
    assert tocsin("trust", "--workspace", clone.folder, "--yes")[0] == 0
    assert "code-evil" in words_of(tocsin(*words)[1])[1]
    assert clone.mark.exists()
    clone.mark.unlink()
    plugin = clone.folder / "plugins" / "code_evil.py"
    plugin.write_text(plugin.read_text() + "\n# changed\n")
    result, rules = words_of(tocsin(*words)[1])
    assert "code-evil" not in rules
    assert not clone.mark.exists()
    assert "changed since it was trusted" in json.dumps(result["coverage"])
