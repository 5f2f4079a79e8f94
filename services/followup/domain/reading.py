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
_QUOTED: Final = re.compile(r"^\s*>.*$", re.MULTILINE)
_WORD: Final = re.compile(r"[^\W_]+")

NAME_WORDS: Final = 3
"""So many unknown words may stand in a mere thanks: a name below it, such as "Eva Ruiz"."""
_SHOWN: Final = 80


def read_reply(text: str) -> Read:
    """How the reply is to be read, and why. Quoted lines and conditions ("if it fails again …") say nothing."""
    own = _plain(_QUOTED.sub("", text))
    if wrong := _NOT_SOLVED.search(_CONDITION.sub(" ", own)):
        return Read("not_solved", f"it says {_shown(wrong)}")
    thanks = _THANKS.search(own) or _CONTENT.search(own)
    if thanks is None:
        return Read("new_fact", "it neither thanks us nor says that it is not solved")
    if _says_more(_CONTENT.sub(" ", _THANKS.sub(" ", own))):
        return Read("new_fact", f"it says {_shown(thanks)}, and more")
    return Read("thanks", f"it says {_shown(thanks)}, and nothing more")


def _plain(text: str) -> str:
    """Small letters, straight apostrophes, single spaces; so the patterns stay readable."""
    return re.sub(r"[^\S\n]+", " ", text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))


def _says_more(rest: str) -> bool:
    unknown = [word for word in _WORD.findall(rest) if word not in reply_words.FILLER]
    return "?" in rest or len(unknown) > NAME_WORDS or any(word.isdigit() for word in unknown)


def _shown(found: re.Match[str]) -> str:
    return f'"{found.group()[:_SHOWN]}"'
