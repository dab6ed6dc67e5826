"""Lints of filters: a level or status, which a filter has not, and a condition that keeps what it should leave out."""

from collections.abc import Iterator

from tocsin.detect.lint.conditions import clause_line, over_names
from tocsin.detect.lint.document import Document
from tocsin.detect.lint.edit import line_cut
from tocsin.detect.lint.remark import Said, warning
from tocsin.match.sigma.expression import Expression, Not, Some


@warning("filter-key", "a filter with a level or status: it has none of its own")
def filter_key(document: Document) -> Iterator[Said]:
    """Name keys of a filter that say nothing."""
    if document.kind == "filter":
        for key in ("level", "status"):
            if key in document.map:
                line = document.line(key)
                yield Said(
                    line=line,
                    says=f"a filter has no {key}",
                    hint="leave it out",
                    edit=line_cut(document.text, line),
                    fix=f"take {key} out",
                )


@warning("filter-keeps", "a filter whose condition denies nothing: it keeps only what it names")
def filter_keeps(document: Document) -> Iterator[Said]:
    """Name filters without `not`."""
    if document.kind == "filter":
        read = over_names(document)
        if read is not None and not _denies(read):
            yield Said(
                line=clause_line(document),
                says="the filter keeps only what it names, and the rules then fire on nothing else",
                hint="an exception says `not selection`",
            )


def _denies(expression: Expression) -> bool:
    if isinstance(expression, Some):
        return any(map(_denies, expression.parts))
    return isinstance(expression, Not)
