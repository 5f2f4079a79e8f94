"""A message in sentences: what is stated; what is asked is left out."""

import re
from collections.abc import Iterator
from typing import Final

from services.followup.words.plain import Plain

_MARK: Final = re.compile(r"[.!?;:]+|(?=[¿¡])|\n[ ]*\n|\n(?=[ ]*(?:[-*•]|\d+[.)])[ ])|\n")
_LAST_WORD: Final = re.compile(r"([a-zó]+)$")
_BEFORE_NAMES: Final = frozenset({"sr", "sra", "srta", "dr", "dra", "mr", "mrs", "ms", "ud", "uds", "num", "st", "no"})
"""A point behind one of these ends nothing."""
_SHORTENED: Final = frozenset(
    {
        "m",
        "h",
        "hs",
        "hrs",
        "hr",
        "min",
        "mins",
        "a",
        "p",
        "s",
        "aprox",
        "approx",
        "dpto",
        "tel",
        "jan",
        "feb",
        "mar",
        "apr",
        "aug",
        "sept",
        "sep",
        "oct",
        "nov",
        "dec",
        "mon",
        "tue",
        "tues",
        "wed",
        "thu",
        "thur",
        "thurs",
        "fri",
        "lun",
        "mie",
        "jue",
        "vie",
        "sab",
        "dom",
        "ene",
        "abr",
        "ago",
        "dic",
    }
)
"""A point behind one of these ends a sentence only where a capital letter follows."""
_SHORT_LINE: Final = 45
_TAG: Final = re.compile(
    r",\s*(?:ok|okay|vale|de acuerdo|alright|all right|right|deal|yes|sounds? good|is that (?:ok|okay|all right|fine)"
    r"|(?:te|le) parece(?: bien)?|esta bien|si|sí|correcto)\s*$"
)


def statements(message: str, read: Plain) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence that states something; of "I call you at four, okay?" what is before the tag."""
    text = read.text
    for start, end, closing in _sentences(message, read):
        if "?" not in closing and not text[start:end].lstrip().startswith("¿"):
            yield start, end
        elif not text[start:end].lstrip().startswith("¿") and (tag := _TAG.search(text, start, end)):
            yield start, tag.start()


def _sentences(message: str, read: Plain) -> Iterator[tuple[int, int, str]]:
    start = 0
    for match in _MARK.finditer(read.text):
        if _is_end(message, read, match, start):
            if read.text[start : match.start()].strip():
                yield start, match.start(), match[0]
            start = match.end()
    if read.text[start:].strip():
        yield start, len(read.text), ""


def _is_end(message: str, read: Plain, match: re.Match[str], start: int) -> bool:
    text, mark = read.text, match[0]
    following = text[match.end() : match.end() + 1]
    if mark == "\n":
        return match.start() - start < _SHORT_LINE and _capital_after(message, read, match.end())
    if mark == ".":
        return (not following or following.isspace() or following in "\")'") and not _shortened(message, read, match)
    return mark not in (":", ";") or not following or following.isspace()


def _shortened(message: str, read: Plain, match: re.Match[str]) -> bool:
    word = _LAST_WORD.search(read.text, max(0, match.start() - 12), match.start())
    if word is None:
        return False
    if word[1] in _BEFORE_NAMES:
        return True
    return word[1] in _SHORTENED and not _capital_after(message, read, match.end())


def _capital_after(message: str, read: Plain, place: int) -> bool:
    """Whether what follows begins with a capital letter; nothing at all counts as one."""
    rest = read.text[place : place + 40]
    first = len(rest) - len(rest.lstrip(" \n\"'(¡¿"))
    if first == len(rest):
        return True
    return message[read.places[place + first]].isupper()
