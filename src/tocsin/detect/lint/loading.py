"""Lints of what the loader says: documents that make no rule, old aggregations, placeholders that nothing fills."""

from collections.abc import Iterator

from tocsin.detect.lint.document import Document
from tocsin.detect.lint.remark import Said, error, warning
from tocsin.match.sigma.placeholder import HINT


def is_old(document: Document) -> bool:
    """Return whether a document has an aggregation in its condition, or a timeframe."""
    return "timeframe" in document.detection or any("|" in text for text, _ in document.conditions)


@error("cannot-load", "the document makes no rule: what stands there is not Sigma 2.1, and why")
def cannot_load(document: Document) -> Iterator[Said]:
    """Say why a document cannot be loaded."""
    if document.error is not None and not is_old(document):
        yield Said(line=document.error.line or document.node.line, says=document.error.says, hint=document.error.hint)


@error("old-aggregation", "a condition counts (`| count() by`, `timeframe`): write the correlation that replaced it")
def old_aggregation(document: Document) -> Iterator[Said]:
    """Say which correlation replaces an old aggregation."""
    if document.error is not None and is_old(document):
        yield Said(line=document.error.line or document.node.line, says=document.error.says, hint=document.error.hint)


@warning("placeholder-unfilled", "a placeholder (`%name%` under `expand`) that nothing fills")
def placeholder_unfilled(document: Document) -> Iterator[Said]:
    """Name placeholders without values."""
    for line, name in document.unfilled:
        yield Said(line=line, says=f"the placeholder %{name}% is not filled", hint=HINT.format(name))
