"""What in a message is not the writer's own word now: quoted mail, a signature, what somebody is quoted as saying."""

import re
from typing import Final

from services.followup.words.plain import Plain

_QUOTED_LINE: Final = re.compile(r"^[ ]*>.*$", re.MULTILINE)
_HEADER: Final = re.compile(
    r"^[ ]*(?:on\b[^\n]{4,120}(?:\n[^\n]{0,80})?\bwrote:|(?:el"
    r"|en)\b[^\n]{4,120}(?:\n[^\n]{0,80})?\bescrib(?:io|ió):)[ ]*$",
    re.MULTILINE,
)
_FORWARDED: Final = re.compile(
    r"^[ ]*(?:-{2,}[ ]*(?:original message|mensaje original|forwarded message|mensaje reenviado)"
    r"|(?:from|de):[^\n]+\n(?:(?:sent|date|enviado|fecha|to|para)\b[^\n]*:))",
    re.MULTILINE,
)
_DASHES: Final = re.compile(r"^[ ]*(?:--|__+)[ ]*$", re.MULTILINE)
_SIGN_OFF: Final = re.compile(
    r"^[ ]{0,9}(?:(?:with )?(?:(?:kind(?:est)?|best|warm(?:est)?|many)[ ])?(?:regards|wishes|thanks)"
    r"|best|sincerely|cheers"
    r"|yours(?: sincerely| faithfully| truly)?|thank you|respectfully"
    r"|(?:(?:recib[ae] )?un )?(?:muy )?(?:cordial(?:es)? |afectuoso )?saludos?(?: cordial(?:es)?| atentos?)?"
    r"|atentamente|atte|cordialmente|un (?:fuerte )?abrazo|(?:muchas )?gracias(?: y (?:un )?saludos?)?)"
    r"[ ]?[,.!]?[ ]{0,9}\n"
    r"(?P<name>[ \n]{0,20}[^\n]+)",
    re.MULTILINE,
)
_POSTSCRIPT: Final = re.compile(r"^[ ]*(?:p\.?[ ]?[sd]\.?)[ ]*[:.]", re.MULTILINE)
_SPEECH: Final = re.compile(r'"[^"\n]*(?:\n[^"\n]+){0,3}"|«[^»]*»')
_PARTICLES: Final = frozenset({"de", "del", "la", "las", "los", "y", "and", "of", "da", "van", "von"})
_NAME_WORDS: Final = 5
_SPEECH_WORDS: Final = 3


def own_words(message: str, read: Plain) -> Plain:
    """The message with everything blank that its writer does not say now."""
    for match in _SPEECH.finditer(read.text):
        if len(match[0].split()) >= _SPEECH_WORDS:
            read = read.without(*match.span())
    read = _without_rest(read, _HEADER, beneath_is_marked=True)
    read = _without_rest(read, _FORWARDED)
    for match in _QUOTED_LINE.finditer(read.text):
        read = read.without(*match.span())
    read = _without_rest(read, _DASHES)
    for match in _SIGN_OFF.finditer(read.text):
        if _is_name(read.told(message, *match.span("name"))):
            return _blank_to_postscript(read, match.start())
    return read


def _without_rest(read: Plain, begin: re.Pattern[str], *, beneath_is_marked: bool = False) -> Plain:
    """Blank from where it begins to the end; of a mail that marks each quoted line, only the line above them."""
    match = begin.search(read.text)
    if match is None:
        return read
    if beneath_is_marked and read.text[match.end() :].lstrip().startswith(">"):
        return read.without(*match.span())
    return _blank_to_postscript(read, match.start())


def _blank_to_postscript(read: Plain, start: int) -> Plain:
    after = _POSTSCRIPT.search(read.text, start)
    return read.without(start, after.start() if after else len(read.text))


def _is_name(line: str) -> bool:
    words = line.split("\n", maxsplit=1)[0].replace(".", " ").split()
    named = [word for word in words if word.lower() not in _PARTICLES]
    return 0 < len(words) <= _NAME_WORDS and all(word[0].isupper() or not word[0].isalpha() for word in named)
