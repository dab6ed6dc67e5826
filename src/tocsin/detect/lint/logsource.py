"""Lints of log sources: unknown ones, ones that nothing feeds, and event ids that a category says better."""

from collections.abc import Iterator
from difflib import get_close_matches

from tocsin.detect.lint.document import Document
from tocsin.detect.lint.edit import value_set
from tocsin.detect.lint.remark import SIGMAHQ, Said, q, warning
from tocsin.detect.lint.sources import served, windows, words
from tocsin.match.sigma.rule import Source

PLACES = ("product", "category", "service")


@warning("logsource-case", "a word of the log source that is not in small letters")
def logsource_case(document: Document) -> Iterator[Said]:
    """Name words in capitals: other tools compare with case."""
    node = document.map.get("logsource")
    said = node.value if node is not None and isinstance(node.value, dict) else {}
    for key in PLACES:
        word = str(said[key].value) if key in said else ""
        if word != word.lower():
            line = document.text.key(key, said[key].line)
            edit = value_set(document.text, line, key, word.lower())
            yield Said(
                line=line,
                says=f"{key}: {q(word)} is not in small letters",
                hint=word.lower(),
                edit=edit,
                fix=f"{key}: {word.lower()}",
            )


@warning(
    "logsource-wide", "a log source without product, category and service: the rule looks at every record of every log"
)
def logsource_wide(document: Document) -> Iterator[Said]:
    """Name rules that look at everything."""
    if document.kind == "rule" and "logsource" in document.map and document.source == Source():
        yield Said(
            line=document.line("logsource"),
            says="the rule looks at every record of every log",
            hint="add product, category or service",
        )


@warning("logsource-unknown", "a log source that is in no table: no record would be looked at")
def logsource_unknown(document: Document) -> Iterator[Said]:
    """Name log sources that nothing is known of, with the nearest words."""
    source = document.source
    if source == Source() or document.kind == "correlation" or any(one.fits(source) for one in served()):
        return
    hint = ""
    for place in PLACES:
        word = getattr(source, place)
        if word and word not in words(place):
            near = next(iter(get_close_matches(word, words(place), 1, 0.7)), "")
            hint = f"{place} {q(word)} is not known" + (f"; did you mean {q(near)}?" if near else "")
            break
    yield Said(
        line=document.line("logsource"),
        says=f"no log source is {source}: no record would be looked at",
        hint=hint or "its words are known, but not together; docs/guide/logsources.md",
    )


@warning("logsource-unfed", "a log source that is known, but that no parser reads")
def logsource_unfed(document: Document) -> Iterator[Said]:
    """Name log sources without a parser, with the reason."""
    source = document.source
    if source == Source() or document.kind == "correlation":
        return
    fitting = [one for one in served() if one.fits(source)]
    if fitting and all(one.missing for one in fitting):
        yield Said(
            line=document.line("logsource"),
            says=f"no parser reads {source}: {fitting[0].missing}",
            hint="the rule is kept, and cannot fire here yet",
        )


@warning("event-id-for-category", "an event id of Sysmon, or 4688, where a category means the same of all logs")
def event_id_for_category(document: Document) -> Iterator[Said]:
    """Name event ids that a category stands for."""
    source = document.source
    if source.product != "windows" or source.category or source.service not in {"sysmon", "security"}:
        return
    table = windows()["categories"].get(source.service, {})
    for entry in document.entries:
        if entry.field != "EventID" or entry.modifiers:
            continue
        known = {number: names for number, names in table.items() if names != ["authentication"]}
        found = [node for node in entry.values if node.text in known]
        if found and len(found) == len(entry.values):
            categories = sorted({table[node.text][0] for node in found})
            if len(categories) == 1:
                yield Said(
                    line=document.line_of(entry),
                    says=f"EventID {found[0].text} of {source.service} is the category {categories[0]}",
                    hint=f"category: {categories[0]}, and the rule works with other agents too",
                )


@warning("sysmon-all", "Sysmon's whole log without an event id", convention=SIGMAHQ)
def sysmon_all(document: Document) -> Iterator[Said]:
    """Name rules over all events of Sysmon."""
    if (
        document.source.service == "sysmon"
        and not document.source.category
        and not any(one.field == "EventID" for one in document.entries)
    ):
        yield Said(
            line=document.line("logsource"),
            says="the rule looks at every event of Sysmon",
            hint="add EventID, or a category",
        )
