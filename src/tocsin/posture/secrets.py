"""Findings about the secrets that stand in a text file."""

from tocsin.match.placeholders import is_test_path
from tocsin.match.redact import Redactor
from tocsin.match.secrets import Found, key_entity, place_of
from tocsin.model import Confidence, Finding, FindingKind, Place, Severity, fingerprint
from tocsin.posture.merge import merged

_EVIDENCE = 200  # characters of a shown line


def secrets_in(path: str, raw: bytes, redactor: Redactor, installation_key: bytes) -> list[Finding]:
    """Return the secrets of a text, once per kind, name and kind of place."""
    place = place_of(path)
    found = redactor.kinds.find(raw, place)
    made = (_finding(path, raw, one, place, redactor, installation_key) for one in found)
    return merged(made)


def _finding(path: str, raw: bytes, found: Found, place: str, redactor: Redactor, key: bytes) -> Finding:
    kind = found.kind
    line = raw.count(b"\n", 0, found.start) + 1
    begin = raw.rfind(b"\n", 0, found.start) + 1
    severity, confidence, says = _judged(found, path)
    column = len(raw[begin : found.start].decode("utf-8", "replace")) + 1
    return Finding(
        fingerprint=fingerprint(kind.id, found.name, place),
        kind=FindingKind.SECRET,
        rule=kind.id,
        title=kind.title,
        severity=severity,
        confidence=confidence,
        message=f"{kind.what} {redactor.shown(found)}{says}",
        entities=(key_entity(found.value, key),) if kind.is_entity else (),
        where=(Place(path=path, line=line, column=column),),
        evidence=(_shown_line(raw, begin, found, redactor),),
        remedy=kind.rotate,
        tags=(f"cwe-{kind.cwe}",),
        references=kind.references,
    )


def _judged(found: Found, path: str) -> tuple[Severity, Confidence, str]:
    """Return severity, confidence and the rest of the message, as the place and the second half make them."""
    severity, confidence = Severity(found.kind.severity), Confidence(found.kind.confidence)
    says = f" in {found.name}" if found.name else ""
    if found.kind.near:
        if found.near is not None:
            says += ", with its secret"
        else:
            severity, says = Severity.MEDIUM, f"{says}, without its secret"
    if is_test_path(path):
        confidence, says = Confidence.LOW, f"{says}, in a test or example"
        severity = min(severity, Severity.MEDIUM if found.kind.confidence == "high" else Severity.LOW, key=_rank)
    return severity, confidence, says


def _rank(severity: Severity) -> int:
    return severity.rank


def _shown_line(raw: bytes, begin: int, found: Found, redactor: Redactor) -> str:
    """Return the line of a secret with the secret masked, whatever else the redactor knows masked too."""
    end = raw.find(b"\n", found.start)
    last = len(raw) if end < 0 else end
    head = raw[max(begin, found.start - _EVIDENCE) : found.start].decode("utf-8", "replace")
    tail = raw[min(found.end, last) : min(last, found.end + _EVIDENCE)].decode("utf-8", "replace")
    whole = f"{redactor.text(head)}{redactor.shown(found)}{redactor.text(tail)}"
    return whole.strip()
