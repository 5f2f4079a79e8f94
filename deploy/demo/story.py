"""One complaint from the customer's first word to the end that its plot gives it."""

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from deploy.demo import texts
from deploy.demo.people import HOUR, Desk, instant
from deploy.demo.plots import Plot, plot_of
from deploy.demo.promising import promise
from deploy.demo.services import Body, Services
from deploy.demo.solving import survey, take_steps
from deploy.demo.tally import Complaint, Round, Spoken, Tally
from deploy.local.errors import UserError

_MINUTE: Final = timedelta(minutes=1)
_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where stories are played. `assigned` answers once somebody owns the complaint."""

    services: Services
    tally: Tally
    assigned: Callable[[str], Awaitable[None]]

    async def play(self, number: int) -> None:
        """The story of the complaint of that number, from 0."""
        plot = plot_of(number)
        form = texts.complaint(number, plot.kind, anonymous=plot.anonymous)
        count = await self._hand_in(form, plot)
        if plot.end == "withdrawn" and plot.answer == "never":
            await Desk(self.services, count, "", "", "en").withdraw()
            return
        desk = await self._owner(count)
        if plot.noise:
            await desk.make_noise()
        if plot.answer == "never":
            return
        await self._answer(desk, plot)
        await take_steps(desk, plot.steps)
        if plot.promise is not None:
            await promise(desk, plot.promised, plot.promise)
        outcomes = texts.OUTCOMES[plot.kind]
        await _end(desk, plot, outcomes[number % len(outcomes)])

    async def _hand_in(self, form: Body, plot: Plot) -> Complaint:
        if plot.answer == "on_the_phone":
            form |= {"channel": "phone", "contact": self._call()}
        if plot.told_before:
            form["customer_contacted_at"] = (self.services.now() - HOUR).isoformat()
        key = secrets.token_hex(12)
        receipt = await self.services.post("intake", "/v1/complaints", form, key=key)
        if plot.twice:
            again = await self.services.send("intake", "/v1/complaints", form, key=key)
            if again.json() != receipt or again.headers.get("Idempotent-Replayed") != "true":
                raise UserError(f"the same Idempotency-Key was answered {receipt} and then {again.text}")
            self.tally.repeats += 1
        received = instant(receipt["received_at"])
        told = [instant(form["contact"]["ringing_at"])] if "contact" in form else []
        told += [instant(form["customer_contacted_at"])] if "customer_contacted_at" in form else []
        start = min([received, *told])
        count = Complaint(receipt["id"], received, start, anonymous=plot.anonymous, rounds=[Round(start)])
        count.remedial = plot.kind in texts.REMEDIAL
        if "remedy_sought" in form:
            count.seeks(form["remedy_sought"]["kind"])
        if "contact" in form:
            call = form["contact"]
            count.rounds[0].spoken.append(Spoken(call["id"], instant(call["answered_at"])))
        self.tally.complaints[count.id] = count
        return count

    def _call(self) -> dict[str, Any]:
        rang = self.services.now() - 4 * _MINUTE
        return {
            "type": "call",
            "id": f"call-{secrets.token_hex(6)}",
            "direction": "inbound",
            "ringing_at": rang.isoformat(),
            "answered_at": (rang + _MINUTE).isoformat(),
            "ended_at": (rang + 3 * _MINUTE).isoformat(),
            "answered_by": "noa",
        }

    async def _owner(self, count: Complaint) -> Desk:
        await self.assigned(count.id)
        case = await self.services.get("followup", f"/v1/cases/{count.id}")
        due = case["deadlines"]["first_response"]
        count.rounds[0].due = instant(due) if due and not count.anonymous else None
        language = case["language"] if case["language"] in texts.SAID else "en"
        return Desk(self.services, count, case["agent"], case["channel"], language)

    async def _answer(self, desk: Desk, plot: Plot) -> None:
        due = desk.count.rounds[0].due
        if plot.answer == "late" and due is not None:
            await self.services.until(due + HOUR)
        elif plot.answer != "on_the_phone":
            await desk.think(0.2)
        if plot.answer != "on_the_phone":
            spoken = await desk.answer("first")
            if plot.answer == "bounces":
                await desk.bounce(spoken)
                await desk.think(0.2)
                await desk.answer("second")

    async def take_history(self) -> None:
        """What another system knew of earlier times is taken over; it wakes nobody."""
        forms = [_old(trouble, place, self.services) for place, trouble in enumerate(texts.HISTORY)]
        text = "".join(json.dumps(form) + "\n" for form in forms)
        response = await self.services.lines("intake", "/v1/complaints/batch?import_format=ndjson", text)
        answers = [json.loads(line) for line in response.text.splitlines()]
        if [answer.get("result") for answer in answers] != ["taken"] * len(forms):
            raise UserError(f"history was not taken over: {response.text}")
        self.tally.historical += len(forms)


def _old(trouble: texts.Trouble, place: int, services: Services) -> dict[str, Any]:
    return {
        "channel": "letter",
        "subject": trouble.subject,
        "text": trouble.text,
        "product": trouble.product,
        "complainant": {"name": texts.REGULAR, "language": trouble.language},
        "external_reference": f"old-{place}",
        "historical": True,
        "received_at": (services.now() - _YEAR - place * HOUR).isoformat(),
    }


async def _end(desk: Desk, plot: Plot, outcome: str) -> None:
    if plot.end == "withdrawn":
        await desk.withdraw()
    if plot.end in ("open", "withdrawn"):
        return
    await desk.resolve(outcome)
    if plot.end == "silence":
        return
    if plot.end == "not_solved":
        await desk.ask_whether_solved("no", 1)
        await _again(desk, outcome)
    elif plot.end == "declined":
        await desk.ask_whether_solved("declined")
        await desk.close("declined")
    else:
        await desk.ask_whether_solved("yes", 5)
        await desk.close("verified")
    if plot.end == "new_fact":
        await desk.reopen()
        await _again(desk, outcome)
    if plot.steps.survey is not None and await survey(desk, plot.steps.survey):
        await _again(desk, outcome)


async def _again(desk: Desk, outcome: str) -> None:
    """It was not over: answered and solved once more, and the customer is halfway content."""
    await desk.think(0.2)
    await desk.answer("again")
    await desk.resolve("upheld" if desk.count.remedial else outcome)
    await desk.ask_whether_solved("yes", 3)
    await desk.close("verified")
