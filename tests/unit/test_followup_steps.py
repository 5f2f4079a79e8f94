"""Steps 4 and 5, and the links by which the customer answers."""

from datetime import timedelta
from typing import Any

import pytest

from services.followup.domain.links import IssueLink, Token, issue, link_of, telling, through, usable, waits
from services.followup.domain.parts import evolve
from services.followup.domain.refusals import Conflict, LinkUsed, OptionsMissing
from services.followup.domain.resolution import Verify, verify_by_link
from services.followup.domain.solutions import Choose, Propose, choose, propose
from services.followup.domain.step_parts import Option, Survey
from services.followup.domain.understanding import ConfirmSummary, SendSummary, confirm_summary, send_summary
from shared.decision import Invalid
from tests.unit.followup_life import DAY, HOUR, Life, begun
from tests.unit.test_followup_endings import resolved

SUMMARY = Token("a" * 64, "summary")
REFUND = Option(id="a", text="Your money back.", grants_remedy_sought=True)
VOUCHER = Option(id="b", text="A voucher.", recommended=True, why="It is there today.")
REPAIR = Option(id="c", text="A repair.")


def summarised(life: Life | None = None) -> Life:
    """Ana told the customer how she understood it, with a link to answer."""
    life = life or begun()
    life.do(telling(send_summary, SUMMARY), SendSummary(by="ana", text="The kettle leaks."))
    return life


def offered(*options: Option, **changes: Any) -> Life:
    """Ana made an offer."""
    life = begun()
    life.do(propose, Propose(by="ana", options=options or (REFUND,), **changes))
    return life


class TestSummary:
    """We repeat it; the customer says whether it is so."""

    def test_it_is_confirmed(self) -> None:
        life = summarised()
        assert life.case.status == "in_progress"
        life.do(confirm_summary, ConfirmSummary(by="ana", confirmed=True))
        assert life.types("summary") == ["summary.sent", "summary.confirmed"]
        assert life.case.steps.summary is not None
        assert life.case.steps.summary.confirmed

    def test_it_is_corrected_and_a_new_one_takes_its_place(self) -> None:
        life = summarised()
        answer = life.do(confirm_summary, ConfirmSummary(confirmed=False, correction="It is the lid."))
        assert (answer.confirmed, answer.correction) == (False, "It is the lid.")
        with pytest.raises(Conflict):
            life.do(confirm_summary, ConfirmSummary(by="ana", confirmed=True))
        life.do(send_summary, SendSummary(by="ana", text="The lid leaks."))
        assert life.case.steps.summary is not None
        assert life.case.steps.summary.confirmed is None

    def test_it_is_no_response(self) -> None:
        assert summarised().case.first_response() is None

    def test_confirmed_and_corrected_at_once_is_neither(self) -> None:
        with pytest.raises(Invalid):
            summarised().do(confirm_summary, ConfirmSummary(confirmed=True, correction="no"))

    def test_what_was_not_sent_is_not_confirmed(self) -> None:
        with pytest.raises(Conflict):
            begun().do(confirm_summary, ConfirmSummary(confirmed=True))

    def test_after_the_result_there_is_nothing_to_understand(self) -> None:
        with pytest.raises(Conflict):
            resolved().do(send_summary, SendSummary(by="ana", text="The kettle leaks."))
        with pytest.raises(Conflict):
            resolved(summarised()).do(confirm_summary, ConfirmSummary(confirmed=True))


class TestSolutions:
    """What was asked for, or alternatives."""

    def test_what_was_asked_for_needs_no_alternative(self) -> None:
        told = offered().last("solution.proposed")
        assert (told.options, told.recommended, told.grants_remedy_sought) == (("Your money back.",), None, True)

    def test_one_may_be_recommended_and_says_why(self) -> None:
        told = offered(VOUCHER, REPAIR).last("solution.proposed")
        assert (told.recommended, told.why) == ("A voucher.", "It is there today.")

    @pytest.mark.parametrize(
        "options",
        [
            (REPAIR,),
            (REPAIR, evolve(REPAIR, text="Another.")),
            (REPAIR, evolve(VOUCHER, id="none")),
            (VOUCHER, evolve(VOUCHER, id="d")),
            (REPAIR, evolve(VOUCHER, why=None)),
        ],
    )
    def test_what_is_no_fair_offer_is_refused(self, options: tuple[Option, ...]) -> None:
        with pytest.raises(Invalid):
            offered(*options)

    def test_there_is_time_to_think(self) -> None:
        with pytest.raises(Invalid):
            offered(answer_by=begun().now - HOUR)
        life = offered(answer_by=begun().now + DAY)
        life.at(life.now + 2 * DAY)
        with pytest.raises(Conflict):
            life.do(choose, Choose(option="a"))

    def test_the_choice_is_stored_and_none_is_one(self) -> None:
        life = offered(VOUCHER, REPAIR)
        assert life.do(choose, Choose(by="ana", option="c")).choice == "c"
        assert life.last("solution.chosen").option == "A repair."
        assert life.do(choose, Choose(option="none")).choice == "none"
        assert life.last("solution.chosen").option == "none"

    def test_a_choice_names_what_was_offered(self) -> None:
        with pytest.raises(OptionsMissing) as refusal:
            offered().do(choose, Choose(option="z"))
        assert refusal.value.facts == {"options": ["a"]}
        with pytest.raises(OptionsMissing):
            begun().do(choose, Choose(option="none"))

    def test_after_the_result_nothing_is_offered_or_chosen(self) -> None:
        life = resolved(offered())
        with pytest.raises(Conflict):
            life.do(propose, Propose(by="ana", options=(REFUND,)))
        with pytest.raises(Conflict):
            life.do(choose, Choose(option="a"))


class TestLinks:
    """For one purpose, once, for a while."""

    def test_one_answer_by_one_link(self) -> None:
        life = summarised()
        life.do(through(confirm_summary, SUMMARY), ConfirmSummary(confirmed=True))
        assert usable(life.case, SUMMARY.sha256, life.now) is None
        assert link_of(life.case, SUMMARY.sha256) is not None
        with pytest.raises(LinkUsed):
            life.do(through(confirm_summary, SUMMARY), ConfirmSummary(confirmed=True))

    def test_not_for_anything_else(self) -> None:
        life = resolved(summarised())
        life.do(issue, IssueLink(by="ana", sha256="b" * 64, purpose="verification"))
        ask = Verify(answer="yes", via="link")
        with pytest.raises(LinkUsed):
            life.do(through(verify_by_link, SUMMARY), ask)
        with pytest.raises(LinkUsed):
            life.do(through(verify_by_link, Token("b" * 64, "summary")), ask)
        assert life.do(through(verify_by_link, Token("b" * 64, "verification")), ask).via == "link"

    def test_not_after_its_time(self) -> None:
        life = summarised()
        life.at(life.now + timedelta(days=31))
        with pytest.raises(LinkUsed):
            life.do(through(confirm_summary, SUMMARY), ConfirmSummary(confirmed=True))

    def test_a_newer_one_ends_the_older_ones_of_its_purpose(self) -> None:
        life = summarised()
        answer = life.do(issue, IssueLink(by="ana", sha256="c" * 64, purpose="summary"))
        assert answer.purpose == "summary"
        assert usable(life.case, SUMMARY.sha256, life.now) is None
        assert usable(life.case, "c" * 64, life.now) is not None

    def test_an_offer_s_link_ends_with_the_offer(self) -> None:
        life = offered(answer_by=begun().now + DAY)
        answer = life.do(issue, IssueLink(by="ana", sha256="d" * 64, purpose="solutions"))
        assert answer.expires_at == life.now + DAY
        open_ended = offered()
        answer = open_ended.do(issue, IssueLink(by="ana", sha256="d" * 64, purpose="solutions"))
        assert answer.expires_at == open_ended.now + timedelta(days=30)

    def test_there_must_be_something_to_answer(self) -> None:
        with pytest.raises(Conflict):
            begun().do(issue, IssueLink(by="ana", sha256="e" * 64, purpose="survey"))
        life = begun()
        survey = Survey(at=life.now, by="ana", purpose="To learn.", questions=("Well?",))
        life.known = life.case.with_steps(survey=survey)
        assert waits(life.case, "survey")
