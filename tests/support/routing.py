"""What routing's tests are made of: a small organisation, complaints, and worlds to decide in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.routing.config import shipped, shipped_rules
from services.routing.domain.assignment import Accused, Assignment
from services.routing.domain.reactions import REACTIONS
from services.routing.domain.receiving import on_received
from services.routing.domain.world import Grant, World
from shared.calendar import AROUND_THE_CLOCK, Calendar
from shared.decision import Decision
from shared.events import Event, Payload, followup
from shared.events.intake import ComplaintReceived
from shared.events.reference import Agent, Policy, Reference, Team
from shared.events.values import About, Promise, to_instant

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Ten in the morning in Madrid, on a working day."""

OFFICE = Calendar.model_validate(shipped("calendars")["office-hours"])
RULES = shipped_rules()
POLICY = Policy.model_validate(shipped("policy"))


def agent(team: str = "cards", **fields: Any) -> Agent:
    """An agent with room for two."""
    return Agent.model_validate({"name": "Somebody", "team": team, "capacity": 2, **fields})


TEAMS = {
    "cards": Team(name="Cards", calendar="office", products=("card", "account"), manager="boss"),
    "around-the-clock": Team(name="Day and night", calendar="always", manager="boss"),
}
AGENTS = {
    "ana": agent(name="Ana García", skills=("card",), languages=("es",), manager="lead"),
    "ben": agent(name="Ben Hill", languages=("en",)),
    "eva": agent(name="Eva Ruiz", team="around-the-clock"),
    "lead": agent(name="Leo Ad", role="lead", manager="boss", capacity=0),
    "boss": agent(name="Bo Ss", role="head", capacity=0),
}


def reference(**changed: Any) -> Reference:
    """The organisation, with some of it changed; everything in version 1."""
    parts: dict[str, Any] = {
        "calendars": {"office": OFFICE, "always": AROUND_THE_CLOCK},
        "teams": TEAMS,
        "agents": AGENTS,
        "policies": {"default": POLICY},
        **changed,
    }
    singular = {"calendars": "calendar", "teams": "team", "agents": "agent", "policies": "policy"}
    versions = {(singular[plural], name): 1 for plural, data in parts.items() if plural in singular for name in data}
    return Reference(**{"versions": versions, **parts})


def complaint(**fields: Any) -> ComplaintReceived:
    """A complaint as intake says it."""
    at = fields.pop("at", MONDAY)
    known: dict[str, Any] = {
        "number": "7K3M-9Q2X",
        "channel": "web",
        "via": "http",
        "source_system": "shop",
        "kind": "product",
        "complainant": {"email": "ana@example.org"},
        "customer_id": "c-1",
        "received_at": at,
        "started_at": at,
        **fields,
    }
    return ComplaintReceived.model_validate(known)


def heard(payload: Payload, *, at: datetime = MONDAY, seq: int = 1, complaint_id: str = "k-1") -> Event[Any]:
    """The payload as an event."""
    name = f"{payload.type}/{seq}"
    return Event(name, payload.type, payload.source, seq, complaint_id, to_instant(at), payload)


def world(agent_id: str | None = None, *, why: tuple[str, ...] = ("free",), turn: int = 0, **changed: Any) -> World:
    """A world in which that agent's place was kept for the complaint."""
    grants = {} if agent_id is None else {"k-1": Grant(agent_id, why, turn)}
    return World(reference(**changed), RULES, grants)


def received(agent_id: str | None = "ana", *, now: datetime = MONDAY, **fields: Any) -> Decision[Any]:
    """The decision on a new complaint about a card."""
    said = complaint(**{"product": "card", "text": "The card does not work", **fields})
    return on_received(None, heard(said, at=now), now=now, world=world(agent_id))


def accused(told_at: datetime, **subjects: About) -> dict[str, tuple[Accused, ...]]:
    """By customer, whom they complained about then."""
    return {customer: (Accused(subject, told_at),) for customer, subject in subjects.items()}


def later(hours: float) -> datetime:
    """So many hours after Monday's start."""
    return MONDAY + timedelta(hours=hours)


def react(
    case: Assignment | None, payload: Payload, here: World | None = None, at: datetime = MONDAY, seq: int = 2
) -> Decision[Assignment]:
    """What routing makes of it."""
    event = heard(payload, at=at, seq=seq)
    return REACTIONS[type(payload)](case, event, now=at, world=here or world())


def response(name: str = "r-1", **fields: Any) -> followup.ResponseSent:
    """An answer by Ana to the customer."""
    known: dict[str, Any] = {"response_id": name, "by": "ana", "channel": "email", "occurred_at": MONDAY}
    known |= {"elapsed_seconds": 60.0, **fields}
    return followup.ResponseSent.model_validate(known)


def promise(name: str = "p-1", **fields: Any) -> Promise:
    """Ana's promise to call in three hours."""
    known: dict[str, Any] = {
        "id": name, "complaint_id": "k-1", "kind": "callback", "words": "I will call", "due": later(3), "owner": "ana",
        "said_by": "person", "made_at": MONDAY, **fields,
    }  # fmt: skip
    return Promise.model_validate(known)


RESOLVED = followup.ComplaintResolved(by="ana", outcome="upheld", text="done", elapsed_seconds=1)
REOPENED = followup.ComplaintReopened(reason="not_solved", cycle=2)
OVERDUE = followup.DeadlineOverdue(clock="first_response", deadline=MONDAY, age_seconds=1)
