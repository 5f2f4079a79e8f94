"""Follow-up as a process: `python -m services.followup.main [--only api|worker]`."""

from collections.abc import Sequence
from typing import Final

from services.followup import customers
from services.followup.api import (
    case_routes,
    closing_routes,
    promise_routes,
    solving_routes,
    step_routes,
    survey_routes,
)
from services.followup.config import FollowupSettings, ack_patience
from services.followup.domain.case import Case
from services.followup.domain.reactions import BIRTHS, REACTIONS
from services.followup.domain.renewing import stale
from services.followup.domain.tick import due_at, tick
from services.followup.domain.world import World
from services.followup.lists import INDEXES
from services.followup.texts import load_texts
from shared.events.intake import ComplaintReceived, ComplaintRematched
from shared.process import Blueprint, Runtime, run
from shared.runtime.service import Heard, Service


def build(runtime: Runtime) -> Service[Case, World]:
    """Follow-up, as the runtime sees it."""
    texts, patience = load_texts(), ack_patience(runtime.settings)

    documents = runtime.database["complaints"]

    async def prepare(heard: Sequence[Heard[Case]]) -> World:
        barred = await customers.barred(documents, _customers_of(heard))
        return World(runtime.reference, patience, texts, barred)

    return Service(
        name="followup",
        state=Case,
        reactions=REACTIONS,
        births=BIRTHS,
        due_at=due_at,
        tick=tick,
        prepare=prepare,
        stale=stale,
    )


def _customers_of(heard: Sequence[Heard[Case]]) -> set[str]:
    """Whose complaint is born, or given to another customer, in this batch."""
    told = (event.data for one in heard for event in one.events)
    found = (data.customer_id for data in told if isinstance(data, ComplaintReceived | ComplaintRematched))
    return {customer for customer in found if customer is not None}


BLUEPRINT: Final = Blueprint(
    name="followup",
    build=build,
    routers=(
        case_routes.router,
        step_routes.router,
        solving_routes.router,
        promise_routes.router,
        closing_routes.router,
        survey_routes.router,
    ),
    indexes=(*INDEXES, *customers.INDEXES),
)


def main() -> None:
    """Runs follow-up until it is told to stop."""
    run(BLUEPRINT, FollowupSettings)


if __name__ == "__main__":
    main()
