"""What the wheel holds, and that the same sources give the same bytes."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.house.sources import ROOT, tracked
from tocsin.runtime.index import builtins

LEFT_OUT = {"samples", "tests", "benchmarks", "docs"}  # the wheel needs none of them


def build(folder: Path, *, umask: int) -> Path:
    """Copy the sources to a folder of their own and build the wheel there."""
    for path in tracked():
        if path.parts[0] not in LEFT_OUT:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, folder / path)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "out")]
    variables = {**os.environ, "SOURCE_DATE_EPOCH": "1767225600"}
    done = subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, check=False, umask=umask, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return next((folder / "out").glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(build(tmp_path_factory.mktemp("wheel"), umask=0o022)) as archive:
        yield archive


@pytest.fixture(scope="module")
def bill(wheel: zipfile.ZipFile) -> dict[str, Any]:
    name = next(name for name in wheel.namelist() if ".dist-info/sboms/" in name)
    found: dict[str, Any] = json.loads(wheel.read(name))
    return found


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    first = build(tmp_path / "one", umask=0o022)
    second = build(tmp_path / "another-place", umask=0o077)
    assert first.read_bytes() == second.read_bytes()


def test_rules_travel_packed(wheel: zipfile.ZipFile) -> None:
    plain = [name for name in wheel.namelist() if name.startswith("tocsin/content/rules/")]
    assert plain == []


def test_the_packed_rules_are_those_of_the_tree(wheel: zipfile.ZipFile) -> None:
    folder = ROOT / "src" / "tocsin" / "content" / "rules"
    rules = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.y*ml")}
    with wheel.open("tocsin/content/rules.zip") as inner, zipfile.ZipFile(inner) as packed:
        assert {name: packed.read(name) for name in packed.namelist() if name.endswith(("yml", "yaml"))} == rules


def test_the_index_in_the_wheel_lists_the_plugins_of_the_tree(wheel: zipfile.ZipFile) -> None:
    listed = json.loads(wheel.read("tocsin/plugins/index.json"))
    made = [(entry["declaration"]["kind"], entry["declaration"]["name"], entry["digest"]) for entry in listed]
    assert made == [(e.declaration.kind, e.declaration.name, e.digest) for e in builtins()]


def test_only_the_package_and_its_papers_are_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    strangers = [n for n in wheel.namelist() if not re.match(r"tocsin(-[\d.]+\.dist-info)?/", n)]
    assert strangers == []


def test_the_unpacked_wheel_finds_its_plugins(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    code = "import tocsin, tocsin.runtime.index as i; print(tocsin.__file__); print(len(i.builtins()))"
    variables = {**os.environ, "PYTHONPATH": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "-c", code],
        env=variables,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.split()
    assert said == [str(tmp_path / "tocsin" / "__init__.py"), str(len(builtins()))]


def test_the_bill_of_materials_names_each_core_dependency(bill: dict[str, Any]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[><=;\[ ]", line)[0] for line in project["dependencies"]}
    assert wanted <= {part["name"] for part in bill["components"]}


def test_the_bill_of_materials_names_nothing_of_the_tests(bill: dict[str, Any]) -> None:
    assert not {"pytest", "hypothesis", "playwright", "uv", "ruff"} & {part["name"] for part in bill["components"]}


def test_each_hash_of_the_bill_of_materials_stands_in_the_lock(bill: dict[str, Any]) -> None:
    lock = (ROOT / "uv.lock").read_text(encoding="utf-8")
    hashes = [
        digest["content"]
        for part in bill["components"]
        for file in part["externalReferences"]
        for digest in file["hashes"]
    ]
    assert len(hashes) >= len(bill["components"])
    assert [h for h in hashes if f"sha256:{h}" not in lock] == []


def test_each_dependency_of_the_bill_of_materials_refers_to_a_component(bill: dict[str, Any]) -> None:
    known = {part["bom-ref"] for part in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    named = {ref for edge in bill["dependencies"] for ref in [edge["ref"], *edge["dependsOn"]]}
    assert named == known
