"""What a customer's other cases know: whom they complained about, whether they may be asked, whose link this is."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

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


async def barred(documents: Collection, until: Mapping[str, datetime]) -> dict[str, tuple[str, ...]]:
    """By customer: the agents whom their cases are about that were received `until` then. Praise bars nobody."""
    if not until:
        return {}
    where: Document = {
        **_ABOUT,
        "state.customer_id": {"$in": list(until), "$type": "string"},
        "state.kind": {"$ne": "praise"},
    }
    fields = dict.fromkeys(("state.customer_id", "state.about_agents", "state.received_at"), 1)
    found: dict[str, dict[str, None]] = {}
    async for one in documents.find(where, fields).hint("subjects_of_customer"):
        state = one["state"]
        if state["received_at"] <= until[state["customer_id"]]:
            found.setdefault(state["customer_id"], {}).update(dict.fromkeys(state["about_agents"]))
    return {customer: tuple(agents) for customer, agents in found.items()}


async def barred_now(documents: Collection, case: Case | None) -> dict[str, tuple[str, ...]]:
    """Whom this case's customer complained about before, also in what was heard of after it: as `World.barred`."""
    if case is None or case.customer_id is None:
        return {}
    return await barred(documents, {case.customer_id: case.received_at})


async def informed(desk: Desk[Case, World], case_id: str, decide: Decide) -> Decide:
    """The decision, which knows whom this customer complained about before.

    Raises:
        NotFound: there is no such case.
    """
    here = {"_id": await desk.find_id(case_id), "state": {"$ne": None}}
    found = await desk.documents.find_one(here, {"state.customer_id": 1, "state.received_at": 1})
    if found is None:
        return _knowing(await barred_now(desk.documents, (await desk.load(case_id)).state), decide)
    customer, received_at = found["state"].get("customer_id"), found["state"]["received_at"]
    return _knowing(await barred(desk.documents, {customer: received_at} if customer else {}), decide)


def _knowing(known: Mapping[str, tuple[str, ...]], decide: Decide) -> Decide:
    def decided(case: Case, *, now: datetime, world: World) -> Decision[Case]:
        return decide(case, now=now, world=replace(world, barred=known))

    return decided


async def case_of_link(documents: Collection, sha256: str) -> str | None:
    """The case that has a link of that hash."""
    where = {"state.steps.links.sha256": {"$eq": sha256, "$type": "string"}}
    found = await documents.find_one(where, {"_id": 1})
    return None if found is None else str(found["_id"])
