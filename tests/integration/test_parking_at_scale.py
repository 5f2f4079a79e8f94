"""A thousand complaints' worth of poison: everything is parked, and redriven in the order of the log.

The suite runs a part of it; PALABRA_PARKED_COMPLAINTS=1000 runs ten thousand events.
"""

import os
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from shared.decision import Decision
from shared.events import Event
from shared.events.intake import MessageReceived
from shared.settings import Settings
from tests.support.log import Log, event
from tests.support.running import Running, service
from tests.support.tally import Tally, blueprint, on_message, received, said
from tests.support.wait import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900)]

COMPLAINTS = int(os.environ.get("PALABRA_PARKED_COMPLAINTS", "100"))
EACH = 10
NAMES = [f"c{number}" for number in range(COMPLAINTS)]
TEXTS = [f"poison {number}" for number in range(EACH)]


def spoilt(tally: Tally, heard: Event[MessageReceived], *, now: datetime, world: Any) -> Decision[Tally]:
    """What the service cannot take."""
    if heard.data.text.startswith("poison"):
        raise ValueError("this one cannot be taken")
    return on_message(tally, heard, now=now, world=world)


async def spoken(log: Log) -> None:
    """Of each complaint its birth and ten messages, mixed as they would come."""
    await log.publish(*(event(received(), name) for name in NAMES))
    for seq, text in enumerate(TEXTS, 2):
        await log.publish(*(event(said(text), name, seq) for name in NAMES))


async def kept(tally: Running) -> int:
    """How much is kept aside."""
    return int((await tally.http.get("/status")).json()["parked"])


async def redriven(tally: Running) -> tuple[int, int, int]:
    """All of it, call by call: complaints, applied, still parked."""
    found = (0, 0, 0)
    following: str | None = None
    while True:
        asked = {} if following is None else {"cursor": following}
        answer = await tally.http.post("/v1/services/followup/parked/redrive", json=asked)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        found = (found[0] + told["complaints"], found[1] + told["applied"], found[2] + told["parked"])
        following = told["next"]
        if following is None:
            return found


def resumed(heard: Sequence[Event[Any]]) -> dict[str, list[int]]:
    """By complaint, the seqs of what the service said of it, in the order of the log."""
    found: dict[str, list[int]] = {name: [] for name in NAMES}
    for one in heard:
        if one.type == "complaint.resumed" and one.seq not in found[one.complaint_id]:
            found[one.complaint_id].append(one.seq)
    return found


async def test_all_of_it_is_parked_and_redriven_in_order(log: Log, settings: Settings) -> None:
    await spoken(log)
    began = time.monotonic()
    async with service(blueprint(changes={MessageReceived: spoilt}), settings) as tally:

        async def all_parked() -> bool:
            return await kept(tally) == COMPLAINTS * EACH

        await until(all_parked, seconds=600, what="everything is parked")
        parked_after = time.monotonic() - began
        again = await redriven(tally)
        assert again == (COMPLAINTS, 0, COMPLAINTS * EACH), "the cause is not mended yet"
    began = time.monotonic()
    async with service(blueprint(), settings) as tally:
        assert await redriven(tally) == (COMPLAINTS, COMPLAINTS * EACH, 0)
        redriven_after = time.monotonic() - began
        assert await kept(tally) == 0
        async for document in tally.runtime.desk.documents.find({}):
            assert document["state"]["heard"][1:] == TEXTS
            assert document["applied"] == {"intake": EACH + 1}
            assert "parked" not in document

        async def all_said() -> dict[str, list[int]] | None:
            found = resumed(await log.hear())
            return found if all(len(seqs) == EACH for seqs in found.values()) else None

        said_of = await until(all_said, seconds=300, what="everything is said")
    assert all(seqs == list(range(1, EACH + 1)) for seqs in said_of.values())
    print(f"{COMPLAINTS * EACH} events: parked in {parked_after:.1f} s, redriven in {redriven_after:.1f} s")  # noqa: T201
