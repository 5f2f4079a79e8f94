"""What a decision may need of the world outside its case: reference data, texts, and the customer's other cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

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
        accused = await customers.accused(self.runtime.database["complaints"], _whose(heard))
        return World(self.runtime.reference, self.ack_patience, await self.texts.current(), accused)


def prepared(runtime: Runtime, ack_patience: timedelta) -> Preparation:
    """With the shipped texts, checked, under those that were edited."""
    return Preparation(runtime, Texts(runtime.database[COLLECTION], load_texts()), ack_patience)


def _whose(heard: Sequence[Heard[Case]]) -> set[str]:
    """Whose complaint is born, or becomes whose, in this batch."""
    told = (event.data for one in heard for event in one.events)
    theirs = (data.customer_id for data in told if isinstance(data, ComplaintReceived | ComplaintRematched))
    return {customer for customer in theirs if customer is not None}
