"""What is told of a promise: the message's own words, its kind; and what in a message is not its writer's word."""

from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from services.followup.words import find
from services.followup.words.commitments import verbs
from services.followup.words.finding import GRAMMARS, MOST
from shared.events.vocabulary import PromiseKind

MADRID = ZoneInfo("Europe/Madrid")
MONDAY = datetime.fromisoformat("2026-03-02T09:30:00+01:00")


def told(text: str) -> list[str]:
    return [one.words for one in find(text, at=MONDAY, zone=MADRID)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hi Tom, I\u2019ll call you — tomorrow at FOUR — about it.", "I\u2019ll call you — tomorrow at FOUR"),
        ("Sr. Gil: mañana, a las 10 h., le llamo.", "mañana, a las 10 h., le llamo"),
        ("No se preocupe: El Reembolso se le abonará el día 15, prometido.", "El Reembolso se le abonará el día 15"),
        ("Te   llamo\nmañana a las 10", "Te   llamo\nmañana a las 10"),
        ("te llamo el juebes, ¿vale?", "te llamo el juebes"),
        ("You'll have it by Friday at the very latest.", "You'll have it by Friday at the very latest"),
        ("Le llamo man\u0303ana a las 10", "Le llamo man\u0303ana a las 10"),  # decomposed, as some machines type it
        ("İ. I'll call you tomorrow.", "I'll call you tomorrow"),
    ],
)
def test_the_words_are_those_of_the_message(text: str, words: str) -> None:
    assert told(text) == [words]


def test_each_promise_of_a_message_has_its_own_words_and_time() -> None:
    text = "Mañana a las diez te llamo, el viernes te enviamos la pieza y el lunes pasará el técnico."
    found = find(text, at=MONDAY, zone=MADRID)
    assert [(one.words, one.kind, one.due.day) for one in found] == [
        ("Mañana a las diez te llamo", "callback", 3),
        ("el viernes te enviamos la pieza", "delivery", 6),
        ("el lunes pasará el técnico", "visit", 9),
    ]


def test_a_day_and_an_hour_on_both_sides_of_the_verb_are_one_time() -> None:
    (found,) = find("El jueves le llamo a las cuatro.", at=MONDAY, zone=MADRID)
    assert found.due.isoformat() == "2026-03-05T16:00:00+01:00"


def test_the_same_promise_said_twice_is_one() -> None:
    assert told("I'll call you tomorrow. I'll call you tomorrow.") == ["I'll call you tomorrow"]


def test_there_is_an_end_to_what_is_found() -> None:
    days = (f"I will pay you €{n} on {n} April at {hour}:00." for n in range(1, 29) for hour in (9, 10))
    assert len(told(" ".join(days))) == MOST


QUOTED = {
    "marked lines": "Sorry.\n> I will pay on Friday.\n>> We'll call you tomorrow.",
    "under a header": "Sorry.\n\nOn Mon, 2 Mar 2026 at 09:02, Jo <jo@example.org> wrote:\nI will pay on Friday.",
    "under a Spanish header": "Lo siento.\n\nEl lun, 2 mar 2026 a las 9:02, Jo escribió:\nTe llamo mañana.",
    "forwarded": "Sorry.\n-----Original Message-----\nWe'll call you tomorrow.",
    "forwarded by Outlook": "Lo siento.\nDe: Jo\nEnviado: lunes\nPara: Ana\nTe llamo mañana a las 10.",
    "behind dashes": "Sorry.\n-- \nSam\nWe will answer you on Monday.",
    "behind a sign-off": "Sorry.\nKind regards,\nSam Green\nWe will answer you on Monday.",
    "behind a Spanish sign-off": "Lo siento.\nUn saludo,\nAna de la Fuente\nLe responderemos el lunes.",
    "in quotation marks": "You wrote \u201cwe'll call you tomorrow at ten\u201d.",
    "in angle quotes": "Usted escribió «te llamo mañana a las diez».",
    "asked": "¿Te llamo mañana? Shall we call you tomorrow?",
}


@pytest.mark.parametrize("text", QUOTED.values(), ids=QUOTED.keys())
def test_what_is_not_the_writers_own_word_promises_nothing(text: str) -> None:
    assert told(text) == []


def test_an_answer_above_below_and_after_what_it_quotes_is_read() -> None:
    above = "I'll call you at 3.\n\nOn Mon, 2 Mar 2026, Jo wrote:\n> call me at 5"
    below = "On Mon, 2 Mar 2026, Jo wrote:\n> call me at 5\n\nI'll call you at 3.\n"
    after = "Sorry.\nBest,\nSam\n\nPS: I'll call you at 3."
    assert told(above) == told(below) == told(after) == ["I'll call you at 3"]


def test_thanks_at_the_head_is_no_sign_off() -> None:
    assert told("Thanks,\nI'll call you at 3.") == told("Gracias.\nI'll call you at 3.") == ["I'll call you at 3"]


def test_both_languages_in_one_message_are_read() -> None:
    text = (
        "Hola, le llamamos mañana a las 10 para explicárselo.\n\nHello, we will call you tomorrow at 10 to explain it."
    )
    assert len({one.words for one in find(text, at=MONDAY, zone=MADRID)}) == 2


def test_the_kinds_are_those_of_the_ledger() -> None:
    kinds = {kind for grammar in GRAMMARS.values() for kind, _ in grammar.nouns}
    kinds |= {way.kind for grammar in GRAMMARS.values() for way in grammar.ways if way.kind}
    assert kinds <= set(get_args(PromiseKind))
    assert verbs([("visit", True, ["come"])]) == "(?:(?P<visit_moves>(?:come)))"
