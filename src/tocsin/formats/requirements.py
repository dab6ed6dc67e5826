"""Files of requirements, as pip reads them: which packages, whether with one version, whether with a hash.

See: https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*(.*)")
_ONE = re.compile(r"===?\s*[^\s,*;]+\s*(?:;.*)?$")


class Wanted(NamedTuple):
    """One package that a file asks for."""

    name: str
    line: int
    is_pinned: bool
    is_hashed: bool


def wanted_in(text: str) -> Iterator[Wanted]:
    """Yield what a file of requirements asks for."""
    for number, line in _logical(text):
        bare = re.sub(r"(?:^|\s)#.*", "", line).strip()
        hashed = "--hash" in bare
        asked = re.split(r"\s--?(?=[A-Za-z])", bare)[0].strip()
        if re.match(r"-e\b|--editable\b", asked) or re.match(r"(?:git|hg|svn|bzr)\+", asked) or " @ " in asked:
            address = asked.partition(" @ ")[2] or asked.split()[-1]
            name = asked.partition(" @ ")[0] if " @ " in asked else _egg(bare, address)
            is_fixed = _is_fixed(address) or hashed
            yield Wanted(name.split("[")[0].strip(), number, is_fixed, is_fixed)
        elif not asked or asked.startswith(("-", ".", "/")):
            continue  # options, other files, folders of the project
        elif "://" in asked or asked.endswith((".whl", ".tar.gz", ".zip")):
            yield Wanted(asked.rpartition("/")[2].partition("#")[0], number, _is_fixed(asked) or hashed, hashed)
        elif (match := _NAME.match(asked)) is not None:
            yield Wanted(match[1], number, bool(_ONE.match(match[3].strip("() "))), hashed)


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines with their continuations joined, and the number of the first."""
    held, first = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        first = first if held else number
        if line.rstrip().endswith("\\") and not line.lstrip().startswith("#"):
            held += line.rstrip()[:-1] + " "
            continue
        yield first, held + line
        held = ""
    if held:
        yield first, held


def _egg(line: str, address: str) -> str:
    named = re.search(r"#egg=([\w.-]+)", line)
    return named[1] if named else address.rstrip("/").rpartition("/")[2].partition("@")[0].removesuffix(".git")


def _is_fixed(address: str) -> bool:
    """Return whether an address names one content: a commit, or a digest in its fragment."""
    return bool(re.search(r"@[0-9a-f]{40}(?:[#\s]|$)|#(?:.*&)?sha(?:256|384|512)=[0-9a-f]+", address))
