"""The four services on one clock that a test moves, with the sample teams; spoken to over HTTP alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.clock import HandClock
from shared.settings import Settings
from tests.support.house import House, house
from tests.support.log import Log
from tests.support.metered import heard_everything, scraped
from tests.support.wait import until

MONDAY: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Ten in the morning in Madrid, on a working day: eight hours of work later it is six."""
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)
EVA: Final = {"name": "Eva Ruiz", "email": "eva@example.org"}


def instant(text: str) -> datetime:
    """An instant as an answer names it."""
    return datetime.fromisoformat(text)


@dataclass
class Town:
    """The services, and the time."""

    house: House
    clock: HandClock

    @property
    def log(self) -> Log:
        """What they say."""
        return self.house.log

    async def send(self, service: str, method: str, path: str, expected: int, **rest: Any) -> Any:
        """The answer, which has this status."""
        response = await self.house[service].http.request(method, f"/v1/{path}", **rest)
        assert response.status_code == expected, response.text
        return response.json()

    async def get(self, service: str, path: str, **params: str) -> Any:
        """What the service shows."""
        return await self.send(service, "GET", path, 200, params=params)

    async def do(self, service: str, path: str, expected: int = 200, **body: Any) -> Any:
        """A command, answered so."""
        return await self.send(service, "POST", path, expected, json=body)

    async def change(self, path: str, **fields: Any) -> None:
        """Something of routing's reference data has these fields, and else stays as it is."""
        datum = await self.get("routing", path)
        match = {"If-Match": f'"{datum.pop("version")}"'}
        del datum["id"]
        await self.send("routing", "PUT", path, 200, json={**datum, **fields}, headers=match)

    async def complain(self, **fields: Any) -> str:
        """A complaint of Eva's about her card, in somebody's hands and acknowledged; its id."""
        form = {"subject": "Card", "text": "My card does not work.", "product": "card", "complainant": EVA, **fields}
        complaint_id = str((await self.do("intake", "complaints", 201, **form))["id"])
        await self.ready(complaint_id)
        return complaint_id

    async def ready(self, complaint_id: str) -> None:
        """It is in somebody's hands, and the customer knows that we have it."""

        async def look() -> bool:
            response = await self.house["followup"].http.get(f"/v1/cases/{complaint_id}")
            case = response.json()
            return response.status_code == 200 and case["agent"] is not None and case["acknowledged_at"] is not None

        await until(look, what=f"{complaint_id} in somebody's hands")

    async def case(self, complaint_id: str) -> Any:
        """As follow-up shows it."""
        return await self.get("followup", f"cases/{complaint_id}")

    async def act(self, complaint_id: str, path: str, expected: int = 200, **body: Any) -> Any:
        """A command on the case by whoever owns it, unless `by` says otherwise."""
        owner = (await self.case(complaint_id))["agent"]
        return await self.do("followup", f"cases/{complaint_id}/{path}", expected, **{"by": owner, **body})

    async def answer(self, complaint_id: str, **fields: Any) -> Any:
        """A person answers the customer, now."""
        said = {"channel": "email", "text": "I am on it.", **fields}
        return await self.act(complaint_id, "responses", 201, **said)

    async def promise(self, complaint_id: str, due: datetime, **fields: Any) -> Any:
        """The owner promises a refund by then, against every rule."""
        owner = (await self.case(complaint_id))["agent"]
        asked = {"kind": "refund", "words": "by then", "due": due.isoformat(), "made_by": owner, **fields}
        asked.setdefault("override_reason", "The customer asked for it.")
        return await self.do("followup", f"cases/{complaint_id}/promises", 201, **asked)

    async def resolve(self, complaint_id: str, **fields: Any) -> Any:
        """The customer has the result."""
        await self.send(
            "followup",
            "PUT",
            f"cases/{complaint_id}/remedy-sought",
            200,
            json={"kind": "refund", "words": "The money."},
        )
        return await self.act(complaint_id, "resolution", **{"outcome": "upheld", "text": "It is done.", **fields})

    async def until_case(self, complaint_id: str, **fields: Any) -> Any:
        """The case, once it has these values."""

        async def look() -> Any:
            case = await self.case(complaint_id)
            return case if all(case[name] == value for name, value in fields.items()) else None

        return await until(look, what=f"{complaint_id} has {fields}")

    async def promised(self, complaint_id: str, promise_id: str, status: str) -> Any:
        """The promise, once it stands so."""

        async def look() -> Any:
            found = (await self.case(complaint_id))["promises"]
            return next((one for one in found if one["id"] == promise_id and one["status"] == status), None)

        return await until(look, what=f"promise {promise_id} is {status}")

    async def totals(self) -> dict[str, float]:
        """What metrics shows, once it has heard everything: each series over all labels, and by each of its labels."""
        await self._everything_is_heard()
        found: dict[str, float] = {}
        for (name, labels), value in (await scraped(self.house["metrics"])).items():
            short = name.removeprefix("palabra_").removesuffix("_total")
            for key in (short, *(f"{short}.{label}={said}" for label, said in labels)):
                found[key] = found.get(key, 0) + value
        return found

    async def _everything_is_heard(self) -> None:
        """What was decided is on the log, and metrics has read to its end."""

        async def all_is_said() -> bool:
            documents = [self.house[name].runtime.desk.documents for name in ("intake", "routing", "followup")]
            return all([await each.find_one({"outbox.0": {"$exists": True}}) is None for each in documents])

        await until(all_is_said, what="everything is on the log")
        await heard_everything(self.house["metrics"])

    async def report(self, name: str) -> Any:
        """A report over all complaints, seen now, once metrics has heard everything."""
        await self._everything_is_heard()
        span = {"from": (MONDAY - 30 * DAY).isoformat(), "to": (MONDAY + 60 * DAY).isoformat()}
        return (await self.get("metrics", f"reports/{name}", **span))["total"]


@asynccontextmanager
async def town(settings: Settings) -> AsyncIterator[Town]:
    """They run inside the block; it is Monday."""
    clock = HandClock(MONDAY)
    async with house(settings.model_copy(update={"seed": "sample"}), clock) as running:
        yield Town(running, clock)
