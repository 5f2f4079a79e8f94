"""What follow-up would say about Ana's complaint, beside the promises."""

from decimal import Decimal
from typing import Final

from shared.events.envelope import Payload
from shared.events.examples.routing import DEADLINES, LAW
from shared.events.examples.story import AGENT, MANAGER, NUMBER, PROMISE, RESPONSE, at
from shared.events.followup import (
    CompensationApproved,
    CompensationRefused,
    CompensationRequested,
    ComplaintAcknowledged,
    ComplaintClosed,
    ComplaintReopened,
    ComplaintResolved,
    ComplaintResumed,
    ComplaintVerified,
    ComplaintWaiting,
    DeadlineCorrected,
    DeadlineMoved,
    DeadlineOverdue,
    DeadlineWarned,
    FactsAsked,
    FactsGiven,
    RemedySoughtStated,
    ResponseSent,
    SolutionChosen,
    SolutionProposed,
    SummaryConfirmed,
    SummarySent,
)
from shared.events.steps import ReplyRead, SurveyAnswered, SurveyAsked
from shared.events.values import Evidence, Money, RemedySought

AMOUNT: Final = Money(value=Decimal("10.00"), currency="EUR")
REFUND: Final = RemedySought(kind="refund", words="The second 49.90 back, and an apology.")

EXAMPLES: Final[tuple[Payload, ...]] = (
    ComplaintAcknowledged(
        text=f"Estimada Ana Ruiz: tenemos su reclamación {NUMBER}. Una persona le responderá hoy antes de las 14:00.",
        language="es",
        promise_id=PROMISE,
    ),
    ResponseSent(
        response_id=RESPONSE,
        by=AGENT,
        channel="email",
        text="Estimada Ana Ruiz: hemos encontrado el segundo cargo y ya lo hemos reclamado al banco.",
        apology=True,
        occurred_at=at(9, 49),
        external_reference="<20260302.0949@example.org>",
        is_first=True,
        elapsed_seconds=4140.0,
        business_seconds=4140.0,
        within_target=True,
        holding=True,
        reasons="The bank needs ten days to give it back.",
    ),
    DeadlineWarned(clock="legal", deadline=LAW.due, age_seconds=1_900_000.0, rule=LAW.rule, term=LAW.term),
    DeadlineOverdue(clock="legal", deadline=LAW.due, age_seconds=2_566_800.0, rule=LAW.rule, term=LAW.term),
    DeadlineMoved(clock="next_response", deadline=at(15, 0), before=at(12, 40), why="its hours changed"),
    DeadlineCorrected(
        clock="legal",
        deadline=LAW.due,
        why="what the law wants had been done in time",
        rule=LAW.rule,
        term=LAW.term,
    ),
    FactsAsked(by=AGENT, facts=("card_last_digits", "charged_on"), again=("charged_on",)),
    FactsGiven(by=AGENT, facts={"card_last_digits": "4417", "charged_on": "2026-03-01"}),
    RemedySoughtStated(by=AGENT, remedy=REFUND),
    SummarySent(by=AGENT, text="You were charged 49.90 twice on 1 March and want the second charge back."),
    SummaryConfirmed(confirmed=False, correction="It was on 27 February.", by=AGENT),
    SolutionProposed(
        by=AGENT,
        options=("Refund to the card within five days", "Credit in the shop today"),
        recommended="Refund to the card within five days",
        why="It is what was asked for.",
        grants_remedy_sought=True,
        answer_by=at(17, day=4),
    ),
    SolutionChosen(option="Refund to the card within five days", by=AGENT),
    CompensationRequested(by=AGENT, amount=AMOUNT, why="She called three times."),
    CompensationApproved(by=MANAGER, amount=AMOUNT),
    CompensationRefused(by=MANAGER, amount=AMOUNT, why="The bank pays for the calls."),
    ComplaintWaiting(by=AGENT, waiting_for="customer", until=at(9, day=5)),
    ComplaintResumed(by=AGENT, why="command"),
    ComplaintResolved(
        by=AGENT,
        outcome="upheld",
        text="The second charge is back on your card. We are sorry.",
        remedy_given=REFUND,
        remedy_match="granted",
        reasons="Our terminal sent the payment twice.",
        next_step="The terminal is being replaced.",
        apology=True,
        elapsed_seconds=181_200.0,
    ),
    ComplaintVerified(
        answer="yes",
        via="call",
        by=AGENT,
        evidence=Evidence(type="call", reference="pbx-77412", occurred_at=at(10, day=5)),
        satisfaction=4,
        comment="In the end it was quick.",
    ),
    ComplaintReopened(by=AGENT, reason="not_solved", cycle=2, started_at=at(9), deadlines=DEADLINES),
    ComplaintClosed(by=AGENT, verification="verified"),
    ReplyRead(
        message_id="019cadd5-1f00-7a3b-8e11-2b7c6d5e4f30",
        reading="new_fact",
        why="it tells something: 'I found'",
        by=AGENT,
        before="thanks",
    ),
    SurveyAsked(
        by=AGENT,
        purpose="So that nobody has to call us three times.",
        questions=("Was it solved?", "What should we change?"),
    ),
    SurveyAnswered(
        result="answered",
        answers=("No", "Answer the telephone."),
        problem="The parcel is still missing.",
        never_again=True,
    ),
)
