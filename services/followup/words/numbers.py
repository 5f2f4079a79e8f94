"""Numbers as words, in Spanish and English, without accents."""

import re
from collections.abc import Mapping
from typing import Final

from services.followup.words.found import Language

_SPANISH: Final[Mapping[str, float]] = {
    "media": 0.5,
    "un": 1,
    "una": 1,
    "uno": 1,
    "primero": 1,
    "dos": 2,
    "un par de": 2,
    "tres": 3,
    "cuatro": 4,
    "cinco": 5,
    "seis": 6,
    "siete": 7,
    "ocho": 8,
    "nueve": 9,
    "diez": 10,
    "once": 11,
    "doce": 12,
    "trece": 13,
    "catorce": 14,
    "quince": 15,
    "dieciseis": 16,
    "diecisiete": 17,
    "dieciocho": 18,
    "diecinueve": 19,
    "veinte": 20,
    "veintiuno": 21,
    "veintiun": 21,
    "veintidos": 22,
    "veintitres": 23,
    "veinticuatro": 24,
    "veinticinco": 25,
    "treinta": 30,
    "cuarenta": 40,
    "cuarenta y cinco": 45,
    "cuarenta y ocho": 48,
    "cincuenta": 50,
    "sesenta": 60,
    "setenta y dos": 72,
    "noventa": 90,
}
_ENGLISH: Final[Mapping[str, float]] = {
    "half an": 0.5,
    "half a": 0.5,
    "a": 1,
    "an": 1,
    "the": 1,
    "one": 1,
    "two": 2,
    "a couple of": 2,
    "couple of": 2,
    "a couple": 2,
    "couple": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "twenty four": 24,
    "twenty-four": 24,
    "twenty five": 25,
    "twenty-five": 25,
    "thirty": 30,
    "forty": 40,
    "forty five": 45,
    "forty-five": 45,
    "forty eight": 48,
    "forty-eight": 48,
    "fifty": 50,
    "sixty": 60,
    "seventy two": 72,
    "seventy-two": 72,
    "ninety": 90,
}
_WORDS: Final[Mapping[Language, Mapping[str, float]]] = {"es": _SPANISH, "en": _ENGLISH}


def _pattern(words: Mapping[str, float]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return rf"(?:\d{{1,3}}|{'|'.join(word.replace(' ', ' +') for word in longest_first)})"


NUMBER: Final[Mapping[Language, str]] = {language: _pattern(words) for language, words in _WORDS.items()}
"""A pattern for an amount."""


def _hours(words: Mapping[str, float]) -> str:
    names = [word for word, value in words.items() if value in range(1, 13) and word not in _NO_HOURS]
    return rf"(?:\d{{1,2}}|{'|'.join(sorted(names, key=len, reverse=True))})"


_NO_HOURS: Final = frozenset(
    {"un", "uno", "primero", "un par de", "a", "an", "the", "a couple of", "couple of", "a couple", "couple"}
)
HOUR: Final[Mapping[Language, str]] = {language: _hours(words) for language, words in _WORDS.items()}
"""A pattern for the hour of a clock."""


def amount(text: str, language: Language) -> float:
    """The number that these figures or words stand for; they matched `NUMBER` or `HOUR`."""
    words = re.sub(r"\s+", " ", text.strip())
    return float(words) if words.isdigit() else _WORDS[language][words]
