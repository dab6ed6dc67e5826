"""The build hook: what the wheel holds that the source tree does not.

- `tocsin/content/rules.zip`: the detection rules in one compressed file, since some virus scanners quarantine plain
  Sigma rules; an editable install reads the folder.
- the index of built-in plug-ins, read from their declarations with `ast`.
- a bill of materials in `.dist-info/sboms/` (PEP 770): the core dependencies that uv.lock names, with their hashes.

The same sources give the same bytes: entries are sorted and their dates fixed.
"""

import importlib
import json
import os
import sys
import tempfile
import tomllib
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

RULES = "tocsin/content/rules"
INDEX = "tocsin/plugins/index.json"
OLDEST = (1980, 1, 1, 0, 0, 0)  # the first date that a zip can hold
NAMESPACE = uuid.UUID("5f0d9d1c-2a53-5f1b-9a0f-6c0c6f8f0a11")  # drawn once: the serial number follows from the content


class WheelHook(BuildHookInterface[Any]):
    """What hatchling calls around a build of the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the extra files and tell hatchling where they go; an editable install needs none of them."""
        if version == "editable":
            return
        root = Path(self.root)
        work = Path(tempfile.mkdtemp(prefix="tocsin-build-"))
        package = root / "src" / "tocsin"
        if any(rule_files(package / "content" / "rules")):
            pack(package / "content" / "rules", work / "rules.zip")
            build_data["force_include"][str(work / "rules.zip")] = f"{RULES}.zip"
        if (package / "runtime" / "index.py").is_file():
            write_index(package, work / "builtin.json")
            build_data["force_include"][str(work / "builtin.json")] = INDEX
        bill = work / "tocsin.cdx.json"
        lock = tomllib.loads((root / "uv.lock").read_text(encoding="utf-8"))
        text = json.dumps(materials(lock, self.metadata.version), indent=1, sort_keys=True)
        bill.write_text(text + "\n", encoding="utf-8")
        build_data["sbom_files"].append(str(bill))


def rule_files(folder: Path) -> Iterator[Path]:
    """Yield the files of the rules folder in a stable order."""
    yield from sorted(
        path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc" and not path.name.startswith(".")
    )


def pack(folder: Path, target: Path) -> None:
    """Write a folder's files into one zip, the same bytes each time."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in rule_files(folder):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), OLDEST)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes(), compresslevel=9)


def write_index(package: Path, target: Path) -> None:
    """Let the package's own index maker read the declarations of its plug-ins."""
    sys.path.insert(0, str(package.parent))
    try:
        index = importlib.import_module("tocsin.runtime.index")
    finally:
        sys.path.pop(0)
    index.write_builtin_index(package, target)


def materials(lock: Mapping[str, Any], version: str) -> dict[str, Any]:
    """Return the bill of materials (CycloneDX 1.6) of the core dependencies that a lock names."""
    packages = {package["name"]: package for package in lock["package"]}
    found, edges = {}, {}
    waiting = ["tocsin"]
    while waiting:
        name = waiting.pop()
        if name not in edges:
            needs = sorted({need["name"] for need in packages[name].get("dependencies", [])})
            edges[name] = needs
            waiting += needs
            if name != "tocsin":
                found[name] = component(packages[name])
    ours = f"pkg:pypi/tocsin@{version}"
    refs = {name: part["bom-ref"] for name, part in found.items()} | {"tocsin": ours}
    bill: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": "tocsin", "version": version, "bom-ref": ours, "purl": ours},
            "lifecycles": [{"phase": "build"}],
            "properties": [{"name": "tocsin:resolved-by", "value": "uv.lock, core dependencies, every platform"}],
        },
        "components": [found[name] for name in sorted(found)],
        "dependencies": [{"ref": refs[n], "dependsOn": [refs[need] for need in edges[n]]} for n in sorted(edges)],
    }
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        bill["metadata"]["timestamp"] = datetime.fromtimestamp(int(epoch), UTC).isoformat()
    bill["serialNumber"] = f"urn:uuid:{uuid.uuid5(NAMESPACE, json.dumps(bill, sort_keys=True))}"
    return bill


def component(package: Mapping[str, Any]) -> dict[str, Any]:
    """Return one dependency with each file that the lock allows and its hash."""
    purl = f"pkg:pypi/{package['name']}@{package['version']}"
    files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
    return {
        "type": "library",
        "name": package["name"],
        "version": package["version"],
        "bom-ref": purl,
        "purl": purl,
        "externalReferences": [
            {
                "type": "distribution",
                "url": file["url"],
                "hashes": [{"alg": "SHA-256", "content": file["hash"].removeprefix("sha256:")}],
            }
            for file in files
        ],
    }
