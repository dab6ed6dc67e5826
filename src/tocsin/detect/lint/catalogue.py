"""All lints, by group."""

from collections.abc import Sequence
from types import ModuleType

from tocsin.detect.lint import (
    conditions,
    correlations,
    dates,
    fields,
    files,
    filters,
    keys,
    lists,
    loading,
    logsource,
    metadata,
    modifiers,
    never,
    regexes,
    sigmahq,
    tags,
    values,
    whole,
)
from tocsin.detect.lint.remark import Lint

GROUPS: Sequence[ModuleType] = (
    loading, never, conditions, values, modifiers, regexes, fields, logsource, correlations, filters, metadata, dates,
    lists, keys, tags, files, whole, sigmahq,
)  # fmt: skip
LINTS: Sequence[Lint] = tuple(one for group in GROUPS for one in vars(group).values() if isinstance(one, Lint))


def chosen(conventions: Sequence[str] = (), only: Sequence[str] = (), skip: Sequence[str] = ()) -> list[Lint]:
    """Return the lints of a run: those of `only`, or all of no convention.

    Conventions that are named come with them; what is in `skip` never does.
    """
    wanted = [one for one in LINTS if (one.id in only if only else one.convention in {"", *conventions})]
    return [one for one in wanted if one.id not in skip]
