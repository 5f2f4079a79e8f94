"""Money for a customer: within one's own limit at once, above it with somebody whose limit covers it.

A limit is an agent's own, else their role's in the case's policy; without one nothing is given alone. It is for all
that one case is granted, by whomever: what was approved before in that currency counts with it.
Beside the cost stands what keeping this customer is worth, so that nobody saves in the wrong place.
"""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Final

from services.followup.domain.asking import Ask, person
from services.followup.domain.case import Case
from services.followup.domain.parts import evolve
from services.followup.domain.refusals import Conflict, LimitTooLow, NotFound
from services.followup.domain.saying import say
from services.followup.domain.step_parts import Compensation
from services.followup.domain.world import World
from shared.decision import ComplaintFull, Decision, Invalid
from shared.events import Payload
from shared.events.followup import CompensationApproved, CompensationRefused, CompensationRequested
from shared.events.values import AgentId, LongText, Money

YEARS: Final = 5
MOST: Final = 100


class RequestCompensation(Ask):
    """Give the customer this much. `expected_yearly_purchases`: where it is known better than from the complaint."""

    adds: ClassVar[bool] = True

    compensation_id: str
    amount: Money
    why: LongText | None = None
    expected_yearly_purchases: int | None = None


class DecideCompensation(Ask):
    """Allowed or not; `compensation_id` None: the newest that waits."""

    approved: bool
    why: LongText | None = None
    compensation_id: str | None = None


class CompensationView(Compensation):
    """A compensation, and what stands beside its cost.

    `approver`: the nearest superior whose limit covers it and what was granted before, while it waits.
    `customer_value`: what the customer is expected to buy in five years; `new_customer_cost`: what winning another one
    costs. Both None where not known.
    """

    approver: AgentId | None = None
    customer_value: Money | None = None
    new_customer_cost: Money | None = None


def request_compensation(case: Case, ask: RequestCompensation, *, now: datetime, world: World) -> Decision[Case]:
    """Approved at once while all that the case is granted is within the limit of whoever asks; above it, it waits."""
    by = person(ask)
    if case.historical or case.status in ("withdrawn", "merged"):
        raise Conflict("nobody is compensated here")
    if ask.amount.value <= 0:
        raise Invalid("how much?", errors=[("amount.value", "must be more than nothing")])
    if len(case.steps.compensations) >= MOST:
        raise ComplaintFull(f"a case holds {MOST} compensations at most")
    asked = Compensation(id=ask.compensation_id, at=now, by=by, amount=ask.amount, why=ask.why)
    said: list[Payload] = [CompensationRequested(by=by, amount=ask.amount, why=ask.why)]
    if world.may_give(case, by, granted_with(case, asked)):
        asked = evolve(asked, status="approved", decided_at=now, decided_by=by)
        said.append(CompensationApproved(by=by, amount=ask.amount))
    if ask.expected_yearly_purchases is not None:
        known = evolve(case.steps.customer, expected_yearly_purchases=ask.expected_yearly_purchases)
        case = case.with_steps(customer=known)
    case = case.with_steps(compensations=(*case.steps.compensations, asked))
    decision = say(case, *said, now=now)
    return Decision(decision.state, decision.events, viewed(decision.state, asked, world))


def decide_compensation(case: Case, ask: DecideCompensation, *, now: datetime, world: World) -> Decision[Case]:
    """Allowed or refused by somebody whose limit covers it and what was granted before."""
    by = person(ask)
    asked = _waiting(case, ask.compensation_id)
    if by == asked.by or not world.may_give(case, by, granted_with(case, asked)):
        approver = approver_of(case, asked, world)
        raise LimitTooLow(f"{by} may not decide this; ask somebody whose limit covers it", approver=approver)
    payload: Payload = CompensationApproved(by=by, amount=asked.amount)
    if not ask.approved:
        payload = CompensationRefused(by=by, amount=asked.amount, why=ask.why)
    status = "approved" if ask.approved else "refused"
    decided = evolve(asked, status=status, decided_at=now, decided_by=by, decided_why=ask.why)
    all_ = tuple(decided if each.id == asked.id else each for each in case.steps.compensations)
    said = say(case.with_steps(compensations=all_), payload, now=now)
    return Decision(said.state, said.events, viewed(said.state, decided, world))


def _waiting(case: Case, compensation_id: str | None) -> Compensation:
    all_ = case.steps.compensations
    if compensation_id is not None:
        named = next((each for each in all_ if each.id == compensation_id), None)
        if named is None:
            raise NotFound(f"this complaint has no compensation {compensation_id}")
        all_ = (named,)
    waiting = [each for each in all_ if each.status == "requested"]
    if not waiting:
        raise Conflict("no compensation waits for a decision")
    return waiting[-1]


def granted_with(case: Case, asked: Compensation) -> Money:
    """All that is approved for this case in that currency, if this one is too."""
    return evolve(asked.amount, value=case.steps.granted(asked.amount.currency) + asked.amount.value)


def approver_of(case: Case, asked: Compensation, world: World) -> AgentId | None:
    """The nearest superior of whoever asked whose limit covers it and what was granted before; None: there is none."""
    granted, agents, seen = granted_with(case, asked), world.reference.agents, {asked.by}
    agent = agents.get(asked.by)
    while agent is not None and agent.manager is not None and agent.manager not in seen:
        if world.may_give(case, agent.manager, granted):
            return agent.manager
        seen.add(agent.manager)
        agent = agents.get(agent.manager)
    return None


def viewed(case: Case, asked: Compensation, world: World) -> CompensationView:
    """The compensation as whoever decides on it needs to see it."""
    yearly = case.steps.customer.expected_yearly_purchases
    value = None if yearly is None else Money(value=Decimal(yearly * YEARS), currency=asked.amount.currency)
    return CompensationView(
        **asked.model_dump(exclude={"amount"}),
        amount=asked.amount,
        approver=approver_of(case, asked, world) if asked.status == "requested" else None,
        customer_value=value,
        new_customer_cost=world.policy_of(case).new_customer_cost,
    )
