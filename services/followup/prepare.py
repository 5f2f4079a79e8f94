"""What a decision may need of the world outside its case: reference data, texts, and the customer's other cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.followup import customers
from services.followup.domain.case import Case
from services.followup.domain.world import World
from services.followup.texts import COLLECTION, Texts, load_texts
from shared.blueprint import Runtime
from shared.events.intake import ComplaintReceived, ComplaintRematched
from shared.runtime.service import Heard


@dataclass(frozen=True, slots=True)
class Preparation:
    """Prepares batches, commands and ticks."""

    runtime: Runtime
    texts: Texts
    ack_patience: timedelta

    async def __call__(self, heard: Sequence[Heard[Case]]) -> World:
        """The world as it is now. Preparing the same batch again changes nothing."""
        barred = await customers.barred(self.runtime.database["complaints"], _received(heard))
        return World(self.runtime.reference, self.ack_patience, await self.texts.current(), barred)


def prepared(runtime: Runtime, ack_patience: timedelta) -> Preparation:
    """With the shipped texts, checked, under those that were edited."""
    return Preparation(runtime, Texts(runtime.database[COLLECTION], load_texts()), ack_patience)


def _received(heard: Sequence[Heard[Case]]) -> dict[str, datetime]:
    """Whose complaint is born, or given to another customer, in this batch, and when the last of these was received."""
    received: dict[str, datetime] = {}
    for one in heard:
        told = [event.data for event in one.events if isinstance(event.data, ComplaintReceived | ComplaintRematched)]
        births = [data.received_at for data in told if isinstance(data, ComplaintReceived)]
        at = one.state.received_at if one.state else max(births, default=None)
        for customer in {data.customer_id for data in told}:
            if customer is not None and at is not None:
                received[customer] = max(at, received.get(customer, at))
    return received
