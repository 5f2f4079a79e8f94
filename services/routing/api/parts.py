"""What several of routing's routes need."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Path

from services.routing.assign import Assigner
from services.routing.domain.assignment import Assignment
from services.routing.domain.legal import LegalRule
from services.routing.domain.world import World
from services.routing.prepare import Preparation
from shared.http import CallerOf, get_desk
from shared.runtime.desk import Desk

RoutingDesk = Annotated[Desk[Assignment, World], Depends(get_desk)]

Reader = Annotated[Any, CallerOf("cases:read", "complaints:read", "admin")]
"""Whoever may see cases or complaints may see who answers them, when, and how long it may take."""
Admin = Annotated[Any, CallerOf("admin")]

ComplaintId = Annotated[str, Path(min_length=1, max_length=64, description="The complaint's id, or its number.")]


async def get_preparation(desk: RoutingDesk) -> Preparation:
    """What every decision rests on."""
    preparation = desk.service.prepare
    assert isinstance(preparation, Preparation)  # noqa: S101 - main wires it so
    return preparation


PreparationOf = Annotated[Preparation, Depends(get_preparation)]


async def get_assigner(preparation: PreparationOf) -> Assigner:
    """Whoever gives places to complaints."""
    return preparation.assigner


async def get_laws(preparation: PreparationOf) -> Mapping[str, LegalRule]:
    """The legal rules that are known here, by id."""
    return preparation.laws


AssignerOf = Annotated[Assigner, Depends(get_assigner)]
LawsOf = Annotated[Mapping[str, LegalRule], Depends(get_laws)]
