"""Who may see which complaints.

A key belongs to a source system or a person. A system sees what it handed in itself, and nothing of others: for it they
are not found. A person's key, and one with `admin` or `cases:read` (a desk, a gateway for all channels), sees all.
"""

from typing import Annotated, TypeAlias

from fastapi import Depends

from services.intake.domain import Complaint
from shared.decision import NotFound
from shared.http import Caller, get_desk
from shared.runtime.desk import Desk

IntakeDesk: TypeAlias = Annotated[Desk[Complaint, None], Depends(get_desk)]


async def complaint_of(desk: Desk[Complaint, None], id_or_number: str) -> Complaint:
    """The complaint of this id or number.

    Raises:
        NotFound: there is none.
    """
    state = (await desk.load(id_or_number)).state
    assert state is not None  # noqa: S101 - `load` answers only what is there
    return state


def own_source(caller: Caller) -> str | None:
    """The only source that this caller sees; None for one who sees all."""
    sees_all = caller.kind == "person" or caller.has("admin") or caller.has("cases:read")
    return None if sees_all else caller.owner


def check_visible(complaint: Complaint, caller: Caller) -> None:
    """The caller may see this complaint.

    Raises:
        NotFound: as if there were none.
    """
    source = own_source(caller)
    if source is not None and complaint.received.source_system != source:
        raise NotFound(f"complaint {complaint.id} is not known")
