"""Finding the words of a table in what a customer wrote: case, accents and punctuation make no difference."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

READ_AT_MOST: Final = 20_000
"""Characters of a text that are read for its words; a complaint says what it is about before that."""

_WORD: Final = re.compile(r"[a-z0-9]+")


def tokens(text: str) -> list[str]:
    """The words of a text, small and without accents, in order."""
    text = text[:READ_AT_MOST].casefold()
    if not text.isascii():
        text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return _WORD.findall(text)


class _Step(NamedTuple):
    """One word of a phrase; `stem` stands for every word that begins so."""

    word: str
    stem: bool

    def fits(self, token: str) -> bool:
        return token.startswith(self.word) if self.stem else token == self.word


class _Phrase(NamedTuple):
    tag: str
    words: str
    steps: tuple[_Step, ...]


def _steps(phrase: str) -> tuple[_Step, ...]:
    steps: list[_Step] = []
    for written in phrase.split():
        words = tokens(written)
        steps += [_Step(word, stem=False) for word in words[:-1]]
        steps += [_Step(word, stem=written.endswith("*")) for word in words[-1:]]
    return tuple(steps)


class Lexicon:
    """Phrases under tags. A word that ends in `*` stands for all that begin with it (`refund*`: refunds, refunded)."""

    def __init__(self, table: Mapping[str, Iterable[str]]) -> None:
        self._exact: defaultdict[str, list[_Phrase]] = defaultdict(list)
        self._stems: defaultdict[str, list[_Phrase]] = defaultdict(list)
        for tag, phrases in table.items():
            for words in phrases:
                self._add(_Phrase(tag, words, _steps(words)))
        self._lengths = sorted({len(stem) for stem in self._stems})

    def _add(self, phrase: _Phrase) -> None:
        if not phrase.steps:
            raise ValueError(f"{phrase.tag}: {phrase.words!r} holds no word")
        first = phrase.steps[0]
        (self._stems if first.stem else self._exact)[first.word].append(phrase)

    def find(self, said: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """By tag, the phrases that occur in these words; each once, in the order in which they are said."""
        found: dict[str, dict[str, None]] = {}
        for start, token in enumerate(said):
            for phrase in self._beginning_with(token):
                if self._goes_on(phrase, said, start):
                    found.setdefault(phrase.tag, {})[phrase.words] = None
        return {tag: tuple(phrases) for tag, phrases in found.items()}

    def _beginning_with(self, token: str) -> Iterable[_Phrase]:
        yield from self._exact.get(token, ())
        for length in self._lengths:
            if length <= len(token):
                yield from self._stems.get(token[:length], ())

    @staticmethod
    def _goes_on(phrase: _Phrase, said: Sequence[str], start: int) -> bool:
        words = said[start : start + len(phrase.steps)]
        return len(words) == len(phrase.steps) and all(
            step.fits(word) for step, word in zip(phrase.steps, words, strict=True)
        )
