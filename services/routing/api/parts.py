"""What several of routing's routes need."""

from typing import Annotated, Any

from fastapi import Depends, Path

from services.routing.assign import Assigner
from services.routing.domain.assignment import Assignment
from services.routing.domain.world import World
from services.routing.prepare import Preparation
from shared.http import CallerOf, get_desk
from shared.runtime.desk import Desk

RoutingDesk = Annotated[Desk[Assignment, World], Depends(get_desk)]

Reader = Annotated[Any, CallerOf("cases:read", "complaints:read", "admin")]
"""Whoever may see cases or complaints may see who answers them, when, and how long it may take."""
Admin = Annotated[Any, CallerOf("admin")]

ComplaintId = Annotated[str, Path(min_length=1, max_length=64, description="The complaint's id, or its number.")]


async def get_assigner(desk: RoutingDesk) -> Assigner:
    """Whoever gives places to complaints."""
    preparation = desk.service.prepare
    assert isinstance(preparation, Preparation)  # noqa: S101 - main wires it so
    return preparation.assigner


AssignerOf = Annotated[Assigner, Depends(get_assigner)]
