"""What is known of the customer holds from when it is known, and only of the customer whose complaint it is."""

from typing import Any

import pytest

from services.followup.domain.parts import evolve
from services.followup.domain.refusals import SurveyRefused
from services.followup.domain.surveys import AskSurvey, ask_survey
from shared.events.intake import ComplaintRematched, CustomerChanged
from shared.events.values import CustomerFacts, Person
from tests.unit.followup_life import Life, received, triaged

EVA = Person(name="Eva Ruiz", email="eva@example.org", language="es", time_zone="Europe/Madrid")


def told(customer: CustomerFacts | None = None, **changes: Any) -> Life:
    """A complaint of Eva's that nobody has acknowledged."""
    life = Life()
    life.hear(received(complainant=EVA, customer_id="c-1", customer=customer, **changes))
    return life


def changes(life: Life, customer_id: str = "c-1", *, represented: bool = False, **facts: Any) -> Life:
    """Something else is known of the customer."""
    life.hear(CustomerChanged(customer_id=customer_id, customer=CustomerFacts(**facts), represented=represented))
    return life


class TestChanged:
    """The customer wants it otherwise."""

    def test_what_is_said_to_them_afterwards_goes_by_it(self) -> None:
        life = changes(told(), language="en", address_form="informal", time_zone="America/Lima")
        life.hear(triaged())
        acknowledged = life.last("complaint.acknowledged")
        assert acknowledged.language == "en"
        assert acknowledged.text.startswith("Hello Eva Ruiz,")
        assert "Lima time" in acknowledged.text

    def test_what_did_not_change_is_as_the_complaint_says(self) -> None:
        life = changes(told(CustomerFacts(language="en")), language="en", survey=False)
        assert life.case.complainant.language == "es"

    def test_what_they_say_no_more_is_as_the_complaint_says(self) -> None:
        life = changes(told(CustomerFacts(language="es", address_form="informal")), language="en")
        assert (life.case.complainant.language, life.case.complainant.address_form) == ("en", None)
        assert changes(life, survey=False).case.complainant.language == "es"
        said = Person(name="Eva Ruiz", language="fr")
        life.hear(ComplaintRematched(customer_id="c-2", before="c-1", by="ben", complainant=said))
        changes(life, "c-2", language="en")
        assert changes(life, "c-2").case.complainant.language == "fr"

    def test_who_does_not_want_to_be_asked_is_not_from_then_on(self) -> None:
        life = changes(told(), survey=False)
        life.known = evolve(life.case, status="closed")
        ask = AskSurvey(by="ana", purpose="To learn.", questions=("Well?",))
        with pytest.raises(SurveyRefused):
            life.do(ask_survey, ask)
        assert changes(life, survey=True).do(ask_survey, ask).at == life.now

    def test_who_speaks_for_them_is_addressed_as_before(self) -> None:
        life = changes(told(), represented=True, language="en", survey=False)
        assert (life.case.complainant, life.case.steps.customer.survey) == (EVA, False)

    def test_what_is_known_of_somebody_else_says_nothing(self) -> None:
        life = told()
        before = life.case
        after = changes(life, "c-2", language="en").case
        assert (after.complainant, after.steps.customer) == (before.complainant, before.steps.customer)

    def test_what_they_buy_is_not_forgotten_by_it(self) -> None:
        life = changes(told(CustomerFacts(expected_yearly_purchases=240)), survey=False)
        assert life.case.steps.customer.expected_yearly_purchases == 240
        assert changes(life, expected_yearly_purchases=0).case.steps.customer.expected_yearly_purchases == 0


class TestRematched:
    """It is another customer's."""

    def test_nothing_that_was_known_of_the_first_one_is_left(self) -> None:
        life = told(CustomerFacts(address_form="informal", survey=False, expected_yearly_purchases=9))
        assert life.case.complainant.address_form == "informal"
        theirs = CustomerFacts(language="en", time_zone="America/Lima")
        life.hear(ComplaintRematched(customer_id="c-2", before="c-1", by="ben", customer=theirs, complainant=EVA))
        assert (life.case.steps.customer, life.case.complainant) == (theirs, EVA)

    def test_as_said_before_it_told_of_whom(self) -> None:
        life = told(CustomerFacts(address_form="informal", survey=False))
        life.hear(ComplaintRematched(customer_id="c-2", before="c-1", by="ben"))
        assert (life.case.steps.customer, life.case.complainant.name) == (CustomerFacts(), "Eva Ruiz")

    def test_who_speaks_for_the_new_one_is_addressed_as_they_say(self) -> None:
        life = told()
        theirs = CustomerFacts(address_form="informal")
        said = ComplaintRematched(customer_id="c-2", by="ben", customer=theirs, complainant=EVA, represented=True)
        life.hear(said)
        assert life.case.complainant == EVA
