"""Who waits, and who could take it."""

from datetime import datetime

from fastapi import APIRouter

from services.routing.api.parts import AssignerOf, Reader, RoutingDesk
from shared.http import Page, View

router = APIRouter(prefix="/v1/queues", tags=["queues"])


class QueueView(View):
    """A team's queue. `capacity_left`: how many more complaints its agents on shift can take now."""

    team: str
    waiting: int
    oldest_at: datetime | None
    on_shift: int
    capacity_left: int


@router.get("")
async def list_queues(desk: RoutingDesk, assigner: AssignerOf, _: Reader) -> Page[QueueView]:
    """Every team's queue, by team."""
    queues = await assigner.history.queues()
    teams = sorted({*queues, *desk.reference.teams})
    room = await assigner.room(teams)
    items = []
    for team in teams:
        waiting, oldest = queues.get(team, (0, None))
        on_shift, left = room[team]
        items.append(QueueView(team=team, waiting=waiting, oldest_at=oldest, on_shift=on_shift, capacity_left=left))
    return Page(items=items)
