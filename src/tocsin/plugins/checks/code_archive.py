"""An archive is unpacked wherever it says.

**Sees** `extractall` and `extract` of tarfile, and `shutil.unpack_archive`, without a filter or with `fully_trusted`.

**Why it is bad.** A tar entry may be called `../../.ssh/authorized_keys`, or be a link out of the folder, and the next
entry is written through it. Python 3.14 refuses this by default; older ones unpack it.

**Misses** archives unpacked by programs. Quiet for zipfile, which drops `..` itself, where members are
chosen, and where the script asks whether its Python has filters.

Bad: `tarfile.open(path).extractall(folder)`
Good: `tarfile.open(path).extractall(folder, filter="data")`

See: https://docs.python.org/3/library/tarfile.html#tarfile-extraction-filter
"""

import ast
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_OPENED = {"tarfile.open()", "tarfile.TarFile()", "tarfile.TarFile.open()"}


@check(
    nodes=("Call",),
    title="Archive is unpacked wherever it says",
    severity="medium",
    confidence="high",
    cwe=22,
    remedy='Pass filter="data" (Python 3.12, and security releases of 3.8 to 3.11).',
    aliases=("B202", "S202"),
    references=("https://docs.python.org/3/library/tarfile.html#tarfile-extraction-filter",),
)
def code_archive(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for unpacking without a filter."""
    name = module.resolve(node.func) or ""
    opened, _, last = name.rpartition(".")
    if opened in _OPENED and last in {"extractall", "extract"}:
        if last == "extractall" and module.argument(node, 1, "members") is not None:
            return
    elif name != "shutil.unpack_archive" or _is_zip(node, module):
        return
    if any(asked in module.text for asked in ("extraction_filter", "data_filter", "tar_filter")):
        return  # the script asks what this Python can do, and does without where it must
    chosen = module.keyword(node, "filter")
    trusted = module.constant(chosen) == "fully_trusted" or module.resolve(chosen) == "tarfile.fully_trusted_filter"
    if chosen is None or trusted:
        says = "without a filter" if chosen is None else "with filter fully_trusted"
        yield module.finding(node, f"{last or name} {says}: entries may leave the folder")


def _is_zip(node: ast.Call, module: Module) -> bool:
    form = module.constant(module.argument(node, 2, "format"))
    return form == "zip" or str(module.constant(module.argument(node, 0, "filename"))).endswith(".zip")
