"""A message in a plain form that patterns can read: small letters, no accents, one kind of quote and dash.

Every character knows where it came from, so that what is found can be told in the message's own words. Two accents
stay, because they change the meaning: that of "sí" (yes; "si" is if) and of a last "ó" ("llamó" is he called; "llamo"
is I call).
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_ALIKE: Final = {
    "'": ("\u2018", "\u2019", "\u00b4", "`"),
    '"': ("\u201c", "\u201d", "\u201e"),
    "-": ("\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212"),
    " ": ("\u00a0", "\u202f", "\t", "\r"),
}
"""Quotes, dashes and blanks that people and their programs write for one of four."""
_SAME: Final = str.maketrans({other: one for one, others in _ALIKE.items() for other in others})
_TELLING: Final = re.compile(r"\bsí\b|ó\b")
_WORD: Final = re.compile(r"[a-zóí]+")


@dataclass(frozen=True, slots=True)
class Plain:
    """The plain text, and for each of its characters (and its end) the place in the message."""

    text: str
    places: tuple[int, ...]

    def told(self, message: str, start: int, end: int) -> str:
        """The message's own words for that part."""
        return message[self.places[start] : self.places[end]].strip(" \n\t,;:-")

    def respelled(self, spell: Callable[[str], str]) -> "Plain":
        """The same with every word spelled as `spell` says."""
        text, places, done = [], [], 0
        for word in _WORD.finditer(self.text):
            right = spell(word[0])
            if right == word[0]:
                continue
            start, end = word.span()
            text += [self.text[done:start], right]
            places += [*self.places[done:start], *[self.places[start]] * len(right)]
            done = end
        return Plain("".join([*text, self.text[done:]]), (*places, *self.places[done:]))

    def without(self, start: int, end: int) -> "Plain":
        """The same, blank between the two."""
        blank = re.sub(r"[^\n]", " ", self.text[start:end])
        return Plain(self.text[:start] + blank + self.text[end:], self.places)


def plain(message: str) -> Plain:
    """The message in its plain form."""
    composed = unicodedata.normalize("NFC", message)
    if len(composed) != len(message):
        return _mapped(message, message.translate(_SAME).lower())
    return _mapped(message, composed.translate(_SAME).lower())


def _mapped(message: str, small: str) -> Plain:
    if len(small) != len(message):  # a letter that is longer when small; its place would be lost
        small = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in message.translate(_SAME))
    kept = {place for match in _TELLING.finditer(small) for place in range(*match.span())}
    text, places = [], []
    for place, letter in enumerate(small):
        bare = letter if place in kept else _bare(letter)
        text.append(bare)
        places += [place] * len(bare)
    return Plain("".join(text), (*places, len(message)))


def _bare(letter: str) -> str:
    if letter.isascii():
        return letter
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
