"""What routing's own documents say beside the complaint at hand: who knows the customer, who waits, what is due."""

import asyncio
from collections.abc import Collection as Ids
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.routing.domain.assignment import Accused, Assignment
from shared.events.reference import Reference
from shared.events.values import About
from shared.mongo import Collection, Index

WAITING: Final = {"state.waiting": True}
OWNED: Final = {"state.agent": {"$type": "string"}}
ABOUT: Final = {"state.about.0": {"$exists": True}}
PROMISED: Final = {"state.promises.0": {"$exists": True}}
OPEN: Final = {"state.open": True}
ACCUSING: Final = {"state.accusing": {"$type": "date"}}

_TOLD_AT: Final = ("received_at", "own_start", "started_at")
"""As `Assignment.told_at`."""
QUEUE_ORDER: Final = [("state.priority_rank", 1), ("state.started_at", 1), ("_id", 1)]

INDEXES: Final = (
    Index("queue", [("state.team", 1), *QUEUE_ORDER],
          "who is next in a team's queue, and how many wait", where=WAITING),
    Index("owner_of_customer", [("state.customer_id", 1), ("state.assigned_at", -1)],
          "who dealt with this customer before", where=OWNED),
    Index("subjects_of_customer", [("state.customer_id", 1)],
          "about whom this customer complained before", where=ABOUT),
    Index("accusing", [("state.accusing", 1)],
          "whose customers' later complaints are to be looked through for whom they are about", where=ACCUSING),
    Index("promises_of_owner", [("state.promises.owner", 1), ("state.promises.due", 1)],
          "how many promises an agent has to keep today", where=PROMISED),
    Index("open_by_agent", [("state.agent", 1)], "whose open complaints an agent who left still has", where=OPEN),
    Index("open_by_policy", [("state.policy.id", 1), ("state.policy.version", 1)],
          "which open complaints an older policy was used for", where=OPEN),
    Index("open_by_calendar", [("state.calendar", 1), ("state.calendar_version", 1)],
          "which open complaints an older calendar was used for", where=OPEN),
    Index("open_by_legal_calendar", [("state.legal_calendar", 1), ("state.legal_calendar_version", 1)],
          "for which open complaints an older calendar's holidays count by law", where=OPEN),
    Index("open_by_team", [("state.team", 1), ("state.team_version", 1)],
          "which open complaints an older state of the team was used for", where=OPEN),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of some customers: who dealt with them last, and about whom they complained."""

    owners: dict[str, str] = field(default_factory=dict)
    subjects: dict[str, tuple[Accused, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """Questions to the service's own documents. Every one is served by an index named here."""

    documents: Collection

    async def customers(self, customers: Ids[str]) -> Known:
        """What is known of these customers."""
        if not customers:
            return Known()
        owners, subjects = await asyncio.gather(self._owners(customers), self.subjects(customers))
        return Known(owners, subjects)

    async def _owners(self, customers: Ids[str]) -> dict[str, str]:
        newest: list[dict[str, Any]] = [
            {"$match": {"state.customer_id": {"$in": list(customers)}, **OWNED}},
            {"$sort": {"state.customer_id": 1, "state.assigned_at": -1}},
            {"$group": {"_id": "$state.customer_id", "agent": {"$first": "$state.agent"}}},
        ]
        found = self.documents.aggregate(newest, hint="owner_of_customer")
        return {one["_id"]: one["agent"] async for one in found}

    async def subjects(self, customers: Ids[str | None]) -> dict[str, tuple[Accused, ...]]:
        """By customer, about whom they complained, and when; None is nobody. Praise makes nobody a subject."""
        known = [customer for customer in customers if customer is not None]
        if not known:
            return {}
        subjects: dict[str, tuple[Accused, ...]] = {}
        fields = dict.fromkeys(("state.customer_id", "state.about", *(f"state.{name}" for name in _TOLD_AT)), 1)
        about = {"state.customer_id": {"$in": known}, **ABOUT, "state.kind": {"$ne": "praise"}}
        async for one in self.documents.find(about, fields).hint("subjects_of_customer"):
            state = one["state"]
            told_at = next(state[name] for name in _TOLD_AT if name in state)
            named = tuple(Accused(About.model_validate(subject), told_at) for subject in state["about"])
            subjects[state["customer_id"]] = (*subjects.get(state["customer_id"], ()), *named)
        return subjects

    async def accusing(self, limit: int) -> list[tuple[str, Assignment]]:
        """Complaints whose customers' later ones are to be looked through."""
        found = self.documents.find(ACCUSING, {"state": 1}).hint("accusing").limit(limit)
        return [(one["_id"], Assignment.model_validate(one["state"])) async for one in found]

    async def owned(self, customers: Ids[str | None]) -> list[tuple[str, Assignment]]:
        """Open complaints of these customers that somebody has; None is nobody."""
        known = [customer for customer in customers if customer is not None]
        if not known:
            return []
        found = self.documents.find({"state.customer_id": {"$in": known}, **OWNED, **OPEN}, {"state": 1})
        return [(one["_id"], Assignment.model_validate(one["state"])) async for one in found.hint("owner_of_customer")]

    async def heads(self, teams: Iterable[str]) -> dict[str, tuple[int, datetime]]:
        """By team, (priority rank, start) of whoever is next in its queue."""
        heads = {}
        for team in teams:
            waiting = self.documents.find(
                {"state.team": team, **WAITING}, {"state.priority_rank": 1, "state.started_at": 1}
            )
            async for one in waiting.hint("queue").sort(QUEUE_ORDER).limit(1):
                heads[team] = (one["state"]["priority_rank"], one["state"]["started_at"])
        return heads

    async def due_today(self, agents: Ids[str], reference: Reference, now: datetime) -> dict[str, int]:
        """How many open promises each agent must keep before their own day ends."""
        counts: dict[str, int] = {}
        by_zone: dict[str, list[str]] = {}
        for agent in agents:
            by_zone.setdefault(reference.agent_calendar(agent).time_zone, []).append(agent)
        for zone, owners in by_zone.items():
            due = {"owner": {"$in": owners}, "due": {"$lt": _end_of_day(now, zone)}}
            steps: list[dict[str, Any]] = [
                {"$match": {**PROMISED, "state.promises": {"$elemMatch": due}}},
                {"$unwind": "$state.promises"},
                {"$match": {f"state.promises.{name}": value for name, value in due.items()}},
                {"$group": {"_id": "$state.promises.owner", "count": {"$sum": 1}}},
            ]
            async for one in self.documents.aggregate(steps, hint="promises_of_owner"):
                counts[one["_id"]] = one["count"]
        return counts

    async def waiting_teams(self) -> list[str]:
        """Teams in whose queue somebody waits."""
        return sorted(await self.documents.distinct("state.team", WAITING))

    async def waiting(self, team: str, limit: int) -> list[tuple[str, Assignment]]:
        """Who waits in a team's queue, in its order: the highest priority first, inside it the oldest."""
        found = self.documents.find({"state.team": team, **WAITING}, {"state": 1}).hint("queue").sort(QUEUE_ORDER)
        return [(one["_id"], Assignment.model_validate(one["state"])) async for one in found.limit(limit)]

    async def queues(self) -> dict[str, tuple[int, datetime]]:
        """By team, how many wait, and since when the oldest has waited for an answer."""
        steps: list[dict[str, Any]] = [
            {"$match": {**WAITING, "state.team": {"$gt": ""}}},
            {"$group": {"_id": "$state.team", "waiting": {"$sum": 1}, "oldest": {"$min": "$state.started_at"}}},
        ]
        found = self.documents.aggregate(steps, hint="queue")
        return {one["_id"]: (one["waiting"], one["oldest"]) async for one in found}

    async def left_behind(self, agents: Ids[str], limit: int) -> list[tuple[str, str]]:
        """(complaint, agent) of open complaints that these agents have."""
        if not agents:
            return []
        found = self.documents.find({**OPEN, "state.agent": {"$in": list(agents)}}, {"state.agent": 1})
        return [(one["_id"], one["state"]["agent"]) async for one in found.hint("open_by_agent").limit(limit)]


def _end_of_day(now: datetime, zone: str) -> datetime:
    tomorrow = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), ZoneInfo(zone))
