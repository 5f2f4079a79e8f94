"""The people who answer. Each complaint has its own course, played over the public API, as its plot says."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from deploy.demo.rules import silence
from deploy.demo.services import Body, Services
from deploy.demo.tally import Complaint, Round, Spoken, Verdict
from deploy.demo.texts import REMEDY, SAID
from deploy.local.errors import UserError

HOUR = timedelta(hours=1)
MOST_THOUGHT = timedelta(hours=3)
"""Nobody thinks longer about an answer, however much time there is."""


def instant(text: str) -> datetime:
    """An instant as an answer names it."""
    return datetime.fromisoformat(text)


@dataclass(slots=True)
class Desk:
    """Whoever owns the complaint, at work on it. Everything that is done is counted as it is done."""

    services: Services
    count: Complaint
    agent: str
    channel: str
    language: str

    @property
    def path(self) -> str:
        """Of the case."""
        return f"/v1/cases/{self.count.id}"

    def said(self, what: str) -> str:
        """In the customer's language."""
        return SAID[self.language][what]

    async def case(self) -> Body:
        """The case as it is now."""
        return await self.services.get("followup", self.path)

    async def post(self, what: str, body: Body) -> Body:
        """Do something on the case, by its owner."""
        return await self.services.post("followup", f"{self.path}/{what}", {"by": self.agent, **body})

    async def think(self, share: float) -> None:
        """Part of the time until the customer must have an answer passes, but not too much of it."""
        due, now = self.count.rounds[-1].due, self.services.now()
        left = HOUR if due is None else max(due - now, timedelta(0))
        await self.services.until(now + min(left * share, MOST_THOUGHT))

    async def answer(self, reference: str) -> Spoken:
        """The customer has heard from a person, now."""
        at = self.services.now()
        body = {
            "channel": self.channel,
            "text": self.said("answer"),
            "occurred_at": at.isoformat(),
            "external_reference": f"{reference}-{self.count.id}",
            "apology": True,
        }
        answer = await self.post("responses", body)
        spoken = Spoken(str(answer["id"]), at)
        self.count.rounds[-1].spoken.append(spoken)
        return spoken

    async def make_noise(self) -> None:
        """Much is written, and nobody answers the customer."""
        automatic = {"channel": "email", "text": "We have received your message.", "automatic": True}
        await self.services.post("followup", f"{self.path}/responses", automatic)
        await self.post("responses", {"channel": "email", "text": "Whose is this?", "to": "internal"})
        await self.post("notes", {"text": "Looks like the one from last week."})
        await self.services.post("intake", f"/v1/complaints/{self.count.id}/messages", {"text": "Are you there?"})
        self.count.done.add("listen")

    async def resolve(self, outcome: str) -> None:
        """The customer has the result; where nobody knew what would put it right, they were asked first."""
        if self.count.remedial and self.count.sought is None:
            remedy = {"by": self.agent, "kind": "other", "words": "Put it right."}
            await self.services.put("followup", f"{self.path}/remedy-sought", remedy)
            self.count.seeks("other")
        body: dict[str, Any] = {"outcome": outcome, "text": self.said("result")}
        if outcome in ("partly", "not_upheld"):
            body |= {"reasons": "The goods were used for a year.", "next_step": "The consumer board is open to you."}
        if outcome in ("upheld", "partly"):
            body["remedy_given"] = REMEDY
        result = await self.post("resolution", body)
        if result["remedy_match"] != (match := self._match(outcome)):
            raise UserError(f"the remedy of {self.count.id} is {result['remedy_match']}, and should be {match}")
        if self.count.remedial:
            self.count.remedies.append(match or "none")
        at = instant(result["at"])
        self.count.rounds[-1].results.append((at, outcome))
        self.count.rounds[-1].spoken.append(Spoken(str(result["response_id"]), at, told=at))
        self.count.closes_at = at + silence(self.services)

    def _match(self, outcome: str) -> str | None:
        """What was given beside what was sought, as it should be seen."""
        if outcome not in ("upheld", "partly"):
            return None
        return {"upheld": "granted", "partly": "partly"}[outcome] if self.count.sought == REMEDY["kind"] else "other"

    async def ask_whether_solved(self, answer: str, satisfaction: int | None = None) -> None:
        """The customer said yes or no, or did not want to say. A no, by the link, begins a new round."""
        said: dict[str, Any] = {"answer": answer}
        if satisfaction is not None:
            said["satisfaction"] = satisfaction
        if answer == "no":
            link = (await self.post("customer-links", {"purpose": "verification"}))["link"]
            await self.services.by_link(link, **{name: str(value) for name, value in said.items()})
        else:
            evidence = {"type": "call", "reference": f"check-{self.count.id}"}
            await self.post("verification", {**said, "via": "call", "evidence": evidence})
        self.count.verified.append((answer, satisfaction))
        self.count.done.add("check")
        if answer == "no":
            await self.begin_again()

    async def close(self, verdict: Verdict) -> None:
        """It is over."""
        await self.post("closure", {})
        self.count.closes_at = None
        self.count.close(self.services.now(), verdict)

    async def reopen(self) -> None:
        """The customer, who has heard that it is closed, writes something new, which begins a new round by itself."""
        words, path = {"text": "Something else has come up since."}, f"/v1/complaints/{self.count.id}"
        while (await self.services.get("intake", path))["status"] != "closed":
            await self._blink()
        await self.services.post("intake", f"{path}/messages", words)
        self.count.done.add("listen")
        while (await self.case())["cycle"] == len(self.count.rounds):
            await self._blink()
        await self.begin_again()

    async def begin_again(self) -> None:
        """A new round is counted, from when and until when the case says."""
        newest = (await self.case())["cycles"][-1]
        due = newest["deadlines"]["first_response"]
        self.count.closes_at = None
        self.count.done.discard("check")
        self.count.rounds.append(Round(instant(newest["started_at"]), instant(due) if due else None))

    async def bounce(self, spoken: Spoken) -> None:
        """The answer did not reach the customer, and whoever wrote it knows.

        The channel says so after everybody has heard of the answer; a report that overtakes it would be another story.
        """
        path = f"/v1/complaints/{self.count.id}"
        while not (await self.services.get("intake", path))["first_response"]:
            await self._blink()
        report = {
            "response_id": spoken.id,
            "status": "failed",
            "class": "5.1.1",
            "occurred_at": self.services.now().isoformat(),
        }
        await self.services.post("intake", f"{path}/delivery-reports", report)
        spoken.failed = True
        while not any(each["id"] == spoken.id and each["failed_at"] for each in (await self.case())["responses"]):
            await self._blink()

    async def _blink(self) -> None:
        await self.services.until(self.services.now() + self.services.product(0.1))

    async def withdraw(self) -> None:
        """The customer takes the complaint back; never just when the answer falls due, which both could claim."""
        due, now = self.count.rounds[0].due, self.services.now()
        close = self.services.product(2)
        if due is not None and now < due < now + close:
            await self.services.until(due + close)
        path = f"/v1/complaints/{self.count.id}/withdrawal"
        await self.services.post("intake", path, {"reason": "It has settled itself."})
