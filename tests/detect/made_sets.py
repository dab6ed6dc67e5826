"""Rules and archives of them, as tests of sets make them."""

import io
import tarfile
import zipfile
from collections.abc import Mapping

RULE = """\
title: {title}
id: {id}
status: test
level: {level}
logsource: {{product: linux, service: sshd}}
detection:
    sel: {{message|contains: '{word}'}}
    condition: {condition}
"""


def rule(name: str, *, level: str = "high", word: str = "Failed", condition: str = "sel", title: str = "") -> bytes:
    """Return a rule that loads."""
    return RULE.format(id=name, level=level, word=word, condition=condition, title=title or f"Rule {name}").encode()


def zipped(files: Mapping[str, bytes], links: Mapping[str, str] | None = None) -> bytes:
    """Return a zip of files, and of symbolic links as Info-ZIP keeps them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in files.items():
            archive.writestr(zipfile.ZipInfo(name), raw, zipfile.ZIP_DEFLATED)
        for name, target in (links or {}).items():
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, 0o120777 << 16
            archive.writestr(info, target)
    return out.getvalue()


def tarred(files: Mapping[str, bytes], links: Mapping[str, str] | None = None, *, mode: str = "w:gz") -> bytes:
    """Return a tar of files and of symbolic links."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]  # a mode that is a plain text
        for name, raw in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(raw)
            archive.addfile(info, io.BytesIO(raw))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return out.getvalue()
