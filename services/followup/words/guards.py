"""What shows that a sentence gives nobody's word: it is denied, doubted, past, on a condition, or somebody else's."""

import re
from dataclasses import dataclass
from functools import cached_property

from services.followup.words.commitments import Commitment, Grammar
from services.followup.words.pieces import Spoken


@dataclass(frozen=True)
class Sentence:
    """A sentence of the plain text, as the guards read it."""

    text: str
    start: int
    end: int
    grammar: Grammar

    @cached_property
    def bare(self) -> str:
        """All of the text up to the sentence's end, without phrases that only look like a denial or a condition."""
        said = self.grammar.harmless.sub(lambda match: " " * len(match[0]), self.text[self.start : self.end])
        return " " * self.start + said

    @cached_property
    def spoiled(self) -> bool:
        """Whether something in it spoils all of it."""
        return bool(self.grammar.spoils.search(self.bare, self.start))


def is_given(one: Commitment, time: Spoken, sentence: Sentence) -> bool:
    """Whether the commitment is one: stated, meant, ahead of us and on no condition."""
    if sentence.spoiled or time.spoiled or time.runs_from:
        return False
    return not (_denied(one, sentence) or _past(one, sentence) or _conditional(one, time, sentence))


def _denied(one: Commitment, sentence: Sentence) -> bool:
    """A "no" or a "maybe" between the last comma and the verb."""
    borders = [match.end() for match in sentence.grammar.border.finditer(sentence.bare, sentence.start, one.start)]
    return bool(sentence.grammar.denial.search(sentence.bare, borders[-1] if borders else sentence.start, one.end))


def _past(one: Commitment, sentence: Sentence) -> bool:
    """Words that may be of the past, beside others that are, and none that look ahead."""
    if not one.doubt or sentence.grammar.coming.search(sentence.bare, sentence.start):
        return False
    return one.doubt == "bare" or bool(sentence.grammar.told_past.search(sentence.bare, sentence.start))


def _stands_alone(time: Spoken, condition: re.Match[str], sentence: Sentence) -> bool:
    """The time holds whatever happens: "on Friday, when it comes", "as soon as it comes, by Friday at the latest"."""
    if time.end <= condition.start():
        return True
    if not (time.latest or time.pieces[0].marker == "by"):
        return False
    return bool(sentence.grammar.border.search(sentence.bare, condition.end(), time.start))


def _conditional(one: Commitment, time: Spoken, sentence: Sentence) -> bool:
    """On a condition, or in return for something: "send us the form and we will pay"."""
    for match in sentence.grammar.condition.finditer(sentence.bare, sentence.start):
        said = match.groupdict()
        if said.get("embedded") and one.kind in ("answer", "update") and match.start() >= one.end:
            continue
        if not (said.get("when") and match.start() >= one.end and _stands_alone(time, match, sentence)):
            return True
    order = sentence.grammar.order.match(sentence.bare, sentence.start)
    return order is not None and bool(sentence.grammar.joined.search(sentence.bare, order.end(), one.start))
