"""demo/acme itself: the files, their order, and their times."""

import gzip
import io
import os
from collections.abc import Iterator
from pathlib import Path

from acme_gen.authlog import auth_log
from acme_gen.cloudtrail import cloudtrail_log
from acme_gen.day import LAST_SECOND
from acme_gen.firewall import firewall_log
from acme_gen.m365 import audit_export
from acme_gen.weblog import web_log
from acme_gen.windows import security_log
from acme_gen.world import World

TEMPLATES = Path(__file__).parent.parent / "templates"


def write_folder(folder: Path, world: World) -> Iterator[tuple[Path, int]]:
    """Write all files below `folder`; yield each path and its size.

    Every file gets the last second of the day as its modification time: a log without years is read with the
    latest year that puts no record after that.
    """
    for name, content in contents(world):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (LAST_SECOND, LAST_SECOND))
        yield path, len(content)


def contents(world: World) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of every file."""
    yield "logs/fw-edge.log", text(firewall_log(world))
    yield "logs/auth.log", text(auth_log(world))
    yield "logs/www-access.log.gz", packed(text(web_log(world)))
    yield "logs/dc1-security.jsonl", text(security_log(world))
    yield "cloud/cloudtrail.json.gz", packed(cloudtrail_log(world))
    yield "m365/audit-export.csv", audit_export(world)
    values = {"@KEY_ID@": world.key_id, "@KEY_SECRET@": world.key_secret}
    for template in sorted(TEMPLATES.rglob("*.in")):
        written = template.read_text(encoding="utf-8")
        for mark, value in values.items():
            written = written.replace(mark, value)
        yield template.relative_to(TEMPLATES).with_suffix("").as_posix(), written.encode()


def text(lines: list[str]) -> bytes:
    """Return lines as the bytes of a file."""
    return "".join(f"{line}\n" for line in lines).encode()


def packed(content: bytes) -> bytes:
    """Return the bytes in gzip's form, without name and time, so that equal content packs equally."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=out, mtime=0) as file:
        file.write(content)
    return out.getvalue()
