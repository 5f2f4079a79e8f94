"""How a customer's reply is read: as thanks, as a new fact, or as "it is not solved". Spanish and English.

What is not plainly one of the others is a new fact: a customer is rather heard once too often than overlooked.
A person can correct every reading.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from services.followup.domain import reply_words
from shared.events.vocabulary import Reading


class Read(NamedTuple):
    """The reading, and what was seen in the words."""

    reading: Reading
    why: str


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


_NOT_SOLVED: Final = _any_of(reply_words.NOT_SOLVED)
_THANKS: Final = _any_of(reply_words.THANKS)
_CONTENT: Final = re.compile(rf"{_any_of(reply_words.CONTENT).pattern}|[{reply_words.SIGNS}]")
_CONDITION: Final = re.compile(reply_words.CONDITION)
_QUOTED: Final = (
    re.compile(r"^[^\S\n]*>.*$", re.MULTILINE),
    re.compile(r"^[^\S\n]*(?:On|El)\b.{2,120}(?:\n.{0,80})?\b(?:wrote|escribió):[^\S\n]*$", re.MULTILINE),
    re.compile(r"^-+ ?(?:Original Message|Mensaje original) ?-+.*", re.MULTILINE | re.DOTALL),
)
"""What others wrote, and the line that says whose words they are."""
_SENTENCE_END: Final = re.compile(r"[.!?…]+")
_WORD: Final = re.compile(r"[^\W_]+")

NAME_WORDS: Final = 3
"""So many names may stand in a mere thanks: a name below it, such as "Eva Ruiz"."""
_SHOWN: Final = 80


def read_reply(text: str) -> Read:
    """How the reply is to be read, and why. Quoted lines and conditions ("if it fails again …") say nothing."""
    told = _own_words(text)
    own = _plain(told)
    if wrong := _NOT_SOLVED.search(_CONDITION.sub(" ", own)):
        return Read("not_solved", f"it says {_shown(wrong)}")
    thanks = _THANKS.search(own) or _CONTENT.search(own)
    if thanks is None:
        return Read("new_fact", "it neither thanks us nor says that it is not solved")
    if _says_more(_CONTENT.sub(" ", _THANKS.sub(" ", own)), _names(told)):
        return Read("new_fact", f"it says {_shown(thanks)}, and more")
    return Read("thanks", f"it says {_shown(thanks)}, and nothing more")


def _plain(text: str) -> str:
    """Small letters, straight apostrophes, single spaces; so the patterns stay readable."""
    return re.sub(r"[^\S\n]+", " ", text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))


def _own_words(text: str) -> str:
    for quoted in _QUOTED:
        text = quoted.sub("", text)
    return text


def _names(text: str) -> frozenset[str]:
    """Words that can be somebody's name, in small letters: with a capital letter that the sentence does not ask for.

    Of a sentence of nothing but such words ("Gracias. Eva Ruiz") all are; of a single word only in a line of its own.
    """
    found: list[str] = []
    for number, line in enumerate(text.splitlines()):
        sentences = [words for part in _SENTENCE_END.split(line) if (words := _capitals(part))]
        for words in sentences:
            alone = len(words) > 1 or (number > 0 and len(sentences) == 1)
            found += words if alone and all(words) else words[1:]
    return frozenset(word for word in found if word)


def _capitals(sentence: str) -> list[str]:
    """Its words in small letters, empty where they have no capital; none has where all letters are capitals."""
    shouted = sentence.isupper()
    return ["" if shouted or not word[0].isupper() else word.casefold() for word in _WORD.findall(sentence)]


def _says_more(rest: str, names: frozenset[str]) -> bool:
    """Whether anything is left that is neither a name nor a word that adds nothing."""
    unknown = [word for word in _WORD.findall(rest) if word not in reply_words.FILLER]
    return "?" in rest or len(unknown) > NAME_WORDS or not names.issuperset(unknown)


def _shown(found: re.Match[str]) -> str:
    return f'"{found.group()[:_SHOWN]}"'
