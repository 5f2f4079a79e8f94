"""What a customer's other cases know: whom they complained about, whether they may be asked, whose link this is."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeAlias

from services.followup.domain.asking import Decide
from services.followup.domain.case import Case
from services.followup.domain.surveys import AskedBefore
from services.followup.domain.world import World
from shared.decision import Decision
from shared.mongo import Collection, Document, Index
from shared.runtime.desk import Desk

_ABOUT: Final[Document] = {"state.customer_id": {"$type": "string"}, "state.about_agents.0": {"$exists": True}}
INDEXES: Final = (
    Index("case_of_link", [("state.steps.links.sha256", 1)], "GET and POST /c/{token}",
          where={"state.steps.links.sha256": {"$type": "string"}}),
    Index("subjects_of_customer", [("state.customer_id", 1)], "about whom this customer complained before",
          where=_ABOUT),
)  # fmt: skip
_OF_CUSTOMER: Final = "cases_of_customer"

Accused: TypeAlias = tuple[datetime, str]
"""When the complaint about them was received; the agent."""


async def asked_before(documents: Collection, case: Case) -> AskedBefore:
    """What the other cases of this case's customer say about surveys."""
    if case.customer_id is None:
        return AskedBefore()
    others: Document = {"state.customer_id": case.customer_id, "_id": {"$ne": case.complaint_id}}
    where: Document = {**others, "state.steps.survey": {"$ne": None}}
    found = await documents.find(where, {"state.steps.survey": 1}).hint(_OF_CUSTOMER).to_list(None)
    surveys = [one["state"]["steps"]["survey"] for one in found]
    return AskedBefore(
        last_at=max((survey["at"] for survey in surveys), default=None),
        never=any(survey["never_again"] for survey in surveys),
    )


async def accused(documents: Collection, customers: AbstractSet[str]) -> dict[str, list[Accused]]:
    """By customer: the agents whom their cases are about, and when these were received. Praise accuses nobody."""
    if not customers:
        return {}
    where: Document = {
        **_ABOUT,
        "state.customer_id": {"$in": sorted(customers), "$type": "string"},
        "state.kind": {"$ne": "praise"},
    }
    fields = dict.fromkeys(("state.customer_id", "state.about_agents", "state.received_at"), 1)
    found: dict[str, list[Accused]] = {}
    async for one in documents.find(where, fields).hint("subjects_of_customer"):
        state = one["state"]
        agents = [(state["received_at"], agent) for agent in state["about_agents"]]
        found.setdefault(state["customer_id"], []).extend(agents)
    return found


async def accused_by(documents: Collection, case: Case | None) -> dict[str, list[Accused]]:
    """Whom this case's customer complained about, also in what was heard of after it: as `World.accused`."""
    return await accused(documents, {case.customer_id} if case and case.customer_id else set())


async def informed(desk: Desk[Case, World], case_id: str, decide: Decide) -> Decide:
    """The decision, which knows whom this customer complained about before.

    Raises:
        NotFound: there is no such case.
    """
    here = {"_id": await desk.find_id(case_id), "state": {"$ne": None}}
    found = await desk.documents.find_one(here, {"state.customer_id": 1})
    if found is None:
        return _knowing(await accused_by(desk.documents, (await desk.load(case_id)).state), decide)
    customer = found["state"].get("customer_id")
    return _knowing(await accused(desk.documents, {customer} if customer else set()), decide)


def _knowing(known: Mapping[str, Sequence[Accused]], decide: Decide) -> Decide:
    def decided(case: Case, *, now: datetime, world: World) -> Decision[Case]:
        return decide(case, now=now, world=replace(world, accused=known))

    return decided


async def case_of_link(documents: Collection, sha256: str) -> str | None:
    """The case that has a link of that hash."""
    where = {"state.steps.links.sha256": {"$eq": sha256, "$type": "string"}}
    found = await documents.find_one(where, {"_id": 1})
    return None if found is None else str(found["_id"])
