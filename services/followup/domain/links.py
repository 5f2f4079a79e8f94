"""A customer answers through a link, without login: random, known here by its hash, for one purpose, for a while."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar

from services.followup.domain.asking import Ask, CommandRule
from services.followup.domain.case import ACTIVE, Case
from services.followup.domain.parts import evolve
from services.followup.domain.refusals import Conflict, LinkUsed
from services.followup.domain.step_parts import Link, LinkPurpose
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events.values import Frozen, Instant

LIFE: Final = timedelta(days=30)
"""How long a link works, unless what it is for ends before."""
MOST_LINKS: Final = 20

A = TypeVar("A", bound=Ask)


class Token(NamedTuple):
    """A link as a rule gets it: the hash of its token, and what it is for."""

    sha256: str
    purpose: LinkPurpose


class IssueLink(Ask):
    """A link for the customer; the older ones of the same purpose end."""

    sha256: str
    purpose: LinkPurpose


class LinkIssued(Frozen):
    """The answer: what the link is for, and until when. The link itself is told once, and kept nowhere."""

    purpose: LinkPurpose
    expires_at: Instant


def issue(case: Case, ask: IssueLink, *, now: datetime, world: World) -> Decision[Case]:
    """The customer can answer by the link.

    Refused where there is nothing to answer.
    """
    del world
    if not waits(case, ask.purpose):
        raise Conflict(f"there is nothing that the customer could answer ({ask.purpose})")
    case = with_link(case, Token(ask.sha256, ask.purpose), now)
    link = case.steps.links[-1]
    return Decision(case, (), LinkIssued(purpose=link.purpose, expires_at=link.expires_at))


def with_link(case: Case, token: Token, now: datetime) -> Case:
    """The same, with that link; the older ones of its purpose are gone."""
    others = tuple(link for link in case.steps.links if link.purpose != token.purpose)
    link = Link(sha256=token.sha256, purpose=token.purpose, expires_at=_expiry(case, token.purpose, now))
    return case.with_steps(links=(*others, link)[-MOST_LINKS:])


def _expiry(case: Case, purpose: LinkPurpose, now: datetime) -> datetime:
    offer = case.steps.offer
    if purpose == "solutions" and offer is not None and offer.answer_by is not None:
        return offer.answer_by
    return now + LIFE


def waits(case: Case, purpose: LinkPurpose) -> bool:
    """Whether there is something of this purpose that the customer has not answered."""
    steps = case.steps
    if purpose == "summary":
        return case.status in ACTIVE and steps.summary is not None and steps.summary.confirmed is None
    if purpose == "solutions":
        return case.status in ACTIVE and steps.offer is not None and steps.offer.choice is None
    if purpose == "verification":
        # Closed by silence, it is still open to a "no".
        return case.status in ("resolved", "closed") and case.resolution is not None and case.verified is None
    return steps.survey is not None and steps.survey.result is None


def link_of(case: Case, sha256: str) -> Link | None:
    """The link of that hash."""
    return next((link for link in case.steps.links if link.sha256 == sha256), None)


def usable(case: Case, sha256: str, now: datetime) -> Link | None:
    """The link, if it can be used now: not expired, not used, and what it is for still waits for an answer."""
    link = link_of(case, sha256)
    if link is None or link.used_at is not None or link.expires_at <= now or not waits(case, link.purpose):
        return None
    return link


def telling(rule: CommandRule[A], token: Token) -> CommandRule[A]:
    """The rule; the customer can answer what it leaves by this link."""

    def ruled(case: Case, ask: A, *, now: datetime, world: World) -> Decision[Case]:
        decision = rule(case, ask, now=now, world=world)
        return Decision(with_link(decision.state, token, now), decision.events, decision.answer)

    return ruled


def through(rule: CommandRule[A], token: Token) -> CommandRule[A]:
    """The rule, asked by the customer through a link, which is used by that.

    Raises:
        LinkUsed: it cannot be used, or is for something else.
    """

    def ruled(case: Case, ask: A, *, now: datetime, world: World) -> Decision[Case]:
        link = usable(case, token.sha256, now)
        if link is None or link.purpose != token.purpose:
            raise LinkUsed("this link has been used, or is over")
        used = tuple(evolve(each, used_at=now) if each is link else each for each in case.steps.links)
        return rule(case.with_steps(links=used), ask, now=now, world=world)

    return ruled
