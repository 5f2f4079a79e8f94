"""What asks for something is no mere thanks, however politely it begins; what others wrote says nothing."""

import pytest

from services.followup.domain.reading import read_reply

ASKS = (
    "Thanks, call me tomorrow.",
    "Gracias, llámeme mañana.",
    "Gracias, falta el recambio.",
    "Thanks, wrong colour.",
    "Ok, it leaks.",
    "Ok but it leaks",
    "Thanks, refund missing",
    "Thanks, please refund me",
    "Thanks, where's my refund",
    "Refund, thanks",
    "¡Reembolso! Gracias",
    "THANKS, REFUND MISSING",
    "Thanks!\nCall me",
    "Thanks.\nRefund is missing",
    "Thanks\nCALL ME",
    "Thanks. Cancel.",
    "Gracias. El grifo gotea.",
    "Vale, quiero hablar con usted",
    "Gracias, quiero el reembolso",
    "Gracias, prefiero el cambio",
    "Gracias pero prefiero otra cita",
    "Thanks. I want compensation.",
    "Ok. I will sue you.",
    "Great, another broken kettle",
    "Thank you, I disagree",
    "Perfecto, cobrado dos veces",
    "Thanks, cancel my contract.",
    "Gracias, anulen mi contrato",
    "Muchas gracias. Mi nuevo teléfono: 600",
    "Thanks a lot, useless people",
)
NO_THANKS = (
    "Thank you for nothing",
    "Thanks for nothing, useless",
    "Gracias por nada",
    "Great, just great.",
    "You have never called",
    "Thanks, the kettle is not working",
)
THANKS = (
    "Thanks\n\nOn Mon, Ana wrote:\n> it leaks",
    "Gracias\n\nEl lun, 2 mar 2026 a las 10:00, Ana García <ana@example.org>\nescribió:\n\n> falta el recambio",
    "Thanks!\n-----Original Message-----\nFrom: Ana\nCall me tomorrow, the refund is missing.",
    "Problem solved, thanks Ana!",
    "Thanks, I received the refund today.",
    "Gracias\nEva Ruiz",
    "Thanks,\nTom\nSent from my iPhone",
    "Gracias, Ana. Un saludo, Eva Ruiz",
    "Quedo a la espera de su llamada. Gracias",
    "Ya me ha llegado el reembolso, gracias",
    "I've received my refund, thank you. Sent from my iPhone",
)


@pytest.mark.parametrize("text", ASKS)
def test_what_says_more_is_a_new_fact(text: str) -> None:
    assert read_reply(text).reading == "new_fact"


@pytest.mark.parametrize("text", NO_THANKS)
def test_thanks_for_nothing_are_none(text: str) -> None:
    assert read_reply(text).reading == "not_solved"


@pytest.mark.parametrize("text", THANKS)
def test_a_name_or_what_others_wrote_adds_nothing(text: str) -> None:
    assert read_reply(text).reading == "thanks"


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["\n" * 20_000, "On " * 7_000, "On \n" * 5_000, "> \n" * 7_000, "Ana. " * 4_000])
def test_no_reply_takes_long(text: str) -> None:
    assert read_reply(text).reading == "new_fact"
