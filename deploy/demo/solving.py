"""The steps beside answers and promises: key questions, summary, options, money; and the survey in the end."""

from typing import Any, Final

from deploy.demo.people import Desk
from deploy.demo.plots import Choice, Decision, Opinion, Steps, Summed
from deploy.demo.rules import euros
from deploy.demo.services import Body, Refused
from deploy.demo.texts import OPTIONS
from deploy.local.errors import UserError

_COLLEAGUE: Final = "ines"
_ANYTHING: Final = ("since when",)
"""Asked where the policy has no key question for the category."""
_ANSWERS: Final[dict[Opinion, dict[str, str]]] = {
    "answered": {"answer0": "Good", "answer1": "Yes"},
    "no_thanks": {"declined": "yes"},
    "never_again": {"declined": "yes", "never_again": "yes"},
    "problem": {"problem": "It stopped working again yesterday."},
}


async def take_steps(desk: Desk, steps: Steps) -> None:
    """All of them that come before the result."""
    if steps.asked:
        await _ask(desk)
    if steps.summary is not None:
        await _repeat(desk, steps.summary)
    if steps.choice is not None:
        await _offer(desk, steps.choice)
    if steps.money is not None:
        await _compensate(desk, steps.money)


async def _ask(desk: Desk) -> None:
    """The key questions, and one of them once more by a colleague who did not look; the customer answers all."""
    names = (await desk.case())["open_questions"] or list(_ANYTHING)
    await desk.post("questions", {"facts": names})
    again = (await desk.post("questions", {"facts": names[:1], "by": _COLLEAGUE}))["again"]
    if again != names[:1]:
        raise UserError(f"{names[0]!r} was asked for twice, and follow-up says {again}")
    await desk.services.patch("followup", f"{desk.path}/facts", dict.fromkeys(names, "As I told you."))
    desk.count.asked += len(names)
    desk.count.asked_again += 1
    desk.count.done.add("listen")


async def _repeat(desk: Desk, how: Summed) -> None:
    """What we understood; the customer confirms it, or corrects it first."""
    told = await desk.post("summary", {"text": desk.said("summary")})
    if how == "corrected":
        await desk.services.by_link(told["link"], confirmed="no", correction=desk.said("correction"))
        told = await desk.post("summary", {"text": f"{desk.said('summary')} {desk.said('correction')}"})
    await desk.services.by_link(told["link"], confirmed="yes")
    desk.count.done.add("repeat")


async def _offer(desk: Desk, choice: Choice) -> None:
    """Three options, of which we advise the second; the customer takes their time, and chooses one or none."""
    texts = OPTIONS[desk.language]
    options: list[Body] = [{"id": name, "text": text} for name, text in texts.items()]
    options[0] |= {"grants_remedy_sought": True, "cost": {"amount": "49.90", "currency": "EUR"}}
    options[1] |= {"recommended": True, "why": desk.said("why")}
    told = await desk.post("solutions", {"options": options})
    asked_for, recommended, _ = texts
    chosen = {"asked_for": asked_for, "recommended": recommended, "none": "none"}[choice]
    await desk.services.by_link(told["link"], option=chosen)
    desk.count.done.add("solution")


async def _compensate(desk: Desk, decision: Decision) -> None:
    """More than the owner may give alone; the superior whom follow-up names says yes or no."""
    wish: dict[str, Any] = {"amount": euros("60.00"), "why": "For the trouble.", "expected_yearly_purchases": 240}
    asked = await desk.post("compensation", wish)
    if asked["status"] != "requested" or asked["approver"] is None:
        raise UserError(f"{desk.agent} may not give 60 EUR alone, and follow-up says {asked}")
    answer = {"by": asked["approver"], "approved": decision == "approved", "why": "Seen with the whole case."}
    await desk.post("compensation/approval", answer)


async def survey(desk: Desk, opinion: Opinion) -> bool:
    """What it was like; whether the answer names a problem, which begins a new round.

    Nobody is asked twice in a month, nor who does not want to be.
    """
    ask = {"purpose": "So that we do better.", "questions": ["How was it?", "Would you come to us again?"]}
    try:
        told = await desk.post("survey", ask)
    except Refused as refused:
        if refused.code != "survey_refused":
            raise
        return False
    await desk.services.by_link(told["link"], **_ANSWERS[opinion])
    if opinion == "problem":
        await desk.begin_again()
    return opinion == "problem"
