"""Old aggregation conditions (`| count() by x > 5`, `| near y`) and the correlation that says the same today."""

import re
from collections.abc import Sequence

_COUNT = re.compile(
    r"(?P<what>count|sum|avg|min|max)\s*\(\s*(?P<field>[^)]*?)\s*\)\s*(?:by\s+(?P<by>[^<>=]+?)\s*)?"
    r"(?P<compare>>=|<=|==|=|>|<)\s*(?P<number>\d+(?:\.\d+)?)\s*",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<![\w*.-])(?!(?:and|or|not|of|them|all|near)\b)[A-Za-z_][\w*.-]*", re.IGNORECASE)
_COMPARES = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "=": "eq", "==": "eq"}
_TYPES = {"sum": "value_sum", "avg": "value_avg"}
_SPAN = re.compile(r"\d{1,9}[smhdw]")
UNKNOWN = "write a correlation document: https://sigmahq.io/docs/meta/correlations"


def hint(conditions: Sequence[str], timeframe: str) -> str:
    """Return what to write instead of an old condition.

    It is the correlation itself where its meaning is clear.
    """
    text = next((one for one in conditions if "|" in one), conditions[0] if conditions else "")
    search, _, aggregation = (part.strip() for part in text.partition("|"))
    span = timeframe if _SPAN.fullmatch(timeframe) else "1h"
    counted = _COUNT.fullmatch(aggregation)
    if counted and counted["what"].lower() not in {"min", "max"}:
        return _rule(search) + _counting(counted, span)
    if aggregation.lower().startswith("near ") or (not aggregation and timeframe):
        parts = list(dict.fromkeys([*_NAME.findall(search), *_NAME.findall(aggregation)]))
        rules = ", ".join(part.strip("*_") for part in parts)
        return f"make each part a rule, and write: correlation: {{type: temporal, rules: [{rules}], timespan: {span}}}"
    return UNKNOWN


def _rule(search: str) -> str:
    return f"leave `condition: {search}` with `name: part` here, and write a document: "


def _counting(counted: re.Match[str], span: str) -> str:
    field = counted["field"]
    kind = _TYPES.get(counted["what"].lower(), "value_count" if field else "event_count")
    bound = f"{_COMPARES[counted['compare']]}: {counted['number']}"
    condition = f"{{field: {field}, {bound}}}" if field else f"{{{bound}}}"
    fields = [one.strip() for one in (counted["by"] or "").split(",") if one.strip()]
    by = f"group-by: [{', '.join(fields)}], " if fields else ""
    return f"correlation: {{type: {kind}, rules: [part], {by}timespan: {span}, condition: {condition}}}"
