"""Step 2: facts are asked for once, whoever asks, and are kept as fields."""

import dataclasses

import pytest

from services.followup.domain.facts import AskFacts, FactsKnown, GiveFacts, ask_facts, give_facts, open_questions
from services.followup.domain.parts import evolve
from shared.decision import Invalid
from shared.events.reference import Policy
from tests.unit.followup_life import REFERENCE, WORLD, Life, assigned, begun

POLICY = Policy(name="p", targets=(), questions={"Defect": ("serial", "bought_on"), "billing": ("card",)})
ASKING = dataclasses.replace(WORLD, reference=dataclasses.replace(REFERENCE, policies={"default": POLICY}))


def asked(life: Life, *facts: str, by: str = "ana") -> FactsKnown:
    """Somebody asks the customer."""
    answer = life.do(ask_facts, AskFacts(by=by, facts=facts))
    assert isinstance(answer, FactsKnown)
    return answer


class TestKeyQuestions:
    """What the policy wants to know in this category."""

    def test_they_are_asked_when_no_fact_is_named(self) -> None:
        life = begun(ASKING)
        assert open_questions(life.case, ASKING) == ("serial", "bought_on")
        assert asked(life).open_questions == ()
        assert life.last("facts.asked").facts == ("serial", "bought_on")

    def test_what_the_customer_has_told_already_is_not_asked(self) -> None:
        life = begun(ASKING)
        life.do(give_facts, GiveFacts(facts={"Serial": "X1"}))
        asked(life)
        assert life.last("facts.asked").facts == ("bought_on",)

    def test_when_all_is_asked_nothing_is_left(self) -> None:
        life = begun(ASKING)
        asked(life)
        with pytest.raises(Invalid):
            asked(life)

    def test_other_categories_have_their_own(self) -> None:
        life = begun(ASKING)
        life.known = evolve(life.case, category="Billing")
        assert open_questions(life.case, ASKING) == ("card",)
        life.known = evolve(life.case, category=None)
        assert open_questions(life.case, ASKING) == ()


class TestAskedOnce:
    """Nobody tells the story twice."""

    def test_a_second_request_is_marked_also_by_another_owner(self) -> None:
        life = begun()
        assert asked(life, "serial").again == ()
        life.hear(assigned("ben"))
        assert asked(life, "SERIAL", "colour", by="ben").again == ("serial",)
        assert life.last("facts.asked").again == ("serial",)
        assert [(fact.name, fact.asked_times) for fact in life.case.facts] == [("serial", 2), ("colour", 1)]

    def test_a_fact_is_one_fact_however_it_is_written(self) -> None:
        life = begun()
        assert [fact.name for fact in asked(life, "model", "colour", "Model").facts] == ["Model", "colour"]
        life = begun()
        life.do(give_facts, GiveFacts(facts={"Serial": "X1"}))
        life.do(give_facts, GiveFacts(facts={"serial": "X2"}))
        assert [(fact.name, fact.value) for fact in life.case.facts] == [("Serial", "X2")]
