"""Counting everything again from the log."""

from typing import Annotated

from fastapi import APIRouter, Request

from services.metrics.requests import Rebuild, Requests
from shared.http import Caller, CallerOf, CommandOf

router = APIRouter(prefix="/v1/rebuilds", tags=["rebuilds"])

Admin = Annotated[Caller, CallerOf("admin")]


@router.post("", status_code=202)
async def ask(request: Request, caller: Admin, command: CommandOf) -> Rebuild:
    """Count everything again from the beginning of the log, compare, and show that from then on.

    A worker does it; watch it with GET. 409 `rebuild_running` names the one that is under way, if there is one.
    """
    return await Requests(request.app.state.runtime.database).ask(command.id, caller.owner)


@router.get("/current")
async def current(request: Request, _: Admin) -> Rebuild:
    """The rebuild that is under way; 404 when there is none."""
    return await Requests(request.app.state.runtime.database).current()


@router.get("/{rebuild_id}")
async def show(request: Request, _: Admin, rebuild_id: str) -> Rebuild:
    """How far it is; when it is done, what differed from what was shown before, at the same place of the log."""
    return await Requests(request.app.state.runtime.database).get(rebuild_id)
