"""Making and applying edits: one token of a line, one item of a list; nothing where it is not sure which."""

import re
from collections.abc import Iterable, Sequence

from tocsin.detect.lint.document import LONG_LINE, Text
from tocsin.detect.lint.remark import Edit

_COMMENT = re.compile(r"\s#")
_ITEM = re.compile(r"^(\s*)- ")


def swapped(text: Text, line: int, old: str, new: str) -> Edit | None:
    """Return the edit that puts `new` in place of the one `old` of a line.

    None where there is not just one.
    """
    now = text.line(line)
    if not old or len(now) > LONG_LINE or now.count(old) != 1:
        return None
    return Edit(line, line, (now.replace(old, new),))


def key_renamed(text: Text, line: int, old: str, new: str) -> Edit | None:
    """Return the edit that gives a key another name.

    None where the line does not begin with it.
    """
    found = re.match(rf"^(\s*(?:-\s+)*)([\"']?){re.escape(old)}\2(\s*:.*)$", text.line(line))
    return Edit(line, line, (f"{found[1]}{found[2]}{new}{found[2]}{found[3]}",)) if found else None


def value_set(text: Text, line: int, key: str, new: str) -> Edit | None:
    """Return the edit that gives a key another plain value on its line; comments stay."""
    head = rf"^(\s*(?:-\s+)*[\"']?{re.escape(key)}[\"']?\s*:\s+)"
    form = head + r"(\"[^\"\\]*\"|'[^']*'|[^\s\"'#&*!|>{\[][^#{}\[\]]*?)(\s+#.*|\s*)$"
    now = text.line(line)
    found = re.match(form, now) if len(now) <= LONG_LINE else None
    return Edit(line, line, (f"{found[1]}{new}{found[3]}",)) if found else None


def line_cut(text: Text, line: int) -> Edit | None:
    """Return the edit that takes away a line: a key with its value, or an item.

    None where a comment would go with it, or the value goes on below.
    """
    now = text.line(line)
    if not now.strip() or _COMMENT.search(now) or now.rstrip().endswith((":", "|", ">", "|-", ">-", "{", "[", ",")):
        return None
    indent = len(now) - len(now.lstrip())
    after = text.line(line + 1)
    if after.strip() and len(after) - len(after.lstrip()) > indent and not after.lstrip().startswith("#"):
        return None
    return Edit(line, line)


def item_cut(text: Text, line: int, value: str) -> Edit | None:
    """Return the edit that takes the last item of a value out of a list.

    The list may be in block or flow form.
    """
    now = text.line(line)
    if len(now) > LONG_LINE:
        return None
    if _ITEM.match(now):
        body = now.strip().removeprefix("- ").strip()
        if body.strip("'\"").replace("''", "'") == value or body == value:
            return line_cut(text, line)
        return None
    found = list(re.finditer(rf",\s*([\"']?){re.escape(value)}\1(?=\s*[,\]])", now))
    if not found or _COMMENT.search(now):
        return None
    last = found[-1]
    return Edit(line, line, (now[: last.start()] + now[last.end() :],))


def listed(text: Text, line: int, key: str) -> Edit | None:
    """Return the edit that makes a list of the one value beside a key."""
    found = re.match(rf"^(\s*)({re.escape(key)}\s*:)\s+([^\s\[{{|>&*!#].*)$", text.line(line))
    if not found or _COMMENT.search(found[3]):
        return None
    return Edit(line, line, (f"{found[1]}{found[2]}", f"{found[1]}    - {found[3].rstrip()}"))


def quoted(value: str) -> str:
    """Return a text in single quotes, as YAML reads it back."""
    return "'" + value.replace("'", "''") + "'"


def applied(raw: str, edits: Iterable[Edit]) -> tuple[str, list[Edit]]:
    """Return a text with edits applied, and those that were.

    Of two that touch the same line the first counts.
    """
    lines = raw.split("\n")
    taken: list[Edit] = []
    used: set[int] = set()
    for edit in edits:
        span = range(edit.first, edit.last + 1)
        if not 0 < edit.first <= edit.last <= len(lines) or any(line in used for line in span):
            continue
        used.update(span)
        taken.append(edit)
    for edit in sorted(taken, key=lambda one: -one.first):
        lines[edit.first - 1 : edit.last] = _ended(edit.lines, lines[edit.first - 1])
    return "\n".join(lines), taken


def _ended(new: Sequence[str], model: str) -> list[str]:
    return [f"{line}\r" if model.endswith("\r") else line for line in new]
