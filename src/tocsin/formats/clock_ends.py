"""The first and last of a column of times in ISO 8601, without reading each: texts of one form are in their order."""

from collections.abc import Sequence

from tocsin.formats import clock

MAX_FORMS = 16  # of one column; more are no column of times
_FORM = str.maketrans("123456789", "000000000")
_WHOLE = "0000-00-00T00:00:00"

End = tuple[str, int, int]  # how it was written, microseconds, and the place in the column


def ends(texts: Sequence[str], places: Sequence[int], behind: str = "") -> Sequence[End] | None:
    """Return the first and last of times, for each form in which they are written.

    None where that cannot be told.

    `places` are those of the texts; `behind` is read behind each.
    """
    forms: dict[str, list[int]] = {}
    if len(set(map(len, texts))) == 1 and "".join(texts).translate(_FORM) == texts[0].translate(_FORM) * len(texts):
        forms[texts[0].translate(_FORM)] = list(range(len(texts)))
    else:
        for row, text in enumerate(texts):
            forms.setdefault(text.translate(_FORM), []).append(row)
    if len(forms) > MAX_FORMS or not all(map(_is_ordered, forms)):
        return None
    found: list[End] = []
    for rows in forms.values():
        pair = (min(rows, key=texts.__getitem__), max(rows, key=lambda row: (texts[row], row)))
        read = clock.read("iso", [texts[row] + behind for row in pair])
        for row, micros, written in zip(pair, read.micros, read.written, strict=True):
            if micros is None or written is None:
                return None
            found.append((written, micros, places[row]))
    return found


def _is_ordered(form: str) -> bool:
    """Return whether texts of a form are in the order of time: the same clock, down to microseconds."""
    return form[:19].replace(" ", "T") == _WHOLE and form[19:].strip(".0") in {"", "Z"} and len(form) <= 27
