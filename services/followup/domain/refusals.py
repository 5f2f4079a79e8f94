"""What follow-up refuses, and under which name."""

from collections.abc import Sequence
from datetime import datetime

from shared.decision import Conflict, NotFound, Refusal

__all__ = [
    "Conflict",
    "LimitTooLow",
    "LinkUsed",
    "NotFound",
    "NotVerified",
    "OptionsMissing",
    "PromiseNotFeasible",
    "PromiseOpen",
    "PromiseSettled",
    "RemedyMissing",
    "SurveyRefused",
]


class PromiseNotFeasible(Refusal):
    """The promise cannot be kept as asked; `instead` lists the nearest instants that can."""

    code = "promise_not_feasible"
    title = "Promise not feasible"

    def __init__(self, problems: Sequence[tuple[str, str]], instead: Sequence[datetime]) -> None:
        super().__init__(
            "This cannot be promised: " + "; ".join(reason for _, reason in problems),
            errors=problems,
            instead=list(instead),
        )


class PromiseOpen(Refusal):
    """A complaint is not closed over our open word; `promises` names what is still owed."""

    code = "promise_open"
    title = "A promise is open"


class PromiseSettled(Refusal):
    """The promise has ended in another way, which stands."""

    code = "promise_settled"
    title = "The promise is settled"


class NotVerified(Refusal):
    """Nobody but the customer can say that it is solved."""

    code = "not_verified"
    title = "Not verified"


class OptionsMissing(Refusal):
    """A choice names no option that the customer was offered; `options` lists those that were."""

    code = "options_missing"
    title = "No such option was offered"


class LinkUsed(Refusal):
    """The link has expired, was used, or belongs to something that is over."""

    code = "link_used"
    title = "The link cannot be used"


class LimitTooLow(Refusal):
    """Nobody allows more money than their own limit, nor what they asked for themselves."""

    code = "limit_too_low"
    title = "Somebody else must allow this"


class SurveyRefused(Refusal):
    """The customer was asked a short while ago, or does not want to be asked at all."""

    code = "survey_refused"
    title = "The customer is not asked"


class RemedyMissing(Refusal):
    """A complaint about a product or treatment is resolved without knowing what would put it right."""

    code = "remedy_missing"
    title = "Remedy sought is not known"
