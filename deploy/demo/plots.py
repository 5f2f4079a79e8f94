"""What is to happen to each complaint. One after the other, over and over; a short demo sees the first ones."""

from dataclasses import dataclass
from typing import Final, Literal

from shared.events.vocabulary import Kind, PromiseKind

Answer = Literal["in_time", "late", "never", "on_the_phone", "bounces"]
Fate = Literal["kept", "broken", "late", "attempted", "moved", "moved_late", "not_moved", "given_back", "against_hours"]
End = Literal["open", "silence", "verified", "declined", "not_solved", "new_fact", "withdrawn"]
Summed = Literal["confirmed", "corrected"]
Choice = Literal["recommended", "asked_for", "none"]
Decision = Literal["approved", "refused"]
Opinion = Literal["answered", "no_thanks", "never_again", "problem"]


@dataclass(frozen=True, slots=True)
class Steps:
    """What is done of the seven steps beside answering and promising.

    `asked`: the key questions are asked, one of them twice, and answered. `money`: more than the owner may give alone,
    and what their superior says to it. `survey`: once it is closed.
    """

    asked: bool = False
    summary: Summed | None = None
    choice: Choice | None = None
    money: Decision | None = None
    survey: Opinion | None = None


@dataclass(frozen=True, slots=True)
class Plot:
    """One course of things.

    `noise`: an automatic answer, a note and a word to a colleague come first, and none of them counts. `told_before`:
    the customer had told a partner an hour before. `twice`: it is sent twice with one Idempotency-Key.
    """

    answer: Answer
    promise: Fate | None = None
    promised: PromiseKind = "callback"
    end: End = "open"
    kind: Kind = "product"
    noise: bool = False
    anonymous: bool = False
    told_before: bool = False
    twice: bool = False
    steps: Steps = Steps()


PLOTS: Final = (
    Plot(
        "in_time", "kept", end="verified", twice=True, steps=Steps(True, "confirmed", "recommended", None, "answered")
    ),
    Plot("in_time", "broken", "refund"),
    Plot("never"),
    Plot("in_time", "moved", "delivery", end="verified", steps=Steps(True, "corrected", "asked_for", "approved")),
    Plot("in_time", "late", "repair", end="not_solved", steps=Steps(summary="confirmed", choice="none")),
    Plot("late"),
    Plot("in_time", kind="question", end="verified", steps=Steps(summary="confirmed", survey="problem")),
    Plot("in_time", "given_back", "visit", end="silence", steps=Steps(asked=True)),
    Plot("never", noise=True),
    Plot("in_time", anonymous=True),
    Plot("never", end="withdrawn"),
    Plot("in_time", "attempted", twice=True),
    Plot("in_time", kind="treatment", end="declined", steps=Steps(True, "corrected", survey="no_thanks")),
    Plot("on_the_phone", "kept", "update", end="silence"),
    Plot("in_time", "moved_late", "replacement"),
    Plot("in_time", "kept", "payment", end="new_fact"),
    Plot("in_time", "not_moved", "refund", end="verified", steps=Steps(choice="asked_for", money="refused")),
    Plot("bounces"),
    Plot("in_time", kind="suggestion", end="silence"),
    Plot("in_time", kind="praise", end="declined"),
    Plot("late", "kept", noise=True, end="verified", steps=Steps(choice="recommended", survey="never_again")),
    Plot("in_time", "broken", "callback", end="withdrawn"),
    Plot("in_time", "against_hours", "update"),
    Plot("in_time", "kept", "delivery", end="silence"),
    Plot("in_time", told_before=True),
)


def plot_of(number: int) -> Plot:
    """What happens to the complaint of that number, from 0."""
    return PLOTS[number % len(PLOTS)]
