"""Finding the words of a table in what a customer wrote: case, accents and punctuation make no difference."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

READ_AT_MOST: Final = 20_000
"""Characters of a text that are read for its words; a complaint says what it is about before that."""

_REMEMBERED: Final = 50_000
"""Words for which a lexicon remembers what begins with them."""

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


@dataclass(frozen=True, eq=False, slots=True)
class _Phrase:
    """A phrase of the table; itself and no other, so that looking it up is quick."""

    tag: str
    words: str
    steps: tuple[_Step, ...]

    def goes_on(self, said: Sequence[str], start: int) -> bool:
        """Whether the words after `start`, which begins it, are the rest of the phrase."""
        if start + len(self.steps) > len(said):
            return False
        return all(self.steps[n].fits(said[start + n]) for n in range(1, len(self.steps)))


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
        self._known: dict[str, tuple[_Phrase, ...]] = {}

    def _add(self, phrase: _Phrase) -> None:
        if not phrase.steps:
            raise ValueError(f"{phrase.tag}: {phrase.words!r} holds no word")
        first = phrase.steps[0]
        (self._stems if first.stem else self._exact)[first.word].append(phrase)

    def find(self, said: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """By tag, the phrases that occur in these words; each once, in the order in which they are said."""
        found: dict[_Phrase, None] = {}
        for start, token in enumerate(said):
            for phrase in self._beginning_with(token):
                if phrase not in found and phrase.goes_on(said, start):
                    found[phrase] = None
        by_tag: dict[str, tuple[str, ...]] = {}
        for phrase in found:
            by_tag[phrase.tag] = (*by_tag.get(phrase.tag, ()), phrase.words)
        return by_tag

    def _beginning_with(self, token: str) -> tuple[_Phrase, ...]:
        """The phrases whose first word this is; remembered, since people use the same words."""
        known = self._known.get(token)
        if known is None:
            stems = [phrase for n in self._lengths if n <= len(token) for phrase in self._stems.get(token[:n], ())]
            known = (*self._exact.get(token, ()), *stems)
            if len(self._known) < _REMEMBERED:
                self._known[token] = known
        return known
