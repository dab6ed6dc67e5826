"""Signs in the first bytes of an input: magic numbers, text encodings, and the shapes of texts.

Magic numbers: the file formats' own specifications, as the freedesktop.org shared MIME database lists them.
"""

import ast
import codecs
import json
import re
import warnings

import msgspec

SAMPLE = 400  # lines that parsers are scored on
LONGEST = 4096  # characters of a line that patterns are asked about; what they look for stands in the first 2,000


class Mark(msgspec.Struct, frozen=True):
    """What a magic number means: a frame to read by, or why it is not read.

    `missed` says that there may be something in it to look for.
    """

    why: str
    missed: bool = False
    frame: str = ""


_PICTURE, _SOUND, _FONT = Mark("picture"), Mark("sound or video"), Mark("font")
_PROGRAM, _COMPILED = Mark("program or library (machine code)"), Mark("compiled code")
_CAPTURE = Mark("this version has no reader of packet captures", missed=True)
_OFFICE = Mark("this version has no reader of office documents", missed=True)
_MARKS: tuple[tuple[bytes, Mark], ...] = (
    (b"ElfFile\0", Mark("Windows event log", frame="evtx")),
    (b"\xd4\xc3\xb2\xa1", _CAPTURE),
    (b"\xa1\xb2\xc3\xd4", _CAPTURE),
    (b"\x4d\x3c\xb2\xa1", _CAPTURE),
    (b"\xa1\xb2\x3c\x4d", _CAPTURE),
    (b"\x0a\x0d\x0d\x0a", _CAPTURE),
    (b"\x89PNG\r\n", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"BM", _PICTURE),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"\0\0\1\0", _PICTURE),
    (b"ID3", _SOUND),
    (b"OggS", _SOUND),
    (b"fLaC", _SOUND),
    (b"\x1aE\xdf\xa3", _SOUND),
    (b"wOFF", _FONT),
    (b"wOF2", _FONT),
    (b"\0\1\0\0\0", _FONT),
    (b"OTTO", _FONT),
    (b"\x7fELF", _PROGRAM),
    (b"MZ", _PROGRAM),
    (b"\xcf\xfa\xed\xfe", _PROGRAM),
    (b"\xfe\xed\xfa", _PROGRAM),
    (b"!<arch>\n", _PROGRAM),
    (b"\xca\xfe\xba\xbe", _COMPILED),
    (b"dex\n", _COMPILED),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OFFICE),
    (b"%PDF-", Mark("this version has no reader of PDF", missed=True)),
    (b"SQLite format 3\0", Mark("this version has no reader of SQLite databases", missed=True)),
    (b"LPKSHHRH", Mark("this version has no reader of binary journals; export it: journalctl -o export", missed=True)),
    (b"Rar!\x1a\x07", Mark("this version has no reader of RAR archives", missed=True)),
    (b"LfLe", Mark("this version has no reader of the EVT format of Windows XP", missed=True)),
)
_RIFF = {b"WAVE": _SOUND, b"AVI ": _SOUND, b"WEBP": _PICTURE}
# These patterns meet a stranger's bytes in the parent, which nobody could end: possessive, so that each is linear.
_MAIL = re.compile(r"(?:From \S+ |(?:[A-Za-z][A-Za-z0-9-]{1,60}:[^\n]*+\n(?:[ \t][^\n]*+\n)*+)++\r?\n)")
_MAIL_FIELDS = frozenset(
    "received return-path delivered-to from to subject date message-id mime-version content-type".split()
)
_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]{1,60}):", re.MULTILINE)
_STIX = re.compile(r'\{[^{}]{0,200}"type"\s*:\s*"bundle"')
_REQUIREMENT = re.compile(
    r"(?:-[ecrfi] ?\S++|--[a-z-]++[ =]\S++|[A-Za-z0-9][\w.-]*+(?:\[[\w, .-]*+\])?+\s*+(?:"
    r"(?:===?|~=|!=|<=?|>=?)\s*+[\w.*+!-]++\s*+,?+\s*+)*+(?:;.*+)?+\\?|[\w.-]++ @ \S++|#.*+)\s*+(?:#.*+)?+$"
)
_PYTHON = re.compile(
    r"^(?:from [\w.]+ import |import [\w., ]+$|def \w+\(|class \w+[(:]|async def |@\w+|if __name__ == )", re.MULTILINE
)
_ZEEK = re.compile(r"#separator [^\n]{1,40}\n#")
_EVENTS = re.compile(
    r"\s*+(?:<\?xml[^<>]{0,200}\?>\s*+)?(?:<Events(?:\s[^<>]{0,500})?>\s*+)?<Event(?:\s[^<>]{0,500})?>\s*+<System\b"
)
_SHEBANG = re.compile(r"#!.*\bpython[0-9.]*\b")


def mark(head: bytes) -> Mark | None:
    """Return what the first bytes say by a magic number, or None."""
    for magic, meaning in _MARKS:
        if head.startswith(magic) and not (len(magic) < 4 and _is_plain(head)):
            return meaning
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12], _SOUND)
    if head[4:8] == b"ftyp":
        return _SOUND
    if head[2:4] == b"\r\n" and b"\0" in head[4:16] and head[0] > 0x20:
        return _COMPILED  # a .pyc: two bytes of version, then \r\n
    return None


def _is_plain(head: bytes) -> bool:
    """Return whether bytes are ASCII text: a log may begin with the letters of a short magic number."""
    return head.isascii() and b"\0" not in head


class Text(msgspec.Struct, frozen=True):
    """The head of a text, with its encoding and the length of its byte order mark."""

    text: str
    encoding: str
    bom: int
    is_whole: bool

    def lines(self) -> list[str]:
        """Return the lines that are not blank, without the last where that may be cut."""
        found = self.text.split("\n")
        if not self.is_whole and len(found) > 1:
            found.pop()
        return [line.rstrip("\r") for line in found if line.strip()][:SAMPLE]

    def continues(self) -> bool:
        """Return whether indented lines continue the one above.

        They do not where the first is indented and so are most: such a log indents its records.
        """
        found = self.lines()
        return found[0][0] not in " \t" or sum(1 for line in found if line[0] in " \t") * 2 <= len(found)

    def later(self) -> str | None:
        """Return why a text must wait for a later version; None when it need not."""
        if _looks_like_mail(self.text):
            return "this version has no mail reader"
        if _STIX.match(self.text.lstrip()):
            return "this version has no reader of intelligence reports (STIX)"
        return None

    def frame_and_family(self, path: str, share: float, *, first_is_known: bool) -> tuple[str, str]:
        """Return how a text is cut and what it is; `share` is what the best parser knows.

        `first_is_known` says whether a parser knows the first line, which then is no header of a table.
        """
        if is_json(self.text):
            return "json", "log"
        if _ZEEK.match(self.text):
            return "zeek", "log"
        if _EVENTS.match(self.text):
            return "xml", "log"
        if not first_is_known and is_csv(self.lines()) and not is_python(self.text, path):
            return "csv", "log"  # lines of imports have commas too
        if share >= 0.5:
            return "lines", "log"
        if is_python(self.text, path):
            return "lines", "python"
        if is_requirements(self.lines(), path):
            return "lines", "requirements"
        return "lines", "log" if share > 0 else "text"


def text_of(head: bytes) -> Text | None:
    """Return the head as text (UTF-8, UTF-16, else Latin-1); None for what is none."""
    for bom, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(bom):
            return _made(head[len(bom) :], name, len(bom), head)
    zeros = head.count(0)
    if zeros:
        half = len(head) // 2
        for name, start in (("utf-16-le", 1), ("utf-16-be", 0)):
            if head[start::2].count(0) > half * 0.6 and head[1 - start :: 2].count(0) < half * 0.1:
                return _made(head, name, 0, head)
        if zeros > len(head) * 0.3 and not _is_padded(head):
            return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
        name = "utf-8"
    except UnicodeDecodeError:
        name = "latin-1"
    odd = sum(head.count(bytes((c,))) for c in (*range(1, 9), *range(14, 27), 28, 29, 31))
    if odd > len(head) * (0.1 if name == "utf-8" else 0.02):
        return None
    return _made(head, name, 0, head)


def _is_padded(head: bytes) -> bool:
    """Return whether NUL bytes stand in runs, as where a machine lost power while it wrote a log."""
    kept = re.sub(rb"\0{16,}", b"", head)
    return bool(kept) and kept.count(0) <= len(kept) * 0.05


def _made(raw: bytes, encoding: str, bom: int, head: bytes) -> Text:
    return Text(raw.decode(encoding, "replace"), encoding, bom, len(head) < (64 << 10))


def _looks_like_mail(text: str) -> bool:
    if not _MAIL.match(text):
        return False
    top = re.split(r"\r?\n\r?\n", text[:8192], maxsplit=1)[0]
    return len({name.lower() for name in _FIELD.findall(top)} & _MAIL_FIELDS) >= 3


def is_json(text: str) -> bool:
    """Return whether a text is JSON: an object, a list, or one after another."""
    start = text.lstrip()
    if not re.match(r'[\[{]\s*(?:[{"}\]]|$)', start):
        return False
    if start[0] == "[":
        return bool(re.match(r"\[\s*(?:\{|\]\s*$)", start))
    return bool(re.match(r'\{\s*(?:\}|"(?:[^"\\]|\\.){0,300}"\s*:)', start))


_INSTRUCTION = re.compile("\ufeff?(?:sep=.?$|#TYPE )", re.IGNORECASE)


def is_csv(lines: list[str]) -> bool:
    """Return whether the first line is a header of CSV and the next fits it.

    A header has three names or more, each once. Instructions to readers may stand before it (formats/csv_records.py).
    """
    while lines and _INSTRUCTION.match(lines[0]):
        lines = lines[1:]
    if len(lines) < 2:
        return False
    for comma in (",", ";", "\t"):
        names = [name.strip().strip('"') for name in lines[0].lstrip("\ufeff").split(comma)]
        if (
            len(names) >= 3
            and len(set(names)) == len(names)
            and all(re.fullmatch(r"[A-Za-z_@][\w .()/@:-]{0,60}", n) for n in names)
        ):
            return lines[1].count(comma) >= len(names) - 1 or '"' in lines[1]  # a quoted cell may hold newlines
    return False


def is_python(text: str, path: str) -> bool:
    """Return whether a text is Python source.

    It says so (a first line, a name), or it reads as Python and has what only Python has.
    """
    if _SHEBANG.match(text):
        return True
    if path.endswith((".py", ".pyi", ".pyw")):
        return True
    if not _PYTHON.search(text):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of invalid escapes and the like, in a stranger's text
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def is_requirements(lines: list[str], path: str) -> bool:
    """Return whether a text is a list of requirements.

    Each line is one, and versions or the name say so.
    """
    if not all(len(line) <= LONGEST and _REQUIREMENT.fullmatch(line.strip()) for line in lines):
        return False
    named = re.search(r"require|constraint", path.replace("\\", "/").rpartition("/")[2].lower()) is not None
    return named or any(re.search(r"[=~<>]=|--hash=", line) for line in lines)


def is_json_text(text: str) -> bool:
    """Return whether a whole text decodes as JSON."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
