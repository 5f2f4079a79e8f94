"""What a customer's further words do to a case: thanks nothing at all; what is not over begins again."""

from datetime import datetime
from typing import Final

from services.followup.domain.asking import Ask, person
from services.followup.domain.case import KEPT, Case
from services.followup.domain.parts import evolve
from services.followup.domain.reading import read_reply
from services.followup.domain.refusals import NotFound
from services.followup.domain.resolution import begun_again
from services.followup.domain.saying import say, then
from services.followup.domain.spells import asked, thanked
from services.followup.domain.step_parts import Reply
from services.followup.domain.world import World
from shared.decision import Decision
from shared.events.intake import MessageReceived
from shared.events.steps import ReplyRead
from shared.events.values import AgentId
from shared.events.vocabulary import Reading

ENDED: Final = frozenset({"resolved", "closed"})
"""States in which somebody believes that it is over."""


class CorrectReading(Ask):
    """The message was meant otherwise."""

    message_id: str
    reading: Reading


def replied(case: Case, told: MessageReceived, *, at: datetime, now: datetime, world: World) -> Decision[Case]:
    """The message, which waits since `at`, is read, and the reading stands where people see it.

    "Thanks" reopens nothing and cancels nothing. What is not solved, or new, reopens what was resolved or closed.
    """
    read = read_reply(told.text)
    reply = Reply(message_id=told.message_id, at=at, reading=read.reading, why=read.why)
    case = case.with_steps(replies=(*case.steps.replies, reply)[-KEPT:])
    payload = ReplyRead(message_id=told.message_id, reading=read.reading, why=read.why)
    return then(say(case, payload, now=now), lambda state: _reopened(state, reply, None, now, world))


def correct_reading(case: Case, ask: CorrectReading, *, now: datetime, world: World) -> Decision[Case]:
    """A person's reading stands, and says whether the customer has waited for an answer since the message came.

    One that says that it is not over reopens the case. Read as thanks afterwards, a case that was reopened stays so:
    its clock has run; it is resolved again.
    """
    by = person(ask)
    known = next((reply for reply in case.steps.replies if reply.message_id == ask.message_id), None)
    if known is None:
        raise NotFound(f"this complaint has no message {ask.message_id}")
    reply = evolve(known, reading=ask.reading, why=f"read so by {by}", read_by=by)
    replies = tuple(reply if each is known else each for each in case.steps.replies)
    payload = ReplyRead(message_id=reply.message_id, reading=reply.reading, why=reply.why, by=by, before=known.reading)
    said = say(_waiting(case.with_steps(replies=replies), known, reply), payload, now=now)
    decision = then(said, lambda state: _reopened(state, reply, by, now, world))
    return Decision(decision.state, decision.events, reply)


def _waiting(case: Case, before: Reply, reply: Reply) -> Case:
    if (before.reading == "thanks") == (reply.reading == "thanks"):
        return case
    return thanked(case, reply.at) if reply.reading == "thanks" else asked(case, reply.at)


def _reopened(case: Case, reply: Reply, by: AgentId | None, now: datetime, world: World) -> Decision[Case]:
    if reply.reading == "thanks" or case.status not in ENDED or case.historical:
        return Decision(case)
    return begun_again(case, reply.reading, by, now, world, since=reply.at)
