"""Lints of files: their names."""

import re
from collections.abc import Iterator

from tocsin.detect.lint.document import Document
from tocsin.detect.lint.remark import SIGMAHQ, Said, q, warning

_PLAIN = re.compile(r"[a-z0-9][a-z0-9._-]*\.ya?ml")
_SIGMAHQ = re.compile(r"[a-z0-9_]{6,86}\.yml")  # 10 to 90 with its end, as SigmaHQ counts
PREFIXES = {  # of SigmaHQ's conventions (sigma-specification, "sigmahq filename convention"), by word of the log source
    "process_creation": "proc_creation_", "image_load": "image_load_", "file_event": "file_event_",
    "registry_set": "registry_set_", "registry_event": "registry_event_", "registry_add": "registry_add_",
    "registry_delete": "registry_delete_", "network_connection": "net_connection_", "dns_query": "dns_query_",
    "ps_script": "posh_ps_", "ps_module": "posh_pm_", "process_access": "proc_access_", "pipe_created": "pipe_created_",
    "create_remote_thread": "create_remote_thread_", "driver_load": "driver_load_", "file_delete": "file_delete_",
}  # fmt: skip
OF_PRODUCT = {
    "aws": "aws_",
    "azure": "azure_",
    "gcp": "gcp_",
    "m365": "microsoft365_",
    "okta": "okta_",
    "github": "github_",
}
FOLDERS = ("dfir", "emerging-threats", "threat-hunting")


def file_name(path: str) -> str:
    """Return the last part of a path, of any system."""
    return re.split(r"[\\/]", path)[-1]


@warning("file-name", "a file's name with capitals, spaces or signs: hard to type, and not the same on every system")
def plain_file_name(document: Document) -> Iterator[Said]:
    """Name files whose names are not plain."""
    name = file_name(document.path)
    if document.number == 0 and not _PLAIN.fullmatch(name):
        yield Said(
            line=1,
            says=f"the file's name {q(name)} is not plain",
            hint="small letters, digits, '_' and '-', ending in .yml",
        )


@warning("file-name-sigmahq", "a file's name that is not 10 to 90 characters of `a-z0-9_`", convention=SIGMAHQ)
def sigmahq_file_name(document: Document) -> Iterator[Said]:
    """Name files that SigmaHQ's convention refuses."""
    name = file_name(document.path)
    if document.number == 0 and (not _SIGMAHQ.fullmatch(name) or "_" not in name):
        yield Said(
            line=1,
            says=f"the file's name {q(name)} is not SigmaHQ's form",
            hint="10 to 90 characters of a-z, 0-9 and _, with one _ at least, ending in .yml",
        )


@warning("file-prefix", "a file's name that does not begin with its log source's word", convention=SIGMAHQ)
def file_prefix(document: Document) -> Iterator[Said]:
    """Name files of another beginning than their log source's."""
    name, source = file_name(document.path), document.source
    wanted = ""
    if document.kind == "correlation":
        wanted = "correlation_"
    elif document.kind == "rule" and document.number == 0:
        wanted = PREFIXES.get(source.category, "") or OF_PRODUCT.get(source.product, "")
        if source.product and source.product not in {"windows", *OF_PRODUCT}:
            return
    if wanted and not name.startswith(wanted):
        yield Said(line=1, says=f"the file's name {q(name)} does not begin with {wanted!r}", hint=f"{wanted}{name}")


@warning("folder-tag", "a rule of a folder `rules-dfir` and its like without the tag of it", convention=SIGMAHQ)
def folder_tag(document: Document) -> Iterator[Said]:
    """Name rules that lack the tag of their folder."""
    tags = {node.text for node in document.listed("tags")}
    for name in FOLDERS:
        if f"rules-{name}" in document.path and f"detection.{name}" not in tags:
            yield Said(
                line=document.line("tags"),
                says=f"a rule of rules-{name} has the tag detection.{name}",
                hint=f"- detection.{name}",
            )
