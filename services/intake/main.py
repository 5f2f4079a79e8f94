"""Intake as a process: `python -m services.intake.main [--only api|worker]`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.intake import customers as customers_room
from services.intake import domain
from services.intake.api import batch, complaints, customers
from services.intake.config import IntakeSettings
from services.intake.indexes import INDEXES
from shared.decision import Decision
from shared.process import Blueprint, Runtime, run
from shared.runtime.service import Heard, Service


def _never(_: domain.Complaint) -> None:
    """Nothing falls due at intake."""
    return


def _tick(state: domain.Complaint, *, now: datetime, world: object = None) -> Decision[domain.Complaint]:
    """Nothing changes by time alone."""
    del now, world
    return Decision(state)


async def _nothing(_: Sequence[Heard[domain.Complaint]]) -> None:
    """No decision here needs more than the complaint itself."""


def build(_: Runtime) -> Service[domain.Complaint, None]:
    """Intake, as the runtime sees it. Only its own `create` makes documents, so no event is a birth."""
    return Service(
        name="intake",
        state=domain.Complaint,
        reactions=domain.REACTIONS,
        births=frozenset(),
        due_at=_never,
        tick=_tick,
        prepare=_nothing,
    )


BLUEPRINT: Final = Blueprint(
    name="intake",
    build=build,
    # The batch comes first: its path would else be read as a complaint's id.
    routers=(batch.router, complaints.router, customers.router),
    indexes=INDEXES,
    more_indexes={customers_room.COLLECTION: customers_room.INDEXES},
)


def main() -> None:
    """Runs intake until it is told to stop."""
    run(BLUEPRINT, IntakeSettings)


if __name__ == "__main__":
    main()
