"""What an input is, by its first 64 KiB: the content decides, the name only breaks a tie between equal texts.

A log is cut by a frame (`lines`, `json`, `csv`, `evtx`); for lines, each parser's `looks` is counted on the sample, and
the parsers that know a share of it are tried first. What holds nothing to look for is Nothing; what might, and this
version cannot read, is Missed.
"""

import re
from collections.abc import Iterable

import msgspec

from tocsin.ingest.sniff import LONGEST, Text, mark, text_of
from tocsin.ingest.walk import Input
from tocsin.kit.declare import Declaration
from tocsin.model.coverage import Missed, Nothing

LOG = "log"
PYTHON = "python"
REQUIREMENTS = "requirements"
TEXT = "text"
MANY = 3  # parsers in one file; with more, choosing for each line is the cheaper
FEW = 0.02  # the share of sample lines below which a parser waits for its turn


class Recognised(msgspec.Struct, frozen=True, kw_only=True):
    """What an input is; for a log its frame, encoding and the parsers to try first.

    Families: `log`, `python`, `requirements`, `text` (a text without a single line that a parser knows). `bom` is the
    length of the byte order mark; `continues` says whether indented lines belong to the record above.
    """

    family: str
    frame: str = "lines"
    encoding: str = "utf-8"
    bom: int = 0
    parsers: tuple[str, ...] = ()
    continues: bool = True


class Recogniser:
    """What the parsers' declarations know; made once, asked for each input."""

    def __init__(self, declarations: Iterable[Declaration]) -> None:
        self._looks = [
            (d.name, re.compile(d.says["looks"]), d.says.get("weight", 10))
            for d in sorted(declarations, key=lambda d: d.name)
            if d.says.get("frame") == "lines" and d.says.get("looks")
        ]

    def __call__(self, found: Input) -> Recognised | Missed | Nothing:
        """Return what an input is; reads its head only."""
        head = found.open().peek()
        if not head:
            trouble = found.trouble
            return Missed(path=found.path, why=trouble) if trouble else Nothing(path=found.path, why="empty")
        known = mark(head)
        if known is not None:
            if known.frame:
                return Recognised(family=LOG, frame=known.frame)
            return (Missed if known.missed else Nothing)(path=found.path, why=known.why)
        text = text_of(head)
        if text is None:
            return Missed(path=found.path, why="binary data of a kind that this version does not know")
        return self._text(found, text)

    def _text(self, found: Input, text: Text) -> Recognised | Missed | Nothing:
        sample = text.lines()
        if not sample:
            return Nothing(path=found.path, why="nothing but white space")
        if (why := text.later()) is not None:
            return Missed(path=found.path, why=why)
        names, share = self._parsers([line[:LONGEST] for line in sample])
        first_is_known = any(looks.match(sample[0]) for _, looks, _ in self._looks)
        frame, family = text.frame_and_family(found.path, share, first_is_known=first_is_known)
        return Recognised(
            family=family,
            frame=frame,
            encoding=text.encoding,
            bom=text.bom,
            parsers=names if frame == "lines" else (),
            continues=text.continues(),
        )

    def _parsers(self, sample: list[str]) -> tuple[tuple[str, ...], float]:
        """Return the parsers that know a share of the lines, best first, and the share that the best knows."""
        scores: list[tuple[float, int, str]] = []
        for name, looks, weight in self._looks:
            share = sum(1 for line in sample if looks.match(line)) / len(sample)
            if share >= FEW:
                scores.append((share, weight, name))
        best = max((share for share, _, _ in scores), default=0.0)
        # the order in which ingest/parsers.py would choose them, so that going by the file first changes no record
        scores.sort(key=lambda s: (-s[1], s[2]))
        return tuple(name for _, _, name in scores) if len(scores) <= MANY else (), best
