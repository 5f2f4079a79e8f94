"""One complaint's life, told event by event, as the services would say it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.events import Event, Payload, followup, intake, promises, routing
from shared.events.values import Deadlines, Evidence, Person, Promise
from tests.support import log

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday."""


def hours(number: float) -> timedelta:
    """So many hours."""
    return timedelta(hours=number)


@dataclass
class Story:
    """Says events about one complaint; `at` hours after the start. `events` holds all that was said, in order."""

    complaint_id: str
    start: datetime = START
    events: list[Event[Any]] = field(default_factory=list)
    _seqs: Counter[str] = field(default_factory=Counter)

    def say(self, payload: Payload, at: float = 0) -> "Story":
        """One more event of its source."""
        self._seqs[payload.source] += 1
        when = self.start + hours(at)
        self.events.append(log.event(payload, self.complaint_id, self._seqs[payload.source], time=when))
        return self

    def received(self, **changes: Any) -> "Story":
        """A complaint about a card, on the web."""
        person = Person(anonymous=changes.pop("anonymous", False))
        told: dict[str, Any] = {
            "number": "7K3M-9Q2X",
            "channel": "web",
            "via": "http",
            "source_system": "shop",
            "kind": "product",
            "text": "charged twice",
            "product": "card",
            "complainant": person,
            "received_at": self.start,
            "started_at": self.start,
            **changes,
        }
        return self.say(intake.ComplaintReceived(**told))

    def triaged(self, *, due: float | None = 4, priority: str = "normal", at: float = 0) -> "Story":
        """Read; a first response is due `due` hours after the start."""
        deadlines = Deadlines(first_response=None if due is None else self.start + hours(due))
        told: dict[str, Any] = {"severity": "medium", "priority": priority, "deadlines": deadlines}
        policy = routing.PolicyVersion(id="default", version=1)
        return self.say(
            routing.ComplaintTriaged(category="card", language="en", policy=policy, calendar="c", why=(), **told), at
        )

    def assigned(
        self, team: str = "cards", agent: str | None = "ana", *, due: float | None = 4, at: float = 0, cycle: int = 1
    ) -> "Story":
        """Stands with a team."""
        deadlines = Deadlines(first_response=None if due is None else self.start + hours(due))
        return self.say(
            routing.ComplaintAssigned(team=team, agent=agent, calendar="c", deadlines=deadlines, why=(), cycle=cycle),
            at,
        )

    def answered(
        self, name: str = "r1", at: float = 1, *, within: bool | None = True, cycle: int = 1, **changes: Any
    ) -> "Story":
        """A person answers the customer."""
        told: dict[str, Any] = {
            "response_id": name,
            "by": "ana",
            "channel": "email",
            "occurred_at": self.start + hours(at),
            "cycle": cycle,
            "is_first": False,
            "elapsed_seconds": at * 3600,
            "business_seconds": at * 1800,
            "within_target": within,
            **changes,
        }
        return self.say(followup.ResponseSent(**told), at)

    def failed(self, name: str = "r1", at: float = 2) -> "Story":
        """A response did not reach the customer."""
        return self.say(intake.ResponseFailed(response_id=name, occurred_at=self.start + hours(at)), at)

    def promise(self, name: str = "p1", due: float = 24, **changes: Any) -> Promise:
        """A promise as it stands."""
        told: dict[str, Any] = {
            "id": name,
            "complaint_id": self.complaint_id,
            "kind": "callback",
            "words": "we will call",
            "due": self.start + hours(due),
            "said_by": "person",
            "made_at": self.start + hours(1),
            **changes,
        }
        return Promise(**told)

    def made(self, name: str = "p1", due: float = 24, at: float = 1, **changes: Any) -> "Story":
        """We give our word."""
        return self.say(promises.PromiseMade(promise=self.promise(name, due, **changes)), at)

    def kept(self, name: str = "p1", due: float = 24, at: float = 20, **changes: Any) -> "Story":
        """We keep it."""
        when = self.start + hours(at)
        evidence = Evidence(type="call", occurred_at=when)
        kept = self.promise(name, due, status="kept", settled_at=when, evidence=evidence, **changes)
        return self.say(promises.PromiseKept(promise=kept, evidence=evidence), at)

    def broken(self, name: str = "p1", due: float = 24, at: float | None = None, **changes: Any) -> "Story":
        """We do not."""
        when = self.start + hours(due)
        broken = self.promise(name, due, status="broken", broken_at=when, settled_at=when, **changes)
        return self.say(promises.PromiseBroken(promise=broken), due if at is None else at)

    def resolved(self, at: float = 30, outcome: str = "upheld", cycle: int = 1) -> "Story":
        """The customer has our result."""
        told: dict[str, Any] = {"by": "ana", "outcome": outcome, "text": "done", "cycle": cycle}
        return self.say(followup.ComplaintResolved(**told, elapsed_seconds=at * 3600), at)

    def verified(self, at: float = 40, answer: str = "yes", satisfaction: int | None = 5) -> "Story":
        """The customer was asked."""
        told: dict[str, Any] = {"answer": answer, "via": "link", "satisfaction": satisfaction}
        return self.say(followup.ComplaintVerified(**told), at)

    def closed(self, at: float = 50, verification: str = "verified") -> "Story":
        """It is over."""
        told: dict[str, Any] = {"verification": verification}
        return self.say(followup.ComplaintClosed(**told), at)

    def reopened(self, at: float = 60, reason: str = "not_solved", cycle: int = 2) -> "Story":
        """It was not."""
        told: dict[str, Any] = {"reason": reason, "cycle": cycle}
        return self.say(followup.ComplaintReopened(**told), at)
