"""How complaints are read, in Spanish and English: the shipped tables as cases."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.routing.domain import words
from services.routing.domain.rules import Rules
from services.routing.domain.triage import Reading, read
from services.routing.domain.words import READ_AT_MOST, Lexicon, tokens
from tests.support.routing import RULES, complaint


def reading(**fields: Any) -> Reading:
    return read(complaint(**fields), RULES)


@pytest.mark.parametrize(
    ("fields", "category"),
    [
        ({"category": "Limpieza y medio ambiente"}, "cleaning"),
        ({"category": "limpieza"}, "cleaning"),
        ({"category": "service interruption"}, "service_interruption"),
        ({"category": "Something of our own"}, "Something of our own"),
        ({"kind": "treatment", "text": "my card was charged twice"}, "treatment"),
        ({"kind": "praise", "text": "thank you for the refund"}, "praise"),
        ({"product": "Credit card or prepaid card"}, "card"),
        ({"product": "Hipoteca"}, "loan"),
        ({"product": "Mortgage", "text": "I was charged a fee twice and want a refund"}, "billing"),
        ({"text": "Me han cobrado dos veces la factura, quiero el reembolso"}, "billing"),
        ({"text": "You charged me twice, I want my money back"}, "billing"),
        ({"text": "El paquete no ha llegado y nadie sabe dónde está el pedido"}, "delivery"),
        ({"text": "My parcel never arrived"}, "delivery"),
        ({"text": "La lavadora llegó rota y no funciona"}, "quality"),
        ({"text": "the kettle doesn't work"}, "quality"),
        ({"text": "Estamos sin luz desde anoche"}, "service_interruption"),
        ({"text": "Hay una farola fundida y un bache en la acera"}, "public_space"),
        ({"text": "Alguien robó mi cuenta: es una estafa, no reconozco el cargo"}, "fraud"),
        ({"text": "They have my personal data and there was a data breach"}, "privacy"),
        ({"text": "lorem ipsum"}, "general"),
        ({"subject": "Ruidos por la noche"}, "noise"),
    ],
)
def test_the_category_follows_the_tables(fields: dict[str, Any], category: str) -> None:
    assert reading(**fields).category == category


@pytest.mark.parametrize(
    ("fields", "severity", "priority"),
    [
        ({"text": "the kettle is broken"}, "medium", "normal"),
        ({"text": "La lavadora está rota, la necesito cuanto antes"}, "medium", "high"),
        ({"text": "broken, but no hurry"}, "medium", "low"),
        ({"text": "a small thing: a typo on the website"}, "low", "low"),
        ({"text": "una errata en la página web"}, "low", "low"),
        ({"text": "es una estafa"}, "high", "high"),
        ({"text": "foreclosure next week, urgent"}, "high", "urgent"),
        ({"kind": "suggestion", "text": "open on Sundays"}, "low", "low"),
        ({"kind": "question", "text": "I need to know by tomorrow"}, "low", "normal"),
        ({"kind": "suggestion", "signals": ["safety"]}, "high", "urgent"),
        ({"text": "Huele a gas en el portal"}, "high", "urgent"),
        ({"text": "the charger caught fire"}, "high", "urgent"),
        ({"text": "the kettle is broken", "signals": ["anger"]}, "medium", "high"),
        ({"text": "roto otra vez, estoy harta de esto"}, "medium", "high"),
        ({"text": "the kettle is broken", "signals": ["anger", "vulnerable"]}, "medium", "urgent"),
        ({"text": "broken and I am pregnant"}, "medium", "high"),
        ({"text": "broken", "contacts_before": 1}, "medium", "normal"),
        ({"text": "broken", "contacts_before": 2}, "medium", "high"),
        ({"text": "broken", "amount_at_stake": {"value": "1000", "currency": "EUR"}}, "medium", "high"),
        ({"text": "broken", "amount_at_stake": {"value": "999.99", "currency": "EUR"}}, "medium", "normal"),
        ({"text": "broken", "amount_at_stake": {"value": "999999", "currency": "XTS"}}, "medium", "normal"),
        ({"text": "estafa urgente", "signals": ["anger"], "contacts_before": 9}, "high", "urgent"),
        ({"category": "Something of our own"}, "medium", "normal"),
    ],
)
def test_severity_and_urgency_make_the_priority_which_other_things_raise(
    fields: dict[str, Any], severity: str, priority: str
) -> None:
    read_so = reading(**fields)
    assert (read_so.severity, read_so.priority) == (severity, priority)


@pytest.mark.parametrize(
    ("text", "treatment"),
    [
        ("He hung up on me and the agent didn't care", ("apathy", "brush_off")),
        ("Me colgaron y nadie contesta al teléfono", ("brush_off",)),
        ("Fue prepotente, como si fuera tonta", ("superiority",)),
        ("siempre la misma respuesta, como un robot", ("robotism",)),
        ("they said: those are the rules", ("rulebook",)),
        ("not my department, and they passed me on from one to another", ("evasion",)),
        ("rude and unfriendly", ("coldness",)),
        ("nothing of that kind", ()),
    ],
)
def test_how_the_customer_was_treated_is_found_in_their_words(text: str, treatment: tuple[str, ...]) -> None:
    assert reading(text=text).treatment == treatment


@pytest.mark.parametrize(
    ("fields", "language"),
    [
        ({"complainant": {"language": "es-ES"}, "text": "the card is broken"}, "es"),
        ({"complainant": {"language": "FR"}}, "fr"),
        ({"text": "La tarjeta no funciona desde ayer"}, "es"),
        ({"text": "¿Qué pasa?"}, "es"),
        ({"text": "The card has been broken for days"}, "en"),
        ({"text": "12345"}, "en"),
        ({"subject": None, "category": "x"}, "en"),
    ],
)
def test_the_language_is_the_one_given_else_the_one_of_the_words(fields: dict[str, Any], language: str) -> None:
    assert reading(**fields).language == language


def test_every_part_of_a_reading_says_why() -> None:
    why = reading(text="rude, broken", product="kettle").why
    starts = [line.split(" ")[0] for line in why]
    assert starts == ["category", "severity", "urgency", "priority", "treatment", "language"]


def test_a_table_without_languages_says_the_default() -> None:
    bare = Rules.model_validate({**RULES.model_dump(), "languages": {}})
    assert read(complaint(text="hola"), bare).language == "en"


def test_words_match_without_case_accents_and_punctuation() -> None:
    lexicon = Lexicon({"a": ["refund*", "can't wait"], "b": ["no ha llegado", "avería*"]})
    assert lexicon.find(tokens("REFUNDED! I can't... wait")) == {"a": ("refund*", "can't wait")}
    assert lexicon.find(tokens("No ha\nllegado; AVERIAS, averías")) == {"b": ("no ha llegado", "avería*")}
    assert lexicon.find(tokens("no ha")) == {}


def test_a_phrase_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="holds no word"):
        Lexicon({"a": ["..."]})


def test_only_the_beginning_of_a_huge_text_is_read() -> None:
    assert reading(text="x " * READ_AT_MOST + "fire").priority == "normal"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"matrix": {"high": {}}}, "the matrix needs"),
        ({"kinds": {"praise": "nowhere"}}, "not in the table"),
        ({"categories": {"praise": {}, "treatment": {}}}, "`general` is needed"),
    ],
)
def test_tables_that_are_not_whole_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Rules.model_validate({**RULES.model_dump(), **change})


def test_a_lexicon_remembers_no_more_words_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_REMEMBERED", 1)
    lexicon = Lexicon({"a": ["one", "two*"]})
    assert lexicon.find(["one", "twofold", "one", "twofold"]) == {"a": ("one", "two*")}
