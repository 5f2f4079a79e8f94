"""Follow-up as a process: `python -m services.followup.main [--only api|worker]`."""

from datetime import timedelta
from typing import Final

from services.followup import customers, promise_lists, surveying, within
from services.followup.api import (
    case_routes,
    closing_routes,
    feed_routes,
    promise_routes,
    public_routes,
    solving_routes,
    step_routes,
    survey_routes,
    template_routes,
)
from services.followup.config import FollowupSettings, ack_patience
from services.followup.domain.case import Case
from services.followup.domain.listing import listed
from services.followup.domain.reactions import BIRTHS, REACTIONS
from services.followup.domain.renewing import stale
from services.followup.domain.tick import due_at, tick
from services.followup.domain.world import World
from services.followup.lists import INDEXES
from services.followup.prepare import prepared
from shared.blueprint import Blueprint, Runtime
from shared.process import run
from shared.runtime.service import Service

_AHEAD: Final = timedelta(seconds=30)
"""Long enough to decide ten thousand promises that fall due together, short enough that few are touched again."""


def build(runtime: Runtime) -> Service[Case, World]:
    """Follow-up, as the runtime sees it."""
    return Service(
        name="followup",
        state=Case,
        reactions=REACTIONS,
        births=BIRTHS,
        listed=listed,
        due_at=due_at,
        tick=tick,
        prepare=prepared(runtime, ack_patience(runtime.settings)),
        lanes=2,
        ahead=_AHEAD,
        stale=lambda kind, datum_id, version: stale(kind, datum_id, version, runtime.reference),
    )


BLUEPRINT: Final = Blueprint(
    name="followup",
    build=build,
    routers=(
        case_routes.router,
        step_routes.router,
        solving_routes.router,
        promise_routes.router,
        feed_routes.router,
        closing_routes.router,
        survey_routes.router,
        template_routes.router,
        public_routes.router,
    ),
    indexes=(*INDEXES, *promise_lists.INDEXES, *customers.INDEXES, *within.INDEXES),
    more_indexes={surveying.COLLECTION: surveying.INDEXES},
    loops=(within.sweep,),
)


def main() -> None:
    """Runs follow-up until it is told to stop."""
    run(BLUEPRINT, FollowupSettings)


if __name__ == "__main__":
    main()
