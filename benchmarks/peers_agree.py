"""The same rules over the same events here and in other evaluators of Sigma; each difference by its class.

    python benchmarks/peers_agree.py [--show CLASS]

TOCSIN_PEERS names a folder with two virtual environments of CPython, which are no part of this project:

- `zircolite`: zargunlite, pysigma-backend-sqlite, pysigma-pipeline-sysmon, pysigma-pipeline-windows;
- `pysigma`: pysigma, pysigma-backend-sqlite, azuma, packaging, typing_extensions.

The events are those of evtx-attack-samples, written as JSON by the `evtx` package, and of three recordings of
windows-events; the rules those of SigmaHQ for Windows. zargunlite makes its own rows of the events, and its log sources
are those of pySigma's pipelines; the other two are given our rows and ask each rule of the rows that are its own, so
that what is left is how they read rules. A difference is put to the naive evaluator of the tests, with our rows and
with theirs, which tells whether log sources, fields or the reading of the rule make it. Its class is counted; the
classes are explained in docs/measured/sigma-agreement.md. An unexplained difference fails the run.
"""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import evtx
import msgspec
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
NOT_HERE = 77
PART = 4  # azuma is asked of each fourth event: it takes a second for a hundred of them
RECORDINGS = ("psh_powershell_httplistener", "cmd_bitsadmin_download", "cmd_sharpview_pcre_net")

from benchmarks._differences import Difference, Events, Rules, classes, item_class, items  # noqa: E402  # as above
from tests.match.sigma import naive  # noqa: E402  # as above
from tests.match.sigma.made import Pair, asked_of, made, written  # noqa: E402  # as above
from tocsin.match.sigma.item import COMPARE as COMPARES  # noqa: E402  # as above
from tocsin.match.sigma.moment import PARTS as _PARTS  # noqa: E402  # as above

PARTS = frozenset(_PARTS)

EXPLAINED: dict[str, dict[str, str]] = {
    "zircolite": {
        "a rule is lost": "SQL needs each column: a rule with a field that no event of the file has fails",
        "field Data": "values without a name are a list here; there they are the text of one field or nothing",
        "field Provider_Name": "exporters write SourceName for the provider; here it is known by both names",
        "reading: true is the number 1": "there the value true becomes 1 and equals no text; the rules say true",
        "log source: windows process_creation": "here EventID 4688 is one; there Sysmon only, or 4688 only",
        "log source: windows registry_delete": "there each EventID 12 is one, also where a key is created",
    },
    "pysigma": {
        "reading contains: of a list": "SQL has no lists: the JSON of one has more backslashes than its members"
    },
    "azuma": {
        "a rule is refused": "it does not know fieldref, nor a selection that is one text",
        "reading re": "there a regular expression must match from the beginning of a value",
        "a double backslash": "two backslashes of a rule are one by the specification, and two there",
        "an empty value": "there an empty value equals nothing, not even an empty text",
        "reading base64offset": "there a text is escaped for a regular expression before it is encoded",
    },
}


SEED = 20261124
MADE = 4_000
MADE_CLASSES: dict[str, Callable[[Pair], bool]] = {
    "dashes vary only before a word": lambda pair: "windash" in pair.modifiers,
    "a moment is read only as SQLite reads it": lambda pair: not PARTS.isdisjoint(pair.modifiers),
    "SQL compares a text and a number by type": lambda pair: not COMPARES.isdisjoint(pair.modifiers),
    "networks are beginnings of texts": lambda pair: "cidr" in pair.modifiers,
    "a regular expression with an end is not anchored": lambda pair: "re" in pair.modifiers,
    "UTF-16 that is no text": lambda pair: any(one.startswith(("utf16", "wide")) for one in pair.modifiers),
    "a null that is written is no field to SQL": lambda pair: "exists" in pair.modifiers,
    "7.0 is written 7 here": lambda pair: any(isinstance(value, float) for value in pair.event.values()),
    "letters beyond ASCII keep their case": lambda pair: not json.dumps(pair.event, ensure_ascii=False).isascii(),
}


def main() -> int:
    """Print what each peer refuses and loses, and the differences by class; return 1 for one that nothing explains."""
    data = Path(os.environ.get("TOCSIN_DATA", ROOT.parent / "shared" / "data"))
    peers = Path(os.environ.get("TOCSIN_PEERS", "peers"))
    if not peers.is_dir() or not data.is_dir():
        print("no peers (TOCSIN_PEERS) or no data (TOCSIN_DATA)")
        return NOT_HERE
    show = sys.argv[2] if sys.argv[1:2] == ["--show"] else ""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        files = dict(inputs(data, folder))
        rules, events = Rules(data / "sigma"), Events(files)
        ours = events.matches(rules)
        print(f"{len(rules.by_id):,} rules, {len(events.rows):,} events, {len(ours):,} matches here")
        unexplained = 0
        for peer in ("zircolite", "pysigma", "azuma"):
            question = job(peer, rules, events, files, folder)
            answer = asked(peers, peer, question, folder)
            theirs = {(rule, name, row) for rule, name, row in answer["matches"]}
            if peer == "pysigma":  # its SQL has no log sources
                theirs = {one for one in theirs if one[0] in rules.fitting(events.at(one[1], one[2]))}
            mine = ours if peer != "azuma" else {one for one in ours if one[2] in sampled(question, one[1])}
            print(f"\n== {peer}: {len(theirs):,} matches, {len(mine):,} here, {len(theirs & mine):,} in both")
            found = list(classes(peer, answer, mine, theirs, rules, events))
            read = [one for one in found if one.name == "reading"]

            def asks(more: dict[str, Any], peer: str = peer, question: dict[str, Any] = question) -> dict[str, Any]:
                return asked(peers, peer, {**question, **more}, folder)

            found = [one for one in found if one.name != "reading"]
            found += named(read, asks, rules, events) if read else ()
            unexplained += told(peer, answer, found, show)
        unexplained += made_pairs(peers, folder)
    return 1 if unexplained else 0


def made_pairs(peers: Path, folder: Path) -> int:
    """Ask pySigma's SQL of made rules and events, print the differences by class, and return how many none explains."""
    pairs = [pair for pair in made(SEED, MADE) if "expand" not in pair.modifiers and is_flat(pair.event)]
    rows = folder / "made.rows"
    texts = [{**pair.event, "raw": "\n".join((pair.raw, *naive.texts(pair.event)))} for pair in pairs]
    plain = [{name: str(v).lower() if isinstance(v, bool) else v for name, v in row.items()} for row in texts]
    rows.write_text("".join(json.dumps(row) + "\n" for row in plain), "utf-8")
    rules = {str(place): written(pair.detection).decode() for place, pair in enumerate(pairs)}
    given = {"rules": rules, "files": {"made": str(rows)}, "fields": list("fghm"), "sources": {}}
    answer = asked(peers, "pysigma", given, folder)
    theirs = {int(rule) for rule, _, row in answer["matches"] if rule == str(row)}
    unasked = set(map(int, (*answer["refused"], *answer["lost"])))
    kinds: Counter[str] = Counter()
    for place, pair in enumerate(pairs):
        if place not in unasked and asked_of(pair)[1] is not (place in theirs):
            kinds[next((why for why, holds in MADE_CLASSES.items() if holds(pair)), f"UNEXPLAINED: {pair}")] += 1
    print(f"\n== pysigma, made pairs: {len(pairs) - len(unasked):,} asked, {kinds.total():,} answered otherwise")
    for why, many in Counter(why[:70] for why in answer["refused"].values()).most_common(8):
        print(f"{many:7,}  rules refused: {why}")
    for name, many in kinds.most_common():
        print(f"{many:7,}  {name}")
    return sum(many for name, many in kinds.items() if name.startswith("UNEXPLAINED"))


def is_flat(event: dict[str, Any]) -> bool:
    """Return whether SQL has a form for each value of an event."""
    return not any(isinstance(value, list | dict) for value in event.values())


def inputs(data: Path, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield files of JSON lines, one event a line: all samples, some recordings."""
    for file in sorted((data / "evtx-attack-samples").rglob("*.evtx")):
        name = str(file.relative_to(data))
        lines = [json.loads(record["data"]) for record in records(file)]
        made = folder / f"{name.replace('/', '_')}.json"
        made.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        if lines:
            yield name, str(made)
    with zipfile.ZipFile(data / "windows-events" / "security-datasets-atomic.zip") as archive:
        for name in archive.namelist():
            if any(word in name for word in RECORDINGS):
                made = folder / Path(name).name
                made.write_bytes(archive.read(name))
                yield Path(name).name, str(made)


def records(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of an EVTX file that the decoder can read."""
    parser = iter(evtx.PyEvtxParser(str(file)).records_json())
    while True:
        try:
            yield dict(next(parser) or {})
        except StopIteration:
            return
        except RuntimeError:
            continue


def job(peer: str, rules: Rules, events: Events, files: dict[str, str], folder: Path) -> dict[str, Any]:
    """Return what a peer is asked."""
    made: dict[str, Any] = {"rules": rules.texts, "files": files, "sources": rules.sources}
    if peer == "zircolite":
        return made
    fields = sorted(rules.fields)
    flat = {name: folder / f"{Path(name).name}.rows" for name in files}
    for name, path in flat.items():
        rows = [events.flat(row, rules.fields) for row in events.of(name)]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    some = (lambda row: row.line % PART == 0) if peer == "azuma" else (lambda _: True)
    asked = {name: {str(row.line): rules.fitting(row) for row in events.of(name) if some(row)} for name in files}
    return {**made, "files": {name: str(path) for name, path in flat.items()}, "fields": fields, "asked": asked}


def sampled(question: dict[str, Any], name: str) -> set[int]:
    """Return the lines of a file that a peer is asked of."""
    return set(map(int, question["asked"][name]))


def asked(peers: Path, peer: str, given: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return a peer's answer."""
    question, answer = folder / "job.json", folder / "answer.json"
    question.write_bytes(msgspec.json.encode(given))
    python = peers / ("zircolite" if peer == "zircolite" else "pysigma") / "bin" / "python"
    subprocess.run([python, ROOT / "benchmarks" / "_peers.py", peer, question, answer], check=True)
    return dict(json.loads(answer.read_bytes()))


def named(
    found: list[Difference], asks: Callable[[dict[str, Any]], dict[str, Any]], rules: Rules, events: Events
) -> Iterator[Difference]:
    """Yield differences in reading by the item in which the peer differs: each is asked of it alone."""
    parts: dict[str, tuple[str, dict[str, Any]]] = {}
    question: dict[str, dict[str, list[str]]] = {}
    for one in found:
        detection = rules.by_id[one.rule][1]
        for place, item in enumerate(items(detection)):
            parts[f"{one.rule}#{place}"] = (one.rule, item)
            question.setdefault(one.file, {}).setdefault(str(one.row), []).append(f"{one.rule}#{place}")
    texts = {
        name: yaml.safe_dump(
            {"title": "item", "logsource": {"product": "windows"}, "detection": item}, allow_unicode=True
        )
        for name, (_, item) in parts.items()
    }
    answer = asks({"rules": texts, "asked": question})
    theirs = {(name, file, row) for name, file, row in answer["matches"]}
    for one in found:
        row = events.at(one.file, one.row)
        fields, raw = events.fields(row, rules.fields_of(one.rule)), events.raw(row)
        names = [name for name, (rule, _) in parts.items() if rule == one.rule]
        wrong = [n for n in names if naive.matches(parts[n][1], fields, raw) is not ((n, one.file, one.row) in theirs)]
        name = item_class(parts[wrong[0]][1], fields) if wrong else "reading: the condition"
        detail = f"{parts[wrong[0]][1]['s']} {fields}"[:300] if wrong else ""
        yield msgspec.structs.replace(one, name=name, detail=detail)


def told(peer: str, answer: dict[str, Any], found: list[Difference], show: str) -> int:
    """Print a peer's differences by class, and return how many nothing explains."""
    for why, many in Counter(answer["refused"].values()).most_common(12):
        print(f"{many:7,}  rules refused: {why}")
    by_class: dict[str, list[Difference]] = {}
    for one in found:
        by_class.setdefault(one.name, []).append(one)
    unexplained = 0
    for name, each in sorted(by_class.items(), key=lambda item: -len(item[1])):
        here = sum(one.is_ours for one in each)
        why = next((why for start, why in EXPLAINED[peer].items() if start in name), "")
        unexplained += 0 if why else len(each)
        print(f"{len(each):7,}  {name} ({here:,} only here, {len(each) - here:,} only there): {why or 'UNEXPLAINED'}")
        if show and (show in name or show == "all"):
            for one in each[:40]:
                print(f"         {'here ' if one.is_ours else 'there'} {one.rule} {one.file} {one.row} {one.detail}")
    return unexplained


if __name__ == "__main__":
    sys.exit(main())
