"""Routing: reads complaints, says by when they must be answered, and gives them to whoever can."""

from typing import Final

from services.routing import places
from services.routing.api import ROUTERS
from services.routing.assign import Assigner
from services.routing.config import Settings, load_rules
from services.routing.domain.assignment import Assignment
from services.routing.domain.reactions import BIRTHS, REACTIONS
from services.routing.domain.renewing import stale, tick
from services.routing.domain.world import World
from services.routing.history import INDEXES, History
from services.routing.laws import load_laws
from services.routing.places import Places
from services.routing.prepare import Preparation
from services.routing.queue import Queue
from services.routing.seed import seed
from services.routing.sweep import Sweep
from shared.blueprint import Blueprint, Runtime
from shared.process import run
from shared.runtime.service import Service


def _own(runtime: Runtime) -> Settings:
    """Routing's settings; its defaults where the process was given only the shared ones."""
    settings = runtime.settings
    return settings if isinstance(settings, Settings) else Settings.model_validate(settings.model_dump())


def build(runtime: Runtime) -> Service[Assignment, World]:
    """The service as the runtime runs it."""
    documents, own = runtime.database["complaints"], _own(runtime)
    kept = Places(runtime.database["places"], documents)
    assigner = Assigner(kept, History(documents), lambda: runtime.reference, runtime.clock)
    return Service(
        name="routing",
        state=Assignment,
        reactions=dict(REACTIONS),
        births=BIRTHS,
        due_at=lambda _: None,
        tick=tick,
        prepare=Preparation(assigner, load_rules(own.triage_file), load_laws(own.legal_folder)),
        stale=stale,
    )


async def serve_queues(runtime: Runtime) -> None:
    """Hands out what waits, for ever."""
    preparation = runtime.desk.service.prepare
    assert isinstance(preparation, Preparation)  # noqa: S101 - `build` wires it so
    assigner = preparation.assigner
    await Queue(runtime.desk, assigner, assigner.history).serve(_own(runtime).queue_seconds)


async def sweep_places(runtime: Runtime) -> None:
    """Gives back places that nobody uses, for ever."""
    kept = Places(runtime.database["places"], runtime.database["complaints"])
    await Sweep(kept).serve(_own(runtime).sweep_seconds)


BLUEPRINT: Final = Blueprint(
    name="routing",
    build=build,
    routers=ROUTERS,
    indexes=INDEXES,
    more_indexes={"places": places.INDEXES},
    loops=(serve_queues, sweep_places),
    owns_reference=True,
    seed=seed,
)


def main() -> None:
    """The process."""
    run(BLUEPRINT, Settings)


if __name__ == "__main__":
    main()
