"""Who is taken out of whose hands: only what an earlier complaint of the same customer speaks against is asked for."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

from services.routing.domain.assignment import Assignment
from services.routing.domain.commanding import looked_through
from services.routing.queue import Queue
from shared.clock import HandClock
from shared.events.values import About
from tests.support.routing import MONDAY, received, reference

MINUTE = timedelta(minutes=1)


class Desk:
    """Writes down what is asked for, and changes nothing."""

    def __init__(self) -> None:
        self.clock = HandClock(MONDAY)
        self.asked: list[str] = []

    async def submit(self, complaint_id: str, decide: Callable[..., Any]) -> bool:
        """Nothing is saved."""
        if decide is not looked_through:
            self.asked.append(complaint_id)
        return False


class History:
    """These complaints accuse somebody, and these have an owner."""

    def __init__(self, accusing: dict[str, Assignment], owned: dict[str, Assignment]) -> None:
        self._accusing, self._owned = accusing, owned

    async def accusing(self, limit: int) -> list[tuple[str, Assignment]]:
        """All of them."""
        return list(self._accusing.items())[:limit]

    async def owned(self, customers: set[str | None]) -> list[tuple[str, Assignment]]:
        """Those of these customers."""
        return [(name, case) for name, case in self._owned.items() if case.customer_id in customers]


def case(customer: str, minute: int, **fields: Any) -> Assignment:
    """A complaint of this customer that ana has."""
    at = MONDAY + minute * MINUTE
    told = {"customer_id": customer, "received_at": at, "started_at": at, **fields}
    return cast("Assignment", received("ana", **told).state)


async def asked_for(accusing: dict[str, Assignment], owned: dict[str, Assignment]) -> list[str]:
    """Which complaints somebody is asked to give up in one look."""
    desk = Desk()
    assigner = SimpleNamespace(reference=reference)
    queue = Queue(cast("Any", desk), cast("Any", assigner), cast("Any", History(accusing, owned)))
    await queue._take_away()  # noqa: SLF001 - one step of the round, which asks the store for all others
    return desk.asked


async def test_only_a_later_complaint_of_the_same_customer_in_the_hands_of_whom_it_is_about_is_asked_for() -> None:
    ana, ben = (About(agent="ana"),), (About(agent="ben"),)
    customers = [f"c-{number}" for number in range(20)]
    accusing = {f"a-{name}": case(name, 1, about=ben) for name in customers}
    accusing["a-c-7"] = case("c-7", 1, about=ana)
    owned = {f"o-{name}": case(name, 2) for name in customers} | {"before": case("c-7", 0)}
    assert await asked_for(accusing, {**accusing, **owned}) == ["o-c-7"]
