"""Takes the log in: which set of books is live is asked for each batch, so that a switch is seen at the next one."""

from collections.abc import Awaitable, Callable, Sequence

from services.metrics import generations
from services.metrics.book import Book
from services.metrics.domain.facts import Facts
from services.metrics.generations import Generation
from shared.blueprint import Runtime
from shared.kafka import Record
from shared.runtime.hearing import Hearing
from shared.runtime.parking import Parking


def listen(runtime: Runtime) -> Callable[[Sequence[Record]], Awaitable[None]]:
    """What the consumer hands its batches to."""

    async def take(records: Sequence[Record]) -> None:
        await take_into(runtime, await current(runtime), records)

    return take


async def current(runtime: Runtime) -> Generation:
    """The live set; the runtime's own rooms (parking, health, audit) look at it from now on."""
    generation = await generations.live(runtime.database)
    if runtime.desk.documents.name != generation.complaints.name:
        book = Book.of(generation, runtime.settings.partitions)
        runtime.desk.store = book
        runtime.parking = parking_of(runtime, generation, book)
    return generation


def parking_of(runtime: Runtime, generation: Generation, book: Book) -> Parking[Facts]:
    """Where that set keeps aside what cannot be folded."""
    return Parking(generation.parked, book, runtime.desk.service, runtime.publisher, runtime.clock)


class _Quiet(Hearing[Facts]):
    """Counts nothing about itself: what a rebuild reads is no traffic."""

    __slots__ = ()

    def _count(self, *_: object) -> None:
        return


async def take_into(
    runtime: Runtime, generation: Generation, records: Sequence[Record], *, quiet: bool = False
) -> None:
    """Every record is in that set's books: folded and counted, or kept aside; and the set stands behind them.

    Raises:
        StoreError: the world's fault, or the set is not the live one any more; take the batch again.
    """
    # A book of its own: nobody else's save must say that this batch was read.
    book = Book.of(generation, runtime.settings.partitions)
    positions = book.reading.positions
    for record in records:
        positions[record.partition] = max(positions.get(record.partition, 0), record.offset + 1)
    parking = parking_of(runtime, generation, book)
    hearing = _Quiet if quiet else Hearing[Facts]
    await hearing(runtime.desk.service, book, parking, runtime.publisher, runtime.clock).take(records)
    if not book.reading.saved or book.reading.in_pieces:
        await book.reached()
