"""Each rule of the house can fail: a guilty text is named, and its innocent neighbour is not."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house import constructs, floors, shape, tree
from tests.house.sources import Source

Rule = Callable[[Source], Iterator[str]]
LONG = "\n".join(["def f() -> None:", *["    x = 1"] * 50])

GUILTY: list[tuple[Rule, str, str]] = [
    (shape.too_long, "src/tocsin/a.py", "x = 1\n" * 401),
    (shape.too_long, "src/tocsin/plugins/checks/a.py", "x = 1\n" * 151),
    (shape.too_long, "src/tocsin/a.py", LONG),
    (shape.empty_name, "src/tocsin/app/utils.py", ""),
    (shape.empty_name, "src/tocsin/helpers/a.py", ""),
    (shape.empty_name, "src/tocsin/app/store_manager.py", ""),
    (shape.undocumented, "src/tocsin/a.py", "x = 1"),
    (shape.undocumented, "src/tocsin/a.py", '"""A."""\ndef f(): pass'),
    (shape.undocumented, "src/tocsin/a.py", '"""A."""\nclass A:\n    """A."""\n    def f(self): pass'),
    (shape.undocumented, "src/tocsin/a.py", f'"""A."""\ndef f():\n    """{"a" * 81}"""'),
    (shape.full_init, "src/tocsin/app/__init__.py", '"""A."""\nfrom tocsin.app.scan import scan'),
    (shape.full_init, "src/tocsin/kit/__init__.py", '"""A."""\ndef f(): pass'),
    (shape.plugin_page, "src/tocsin/plugins/parsers/a.py", '"""Title."""'),
    (shape.plugin_page, "src/tocsin/plugins/parsers/a.py", '"""Title.\n\nSees all.\n"""'),
    (shape.silent_exception, "src/tocsin/a.py", "x = 1  # type: " + "ignore[misc]"),
    (shape.silent_exception, "src/tocsin/a.py", "x = 1  # type: " + "ignore  # it is so"),
    (shape.silent_exception, "src/tocsin/a.py", "x = 1  # no" + "qa: E501"),
    (shape.silent_exception, "src/tocsin/a.py", "x = 1  # no" + "qa"),
    (constructs.unsafe, "src/tocsin/a.py", "import pickle"),
    (constructs.unsafe, "src/tocsin/a.py", "from marshal import loads"),
    (constructs.unsafe, "src/tocsin/a.py", "eval('1')"),
    (constructs.unsafe, "src/tocsin/a.py", "exec('1')"),
    (constructs.unsafe, "src/tocsin/a.py", "import yaml\nyaml.load(x, Loader=yaml.CSafeLoader)"),
    (constructs.unsafe, "src/tocsin/a.py", "from yaml import load"),
    (constructs.unsafe, "src/tocsin/a.py", "import os\nos.system('ls')"),
    (constructs.unsafe, "src/tocsin/a.py", "subprocess.run('ls', shell=True)"),
    (constructs.unsafe, "src/tocsin/a.py", "subprocess.run('ls', shell=chosen)"),
    (constructs.broad_except, "src/tocsin/a.py", "try: pass\nexcept: pass"),
    (constructs.broad_except, "src/tocsin/a.py", "try: pass\nexcept Exception: pass"),
    (constructs.broad_except, "src/tocsin/a.py", "try: pass\nexcept (ValueError, BaseException): pass"),
    (constructs.broad_except, "src/tocsin/a.py", "try: pass\nexcept Exception as e:\n    raise ValueError from e"),
    (constructs.built_sql, "src/tocsin/a.py", "c.execute(f'select {x}')"),
    (constructs.built_sql, "src/tocsin/a.py", "c.execute('select ' + x)"),
    (constructs.built_sql, "src/tocsin/a.py", "c.execute('select %s' % x)"),
    (constructs.built_sql, "src/tocsin/a.py", "text('select {}'.format(x))"),
    (constructs.stray_output, "src/tocsin/app/a.py", "print('x')"),
    (constructs.stray_output, "src/tocsin/app/a.py", "import sys\nsys.stdout.write('x')"),
    (constructs.second_way, "src/tocsin/app/a.py", "from sqlalchemy import select"),
    (constructs.second_way, "src/tocsin/app/a.py", "import urllib.request"),
    (constructs.second_way, "src/tocsin/plugins/feeds/a.py", "def f():\n    import socket"),
    (constructs.hidden_import, "src/tocsin/a.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING: import x"),
    (constructs.hidden_import, "src/tocsin/a.py", "import typing\nif typing.TYPE_CHECKING: import x"),
    (constructs.posix_only, "src/tocsin/a.py", "import os\nos.fork()"),
    (constructs.posix_only, "src/tocsin/a.py", "from os import getuid"),
    (constructs.posix_only, "src/tocsin/a.py", "import fcntl"),
    (constructs.posix_only, "src/tocsin/a.py", "import signal\nsignal.signal(signal.SIGALRM, f)"),
    (constructs.posix_only, "src/tocsin/a.py", "import signal\nsignal.Signals.SIGKILL"),
    (constructs.posix_only, "src/tocsin/a.py", "import os\nif x: os.getuid()"),
    (constructs.posix_only, "src/tocsin/a.py", "import os\nif os.name == 'nt': x = 1\nos.getuid()"),
]

INNOCENT: list[tuple[Rule, str, str]] = [
    (shape.too_long, "src/tocsin/a.py", "x = 1\n" * 400),
    (shape.too_long, "src/tocsin/plugins/checks/a.py", "x = 1\n" * 150),
    (shape.empty_name, "src/tocsin/store/database.py", ""),
    (shape.undocumented, "src/tocsin/a.py", '"""A."""\ndef _f(): pass\nclass _A:\n    def f(self): pass'),
    (shape.undocumented, "src/tocsin/a.py", '"""A."""\n@overload\ndef f(): ...'),
    (shape.full_init, "src/tocsin/app/__init__.py", '"""A."""'),
    (shape.full_init, "src/tocsin/kit/__init__.py", '"""A."""\nfrom tocsin.kit.parse import Batch as Batch'),
    (shape.plugin_page, "src/tocsin/plugins/parsers/a.py", '"""Title.\n\nSees all.\n\nSee: https://example.org/\n"""'),
    (shape.silent_exception, "src/tocsin/a.py", "x = 1  # type: " + "ignore[misc]  # a mark on a function"),
    (shape.silent_exception, "src/tocsin/a.py", "x = 1  # no" + "qa: E501 - an address does not break"),
    (constructs.unsafe, "src/tocsin/a.py", "import ast\nast.literal_eval('1')\nsubprocess.run(['ls'], shell=False)"),
    (constructs.broad_except, "src/tocsin/a.py", "try: pass\nexcept ValueError: pass"),
    (constructs.broad_except, "src/tocsin/a.py", "try: pass\nexcept BaseException:\n    close()\n    raise"),
    (constructs.broad_except, "src/tocsin/runtime/call.py", "try: pass\nexcept Exception: pass"),
    (constructs.built_sql, "src/tocsin/a.py", "c.execute(select(t.c.x))\nc.execute('select 1')\npath.write(f'{x}')"),
    (constructs.stray_output, "src/tocsin/cli/print.py", "print('x')"),
    (constructs.stray_output, "src/tocsin/app/a.py", "import sys\nprint('x', file=sys.stderr)"),
    (constructs.second_way, "src/tocsin/store/a.py", "from sqlalchemy import select"),
    (constructs.second_way, "src/tocsin/app/a.py", "import urllib.parse\nimport clickhouse"),
    (constructs.posix_only, "src/tocsin/sandbox/a.py", "import os\nos.fork()"),
    (constructs.posix_only, "src/tocsin/a.py", "import os\nif hasattr(os, 'getuid'): os.getuid()"),
    (constructs.posix_only, "src/tocsin/a.py", "import os\nx = os.getuid() if os.name == 'posix' else 0"),
    (constructs.posix_only, "src/tocsin/a.py", "import os\nx = hasattr(os, 'getuid') and os.getuid()"),
    (
        constructs.posix_only,
        "src/tocsin/a.py",
        "import os\ndef f():\n    if os.name == 'nt':\n        return\n    os.fork()",
    ),
    (constructs.posix_only, "src/tocsin/a.py", "try:\n    import fcntl\nexcept ImportError:\n    fcntl = None"),
    (constructs.posix_only, "src/tocsin/a.py", "import os\nos.getpid()\nos.replace(a, b)"),
]


def label(value: object) -> str:
    return getattr(value, "__name__", "") or str(value).replace("\n", " ")[:40]


@pytest.mark.parametrize(("rule", "path", "text"), GUILTY, ids=label)
def test_a_guilty_text_is_named(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text)))


@pytest.mark.parametrize(("rule", "path", "text"), INNOCENT, ids=label)
def test_an_innocent_text_is_not_named(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text))) == []


def edges(**files: str) -> floors.Graph:
    return floors.graph([Source(f"src/tocsin/{path.replace('__', '/')}.py", text) for path, text in files.items()])


def test_an_import_upwards_is_named() -> None:
    found = list(floors.upward(edges(kit__a="from tocsin.runtime import call", runtime__call="")))
    assert found == ["tocsin.kit.a:1: kit may not import runtime"]


def test_an_import_upwards_inside_a_function_is_named() -> None:
    text = "def f():\n    import tocsin.store.open"
    assert list(floors.upward(edges(model__a=text, store__open="")))


def test_an_import_upwards_for_types_only_is_named() -> None:
    text = "if TYPE_CHECKING:\n    from tocsin.app.scan import Scan"
    assert list(floors.upward(edges(detect__a=text, app__scan="")))


def test_a_relative_import_upwards_is_named() -> None:
    assert list(floors.upward(edges(kit__a="from ..app.scan import Scan", app__scan="")))


def test_an_import_of_another_capability_is_named() -> None:
    assert list(floors.upward(edges(detect__a="import tocsin.cases.join", cases__join="")))


def test_an_import_downwards_is_not_named() -> None:
    assert (
        list(
            floors.upward(
                edges(app__a="import tocsin.cases.join\nimport tocsin.model.case", cases__join="", model__case="")
            )
        )
        == []
    )


def test_a_package_without_a_floor_is_named() -> None:
    assert list(floors.homeless(edges(core__a=""))) == ["tocsin.core stands on no floor"]


def test_a_plugin_that_imports_the_store_is_named() -> None:
    assert list(floors.plugin_imports(edges(plugins__checks__a="import tocsin.store.open", store__open="")))


def test_an_import_of_a_plugin_is_named() -> None:
    assert list(floors.plugin_imports(edges(app__a="from tocsin.plugins.checks.b import b", plugins__checks__b="")))


def test_a_plugin_that_imports_kit_is_not_named() -> None:
    assert list(floors.plugin_imports(edges(plugins__checks__a="import tocsin.kit.parse", kit__parse=""))) == []


def test_code_among_content_is_named() -> None:
    assert list(floors.content_code(edges(content__rules__a="")))


def test_a_ring_of_imports_is_named_once() -> None:
    ring = edges(kit__a="import tocsin.kit.b", kit__b="import tocsin.kit.c", kit__c="def f():\n    import tocsin.kit.a")
    assert list(floors.cycles(ring)) == ["tocsin.kit.a -> tocsin.kit.b -> tocsin.kit.c -> tocsin.kit.a (line 1)"]


def test_a_chain_of_imports_is_no_ring() -> None:
    assert list(floors.cycles(edges(kit__a="import tocsin.kit.b", kit__b="import tocsin.kit.c", kit__c=""))) == []


def test_a_path_of_the_machine_is_named() -> None:
    assert list(tree.machine_paths("a.md", "see /srv/checkouts/tocsin/src", "/srv/checkouts/tocsin"))
    assert list(tree.machine_paths("a.md", "see /home/" + "ada/x", "/srv/x", user="ada"))


def test_a_path_that_logs_speak_of_is_not_named() -> None:
    assert list(tree.machine_paths("a.md", "cat /root/.ssh/authorized_keys /home/deploy", "/srv/x/y", user="ada")) == []


def test_a_check_without_samples_is_named(tmp_path: Path) -> None:
    assert list(tree.sampleless("check", ["code_shell"], tmp_path))


def test_a_check_without_its_quiet_twin_is_named(tmp_path: Path) -> None:
    (tmp_path / "check" / "code_shell" / "argument").mkdir(parents=True)
    assert "no quiet twin" in next(tree.sampleless("check", ["code_shell"], tmp_path))


def test_a_check_with_only_quiet_cases_is_named(tmp_path: Path) -> None:
    (tmp_path / "check" / "code_shell" / "quiet_list").mkdir(parents=True)
    assert "only quiet" in next(tree.sampleless("check", ["code_shell"], tmp_path))


def test_a_check_with_both_cases_is_not_named(tmp_path: Path) -> None:
    for case in ("argument", "quiet_list"):
        (tmp_path / "check" / "code_shell" / case).mkdir(parents=True)
    assert list(tree.sampleless("check", ["code_shell"], tmp_path)) == []


def test_a_sample_folder_of_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "check" / "code_gone" / "argument").mkdir(parents=True)
    assert list(tree.orphans("check", ["code_shell"], tmp_path))


def test_a_folder_of_no_kind_is_named(tmp_path: Path) -> None:
    (tmp_path / "parsers" / "syslog").mkdir(parents=True)
    assert list(tree.unknown_kinds(tmp_path))


def test_a_heavy_file_is_named() -> None:
    assert list(tree.heavy(Path("demo/day.log"), 2 << 20))
    assert list(tree.heavy(Path("demo/day.log"), 1 << 10)) == []


def test_a_dead_link_is_named(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("", encoding="utf-8")
    text = "[a](there.md#x) [b](https://example.org/) `[c](code.md)` [d](gone.md)"
    assert list(tree.dead_links(tmp_path / "page.md", text)) == ["page.md: the link to gone.md leads nowhere"]
