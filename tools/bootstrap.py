"""Make the project's environments with nothing but a Python and its standard library.

`python tools/bootstrap.py core|test|dev [--env DIR]` syncs an environment to uv.lock; `... uv` prints where uv is.
uv itself comes from PyPI: its version and the SHA-256 of each platform's wheel stand in uv.lock (group `bootstrap`),
and the wheel is fetched with urllib, so that pip and ensurepip are not needed. Certificates: SSL_CERT_FILE,
SSL_CERT_DIR, PIP_CERT or REQUESTS_CA_BUNDLE, else the machine's. Proxies: the usual variables. An index other than PyPI
(UV_DEFAULT_INDEX, UV_INDEX_URL, PIP_INDEX_URL or pip.conf's index-url) is asked for every file, with the same hashes.
"""

from __future__ import annotations

import argparse
import base64
import configparser
import hashlib
import html.parser
import http.client
import io
import json
import os
import platform
import shutil
import ssl
import subprocess
import sys
import sysconfig
import time
import tomllib
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".uv"
GROUPS = {
    "core": ["--no-default-groups"],
    "test": ["--no-default-groups", "--group", "test", "--all-extras", "--inexact"],
    "dev": ["--no-default-groups", "--group", "dev", "--all-extras", "--inexact"],
}
BUNDLES = (  # where Linux distributions, the BSDs and macOS keep their certificates
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/etc/ssl/cert.pem",
)
PYPI = "https://pypi.org/simple"
TRIES = 4


def main() -> int:
    """Do what the command line asks, and return the exit code."""
    parser = argparse.ArgumentParser(description="Make the project's environments.")
    parser.add_argument("what", choices=["uv", *GROUPS])
    parser.add_argument("--env", type=Path, help="the environment's folder (default .venv, for core .venv-core)")
    asked = parser.parse_args()
    uv = find_uv()
    if asked.what == "uv":
        print(uv)
        return 0
    env = asked.env or ROOT / (".venv-core" if asked.what == "core" else ".venv")
    return sync(uv, env.absolute(), GROUPS[asked.what])


def stop(says: str) -> NoReturn:
    """Print one sentence on standard error and end with exit code 2."""
    print(f"tools/bootstrap.py: {says}", file=sys.stderr)
    raise SystemExit(2)


def sync(uv: Path, env: Path, groups: list[str]) -> int:
    """Bring the environment to exactly what uv.lock says, and return uv's exit code."""
    variables = environment(env)
    mirror = index()
    if mirror is None:
        return run([uv, "sync", "--quiet", "--locked", *groups], variables)
    # `uv sync` takes files from the addresses in the lock, or resolves again when the index differs: a mirror gets the
    # lock's versions and hashes as a list instead.
    variables["UV_DEFAULT_INDEX"] = mirror
    wanted = HOME / "requirements.txt"
    chosen = [g for g in groups if g != "--inexact"]
    steps: list[list[str | Path]] = [
        [uv, "export", "--quiet", "--frozen", "--no-emit-project", "--output-file", wanted, *chosen],
        [uv, "venv", "--quiet", "--allow-existing", env],
        [uv, "pip", "install", "--quiet", "--python", env, "--require-hashes", "--requirements", wanted],
        [uv, "pip", "install", "--quiet", "--python", env, "--no-deps", "--editable", ROOT],
    ]
    return next((code for step in steps if (code := run(step, variables))), 0)


def run(command: list[str | Path], variables: dict[str, str]) -> int:
    """Run a command in the project's folder and return its exit code."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=variables, check=False).returncode


def environment(env: Path) -> dict[str, str]:
    """Return the variables under which uv runs."""
    variables = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "UV_INDEX_URL"}}
    variables |= {
        "UV_PROJECT_ENVIRONMENT": str(env),
        "UV_PYTHON": getattr(sys, "_base_executable", "") or sys.executable,
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_SYSTEM_CERTS": "1",
    }
    if bundle := certificates():
        variables["SSL_CERT_FILE"] = bundle
    if not writable_cache():
        variables["UV_CACHE_DIR"] = str(HOME / "cache")
    return variables


def writable_cache() -> bool:
    """Tell whether uv can keep its cache where it wants to."""
    if os.environ.get("UV_CACHE_DIR"):
        return True
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    while not folder.exists():
        folder = folder.parent
    return folder != folder.parent and os.access(folder, os.W_OK)


# --- uv ---------------------------------------------------------------------------------------------------------------


def find_uv() -> Path:
    """Return a uv of the pinned version: ours, the one in PATH if it is the same, or a fresh one from the index."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    pinned = next(package for package in lock["package"] if package["name"] == "uv")
    name = "uv.exe" if os.name == "nt" else "uv"
    ours = HOME / f"uv-{pinned['version']}" / name
    if ours.is_file() and version(ours) == pinned["version"]:
        return ours
    if (theirs := shutil.which("uv")) and version(Path(theirs)) == pinned["version"]:
        return Path(theirs)
    wheel = choose(pinned["wheels"])
    file_name = wheel["url"].rsplit("/", 1)[-1]
    print(f"Fetching {file_name} ({wheel['size'] // 2**20} MB)", file=sys.stderr)
    mirror = index()
    content = fetch(wheel["url"] if mirror is None else link(mirror, urllib.parse.unquote(file_name)))
    got = "sha256:" + hashlib.sha256(content).hexdigest()
    if got != wheel["hash"]:
        stop(f"{file_name} has {got}, and uv.lock pins {wheel['hash']}: nothing was installed")
    unpack(content, name, ours)
    if version(ours) != pinned["version"]:
        stop(f"{ours} does not run on this machine ({tag()})")
    return ours


def version(uv: Path) -> str:
    """Return the version a uv says it has, empty when it cannot be run."""
    try:
        said = subprocess.run([uv, "--version"], capture_output=True, text=True, check=False, timeout=30).stdout.split()
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return said[1] if len(said) > 1 else ""


def unpack(wheel: bytes, name: str, target: Path) -> None:
    """Put one program of a wheel in its place, whole or not at all."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        member = next(m for m in archive.namelist() if m.endswith(f".data/scripts/{name}"))
        content = archive.read(member)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{name}.{os.getpid()}")
    part.write_bytes(content)
    part.chmod(0o755)
    part.replace(target)


def tag() -> str:
    """Return what this machine is, in the words of wheel tags: linux_x86_64, musl_aarch64, macosx_arm64, win_amd64."""
    kind = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    if kind.startswith("macosx"):
        return "macosx_" + platform.machine()
    if kind.startswith("linux"):
        libc = platform.libc_ver()[0]
        machine = platform.machine()
        if machine == "x86_64" and sys.maxsize < 2**32:
            machine = "i686"
        return f"{'linux' if libc == 'glibc' else 'musl'}_{machine}"
    return kind


def choose(wheels: list[dict[str, Any]], machine: str | None = None) -> dict[str, Any]:
    """Return the wheel for a machine as `tag` names it, by default this one."""
    machine = machine or tag()
    system, _, cpu = machine.partition("_")
    marks = {"linux": ("manylinux", "-linux_"), "musl": ("musllinux",), "macosx": ("macosx",)}.get(system, (machine,))
    for mark in marks:
        for wheel in wheels:
            name = wheel["url"].rsplit("/", 1)[-1].removesuffix(".whl")
            platforms = name.split("-")[-1].split(".")
            if mark == "-linux_":
                fits = f"-linux_{cpu}" in name
            else:
                fits = any(p == machine or (p.startswith(mark) and p.endswith(f"_{cpu}")) for p in platforms)
            if fits:
                return wheel
    stop(f"PyPI has no uv for {machine}; install the version in uv.lock yourself and put it in PATH")


# --- the index --------------------------------------------------------------------------------------------------------


def index() -> str | None:
    """Return the index that the user set in place of PyPI, None when there is none."""
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        if value := os.environ.get(name, "").strip():
            return None if value.rstrip("/") == PYPI else value.rstrip("/")
    places = [Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf", Path("/etc/pip.conf")]
    if named := os.environ.get("PIP_CONFIG_FILE"):
        places.insert(0, Path(named))
    if roaming := os.environ.get("APPDATA"):
        places.insert(0, Path(roaming, "pip", "pip.ini"))
    for place in places:
        settings = configparser.ConfigParser(interpolation=None)
        try:
            settings.read(place, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        if value := settings.get("global", "index-url", fallback="").strip():
            return None if value.rstrip("/") == PYPI else value.rstrip("/")
    return None


class Anchors(html.parser.HTMLParser):
    """The links of an index page, by file name."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the target of one link."""
        target = dict(attrs).get("href") if tag == "a" else None
        if target:
            path = urllib.parse.urlsplit(target).path
            self.found[urllib.parse.unquote(path.rsplit("/", 1)[-1])] = target


def link(mirror: str, file_name: str) -> str:
    """Return the address of one of uv's files on an index, from its JSON or HTML page."""
    page = f"{mirror}/uv/"
    content = fetch(page, accept="application/vnd.pypi.simple.v1+json, text/html;q=0.5")
    if content.lstrip().startswith(b"{"):
        found: dict[str, str] = {entry["filename"]: entry["url"] for entry in json.loads(content)["files"]}
    else:
        anchors = Anchors()
        anchors.feed(content.decode("utf-8", "replace"))
        found = anchors.found
    if file_name not in found:
        stop(f"the index {bare(mirror)[0]} has no {file_name}")
    return urllib.parse.urljoin(page, found[file_name])


def bare(url: str) -> tuple[str, str]:
    """Split an address into itself without credentials, and those credentials."""
    parts = urllib.parse.urlsplit(url)
    login, at, host = parts.netloc.rpartition("@")
    return urllib.parse.urlunsplit(parts._replace(netloc=host)), urllib.parse.unquote(login) if at else ""


def fetch(url: str, accept: str = "*/*") -> bytes:
    """Return what an address answers; tries again after a fault on the way, not after a clear no."""
    address, login = bare(url)
    headers = {"Accept": accept, "User-Agent": "tocsin-bootstrap"}
    if login:
        headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
    request = urllib.request.Request(address, headers=headers)
    fault = ""
    for attempt in range(1, TRIES + 1):
        try:
            with urllib.request.urlopen(request, timeout=60, context=trust()) as answer:
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                stop(f"{address} answered {error.code} {error.reason}")
            fault = f"{error.code} {error.reason}"
        except (OSError, http.client.HTTPException) as error:
            fault = str(getattr(error, "reason", error))
        if attempt < TRIES:
            time.sleep(2**attempt)
    stop(f"{address} cannot be fetched: {fault}. Behind a proxy set HTTPS_PROXY; with certificates, SSL_CERT_FILE")


def certificates() -> str | None:
    """Return the file of certificates that the user named, or the machine's where Python's own default is empty."""
    for name in ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE"):
        if (value := os.environ.get(name)) and Path(value).is_file():
            return value
    paths = ssl.get_default_verify_paths()
    if os.environ.get("SSL_CERT_DIR") or paths.cafile or (paths.capath and any(Path(paths.capath).glob("*.0"))):
        return None
    return next((bundle for bundle in BUNDLES if Path(bundle).is_file()), None)


def trust() -> ssl.SSLContext:
    """Return the certificates to trust: the machine's, and those that the user named."""
    return ssl.create_default_context(cafile=certificates())


if __name__ == "__main__":
    sys.exit(main())
