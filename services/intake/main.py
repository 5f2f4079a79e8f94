"""Intake as a process: `python -m services.intake.main [--only api|worker]`."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

from services.intake import customers as customers_room
from services.intake import domain, following, telling
from services.intake.api import batch, complaints, customers, joining
from services.intake.config import IntakeSettings
from services.intake.indexes import INDEXES, NUMBER_FIELD
from shared.blueprint import Blueprint, Runtime
from shared.decision import Decision
from shared.events.steps import SurveyAnswered
from shared.process import run
from shared.runtime.service import Heard, Service


def _never(_: domain.Complaint) -> None:
    """Nothing falls due at intake."""
    return


def _tick(state: domain.Complaint, *, now: datetime, world: object = None) -> Decision[domain.Complaint]:
    """Nothing changes by time alone."""
    del now, world
    return Decision(state)


def _preparing(runtime: Runtime) -> Callable[[Sequence[Heard[domain.Complaint]]], Awaitable[None]]:
    """No decision here needs more than the complaint itself; what a customer asks of us for good is kept with them."""

    async def prepare(heard: Sequence[Heard[domain.Complaint]]) -> None:
        never = [
            one.state.received.customer_id
            for one in heard
            for event in one.events
            if one.state is not None and isinstance(event.data, SurveyAnswered) and event.data.never_again
        ]
        if customers := [customer_id for customer_id in never if customer_id is not None]:
            await customers_room.Customers(runtime.database, runtime.desk.documents).ask_no_more(customers)

    return prepare


def build(runtime: Runtime) -> Service[domain.Complaint, None]:
    """Intake, as the runtime sees it. Only its own `create` makes documents, so no event is a birth."""
    return Service(
        name="intake",
        state=domain.Complaint,
        reactions=domain.REACTIONS,
        births=frozenset(),
        due_at=_never,
        tick=_tick,
        prepare=_preparing(runtime),
    )


BLUEPRINT: Final = Blueprint(
    name="intake",
    build=build,
    # The batch comes first: its path would else be read as a complaint's id.
    routers=(batch.router, complaints.router, joining.router, customers.router),
    indexes=(*INDEXES, *following.INDEXES),
    number=NUMBER_FIELD,
    loops=(following.sweep, telling.sweep),
    more_indexes={customers_room.COLLECTION: customers_room.INDEXES},
)


def main() -> None:
    """Runs intake until it is told to stop."""
    run(BLUEPRINT, IntakeSettings)


if __name__ == "__main__":
    main()
