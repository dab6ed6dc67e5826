"""Lints of tags: their form, their namespaces, and what each namespace holds."""

import re
from collections.abc import Iterator, Mapping

from tocsin.detect.lint import attack
from tocsin.detect.lint.document import Document
from tocsin.detect.lint.edit import swapped
from tocsin.detect.lint.remark import Said, q, warning
from tocsin.match.sigma.tree import Node

NAMESPACES = frozenset({"attack", "car", "cve", "d3fend", "detection", "stp", "tlp"})  # Sigma 2.1, appendix on tags
_FORM = re.compile(r"[a-z0-9_-]+\.[a-z0-9._-]+")
_FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "car": (re.compile(r"\d{4}-\d{2}-\d{3}"), "car.2013-05-001"),
    "cve": (re.compile(r"\d{4}-\d{4,}"), "cve.2021-44228"),
    "detection": (re.compile(r"dfir|emerging-threats|threat-hunting"), "dfir, emerging-threats or threat-hunting"),
    "stp": (re.compile(r"[1-5][auk]?"), "stp.1 to stp.5, with a, u or k"),
    "tlp": (re.compile(r"clear|green|amber|amber-strict|red|white"), "clear, green, amber, amber-strict or red"),
    "d3fend": (re.compile(r"d3-[a-z0-9-]+|d3f-[a-z0-9-]+|[a-z]+"), "d3fend.d3-fa"),
}


def _tags(document: Document) -> Iterator[tuple[Node, str, str]]:
    for node in document.listed("tags"):
        namespace, _, name = node.text.partition(".")
        yield node, namespace, name


@warning("tag-form", "a tag that is not `namespace.name` in small letters")
def tag_form(document: Document) -> Iterator[Said]:
    """Name tags in another form, with the right one where it is clear."""
    for node, _, _ in _tags(document):
        if _FORM.fullmatch(node.text):
            continue
        near = node.text.strip().lower().replace(" ", "-")
        edit = swapped(document.text, node.line, node.text, near) if _FORM.fullmatch(near) else None
        yield Said(
            line=node.line,
            says=f"the tag {q(node.text)} is not namespace.name in small letters",
            hint=near if edit else "attack.t1059",
            edit=edit,
            fix=f"{node.text} → {near}",
        )


@warning("tag-namespace", "a tag of a namespace that Sigma does not have")
def tag_namespace(document: Document) -> Iterator[Said]:
    """Name tags of unknown namespaces."""
    for node, namespace, name in _tags(document):
        if name and namespace.lower() not in NAMESPACES and _FORM.fullmatch(node.text.lower()):
            yield Said(
                line=node.line, says=f"no namespace of tags is named {namespace!r}", hint=", ".join(sorted(NAMESPACES))
            )


@warning("tag-name", "a tag whose name is not what its namespace holds (cve, car, tlp, stp, detection, d3fend)")
def tag_name(document: Document) -> Iterator[Said]:
    """Name tags that their namespace does not have."""
    for node, namespace, name in _tags(document):
        if namespace not in _FORMS or _FORMS[namespace][0].fullmatch(name.lower()):
            continue
        near = re.sub(r"(\d{4})\.(\d{4,})", r"\1-\2", name) if namespace == "cve" else name
        fits = near != name and _FORMS[namespace][0].fullmatch(near)
        edit = swapped(document.text, node.line, node.text, f"cve.{near}") if fits else None
        yield Said(
            line=node.line,
            says=f"the tag {q(node.text)} is none of its namespace",
            hint=_FORMS[namespace][1],
            edit=edit,
            fix=f"{node.text} → cve.{near}",
        )


@warning("tag-attack", "an ATT&CK tag that names no tactic, technique, group, software, mitigation or data source")
def tag_attack(document: Document) -> Iterator[Said]:
    """Name ATT&CK tags that do not exist."""
    for node, namespace, name in _tags(document):
        if namespace != "attack" or not name:
            continue
        says, near = attack.wrong(name.lower())
        if name.lower().replace("_", "-") in attack.OLD:
            near = attack.heir(one.text for one in document.listed("tags"))
        if says:
            edit = swapped(document.text, node.line, node.text, f"attack.{near}") if near else None
            hint = f"did you mean attack.{near}?" if near else "https://attack.mitre.org"
            yield Said(line=node.line, says=says, hint=hint, edit=edit, fix=f"{node.text} → attack.{near}")


@warning("tag-two", "two tags of a namespace that only one can stand of: tlp, detection")
def tag_two(document: Document) -> Iterator[Said]:
    """Name rules that carry two traffic lights or two kinds of detection."""
    for wanted in ("tlp", "detection"):
        found = [node for node, namespace, _ in _tags(document) if namespace == wanted]
        if len({node.text for node in found}) > 1:
            yield Said(line=found[1].line, says=f"the rule has {len(found)} tags of {wanted}", hint="keep one")
