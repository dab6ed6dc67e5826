"""The conditions under which a test may be skipped, each a claim about this machine that is true or false."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    """Return where the real data for testing lies, whether or not it is there."""
    return Path(os.environ.get("TOCSIN_DATA") or ROOT / ".." / "shared" / "data").resolve()


def chromium_path() -> Path | None:
    """Return the browser for the tests of pages, None when this machine has none."""
    for name in (os.environ.get("TOCSIN_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        if name and (found := shutil.which(name)):
            return Path(found)
    return None


def is_root() -> bool:
    """Tell whether we may do all (never on Windows)."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def may_mount() -> bool:
    """Tell whether we may mount a file system: Linux, with the capability CAP_SYS_ADMIN (bit 21)."""
    status = Path("/proc/self/status")
    if sys.platform != "linux" or not status.is_file():
        return False
    effective = next(line for line in status.read_text().splitlines() if line.startswith("CapEff:"))
    return bool(int(effective.split()[1], 16) & (1 << 21))


CONDITIONS: Mapping[str, Callable[[], bool]] = {
    "data-absent": lambda: not (data_folder() / "README.md").is_file(),
    "may-not-mount": lambda: not may_mount(),
    "no-chromium": lambda: chromium_path() is None,
    "no-git": lambda: shutil.which("git") is None,
    "no-make": lambda: shutil.which("make") is None,
    "not-linux": lambda: sys.platform != "linux",
    "not-root": lambda: not is_root(),
    "python-before-3.12": lambda: sys.version_info < (3, 12),
    "python-before-3.14": lambda: sys.version_info < (3, 14),
    "root": is_root,
    "windows": lambda: os.name == "nt",
}
