"""What customers read: never empty, never with a blank unfilled; pages that show a customer's words and run nothing."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.followup.domain.parts import Resolution, evolve
from services.followup.domain.step_parts import LinkPurpose, Offer, Option, Summary, Survey
from services.followup.domain.templates import KEYS, filled, wrong_with
from services.followup.pages import HEADERS, Page
from services.followup.texts import load_texts
from shared.events.values import Money, Person
from tests.unit.followup_life import MONDAY, begun

TEXTS = load_texts()
EVIL = '<script>alert("x")</script>'
"""What must not run in anybody's browser."""


class TestTemplates:
    """The rules for a text."""

    def test_all_are_there_in_both_languages_and_forms(self) -> None:
        assert set(TEXTS) == set(KEYS)
        assert len(KEYS) % 4 == 0

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("  ", "is empty"),
            ("\u200b", "is empty"),
            ("x" * 2001 + "$when", "is longer than 2000 characters"),
            ("costs $5 $when", "holds a $ that begins no name; write $$ for a dollar"),
            ("$name $when", "names $name, which is not filled in here"),
            ("soon", "lacks $when"),
            ("by $when", None),
        ],
    )
    def test_one_that_would_not_be_whole_is_refused(self, text: str, reason: str | None) -> None:
        assert wrong_with("es.formal.promise", text) == reason

    def test_the_customer_s_form_of_address_is_kept(self) -> None:
        case = begun().case
        formal = filled(case, TEXTS, "page_summary")
        friend = evolve(case, complainant=Person(name="Eva", language="es", address_form="informal"))
        assert (formal, filled(friend, TEXTS, "page_summary")) == (
            "Así le hemos entendido. ¿Es así?",
            "Así te hemos entendido. ¿Es así?",
        )


def shown(purpose: LinkPurpose, **steps: Any) -> str:
    """The page for it."""
    return Page(begun().case.with_steps(**steps), TEXTS, "UTC").form(purpose)


class TestPages:
    """Plain, safe and in the customer's language."""

    def test_every_word_is_escaped(self) -> None:
        option = Option(id='"><b>', text=EVIL, recommended=True, why=EVIL, cost=Money(value=Decimal(1), currency="EUR"))
        offer = Offer(at=MONDAY, by="ana", options=(option, Option(id="b", text="B")), answer_by=MONDAY)
        survey = Survey(at=MONDAY, by="ana", purpose=EVIL, questions=(EVIL,))
        pages = [
            shown("summary", summary=Summary(at=MONDAY, by="ana", text=EVIL)),
            shown("solutions", offer=offer),
            shown("survey", survey=survey),
        ]
        assert not any("<script" in page or "<b>" in page for page in pages)
        assert all("&lt;script&gt;" in page for page in pages)

    def test_an_offer_says_until_when_and_what_is_advised(self) -> None:
        options = (Option(id="a", text="A"), Option(id="b", text="B", recommended=True, why="It is quick."))
        page = shown("solutions", offer=Offer(at=MONDAY, by="ana", options=options, answer_by=MONDAY + timedelta(1)))
        assert "Le recomendamos esta: It is quick." in page
        assert "martes 3 de marzo de 2026 a las 10:00" in page
        assert 'value="none"' in page
        open_ended = shown("solutions", offer=Offer(at=MONDAY, by="ana", options=options))
        assert "Puede pensarlo" not in open_ended

    def test_where_the_customers_zone_is_not_known_it_is_the_one_of_our_hours(self) -> None:
        offer = Offer(at=MONDAY, by="ana", options=(Option(id="a", text="A"),), answer_by=MONDAY + timedelta(1))
        case = begun(complainant=Person(name="Eva", language="es")).case.with_steps(offer=offer)
        assert "a las 10:00 (hora de Madrid)" in Page(case, TEXTS, "Europe/Madrid").form("solutions")

    def test_a_verification_shows_the_result(self) -> None:
        case = begun().case
        result = Resolution(
            at=MONDAY, by="ana", outcome="partly", text="Money\nis coming.", response_id="r", reasons="It was used.",
            next_step="The consumer board is open to you.",
        )  # fmt: skip
        page = Page(evolve(case, resolution=result), TEXTS, "UTC").form("verification")
        told = "Money<br>is coming.<br>It was used.<br>The consumer board is open to you."
        assert f"<blockquote>{told}</blockquote>" in page
        assert all(f'value="{answer}"' in page for answer in ("yes", "no", "declined"))

    @pytest.mark.parametrize("purpose", ["summary", "solutions", "verification", "survey"])
    def test_a_page_stands_also_where_there_is_nothing_to_show(self, purpose: LinkPurpose) -> None:
        assert shown(purpose).startswith('<!doctype html><html lang="es">')

    def test_a_page_loads_nothing_and_stands_in_no_frame(self) -> None:
        assert HEADERS["Content-Security-Policy"].startswith("default-src 'none'; form-action 'self';")
        page = Page(begun().case, TEXTS, "UTC").message("page_over")
        assert "http" not in page.replace("http-equiv", "")
        assert "7K3M-9Q2X" in page
