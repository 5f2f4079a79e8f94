"""What a response promises is offered with its answer, in the form in which it can be promised; nothing is recorded."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.followup.api.forms import PromiseForm
from services.followup.domain.promises import MakePromise, make_promise
from services.followup.domain.responses import Respond, SuggestedPromise
from services.followup.suggesting import respond_and_suggest
from shared.events.intake import ComplaintWithdrawn
from shared.events.values import Person
from tests.unit.followup_life import DAY, HOUR, MINUTE, MONDAY, Life, assigned, begun, received, triaged

FOUR = datetime(2026, 3, 5, 15, 0, tzinfo=UTC)
"""Thursday, four in the afternoon in Madrid."""
CLOSING = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)
"""Friday, five in Madrid, when the office closes."""


def suggested(life: Life, text: str, **changes: Any) -> tuple[SuggestedPromise, ...]:
    fields: dict[str, Any] = {"by": "ana", "channel": "email", "text": text, **changes}
    answer = life.do(respond_and_suggest, Respond(response_id="r1", **fields))
    promises: tuple[SuggestedPromise, ...] = answer.suggested_promises
    return promises


def confirmed(life: Life, suggestion: SuggestedPromise) -> Any:
    """The suggestion, posted as it came."""
    form = PromiseForm.model_validate_json(suggestion.model_dump_json())
    assert form.time_zone == suggestion.time_zone
    ask = MakePromise(promise_id="p1", by="ana", **form.model_dump(exclude={"made_by"}))
    return life.do(make_promise, ask)


def test_a_response_is_answered_with_what_it_promises_and_records_none_of_it() -> None:
    life = begun()
    (one,) = suggested(life, "Te llamo el jueves a las cuatro.")
    assert one == SuggestedPromise(
        words="Te llamo el jueves a las cuatro",
        kind="callback",
        due=FOUR,
        not_before=FOUR,
        time_zone="Europe/Madrid",
    )
    assert [entry.said_by for entry in life.case.promises] == ["system"]
    assert life.types("promise") == ["promise.made", "promise.kept"]  # what the acknowledgement promised
    assert life.case.first_response() is not None


def test_confirmed_as_it_came_it_is_a_promise_with_the_grace_of_the_policy() -> None:
    life = begun()
    (one,) = suggested(life, "Te llamo el jueves a las cuatro.")
    promise = confirmed(life, one)
    assert (promise.not_before, promise.due) == (FOUR, FOUR + 10 * MINUTE)
    assert (promise.words, promise.kind, promise.owner) == (one.words, "callback", "ana")


@pytest.mark.parametrize(
    ("text", "not_before", "due"),
    [
        ("El viernes le devolvemos el dinero.", CLOSING - 8 * HOUR, CLOSING),
        ("Tendrá su dinero antes del sábado.", None, CLOSING),
        ("Mañana por la tarde le llamo.", MONDAY + DAY + 2 * HOUR, MONDAY + DAY + 7 * HOUR),
        ("Le contestamos antes de fin de mes.", None, datetime(2026, 3, 31, 15, 0, tzinfo=UTC)),
    ],
)
def test_a_day_is_from_the_owners_opening_to_their_closing(
    text: str, not_before: datetime | None, due: datetime
) -> None:
    life = begun()
    (one,) = suggested(life, text)
    assert one.due == due
    assert one.not_before == not_before
    if due < MONDAY + 20 * DAY:
        assert confirmed(life, one).due == due


def test_a_day_on_which_nobody_works_is_offered_as_said() -> None:
    (one,) = suggested(begun(), "El domingo le llamo.")
    assert one.due == datetime(2026, 3, 8, 22, 59, 59, tzinfo=UTC)


def test_a_calendar_without_hours_leaves_what_was_said() -> None:
    life = begun()
    life.hear(assigned("nil", team="closed", calendar="never"))
    (one,) = suggested(life, "I'll pay you on Friday.", by="nil")
    assert one.due == datetime(2026, 3, 6, 22, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("changes", [{"automatic": True, "by": None}, {"to": "third_party"}, {"to": "internal"}])
def test_only_what_a_person_tells_the_customer_is_offered(changes: dict[str, Any]) -> None:
    assert suggested(begun(), "Te llamo mañana a las diez.", **changes) == ()


def test_nothing_is_offered_where_nothing_can_be_promised() -> None:
    life = begun()
    life.hear(ComplaintWithdrawn(reason="solved"))
    assert suggested(life, "Te llamo mañana a las diez.") == ()


def test_times_are_seen_from_when_it_was_said_and_must_still_lie_ahead() -> None:
    life = begun().at(MONDAY + DAY)
    said = MONDAY + HOUR
    first, second = "Le llamo mañana a las 9:30.", "Le llamo mañana a las 16:30."
    assert suggested(life, first, occurred_at=said) == ()
    (one,) = suggested(life, second, occurred_at=said)
    assert one.due == MONDAY + DAY + timedelta(hours=6, minutes=30)


def test_times_are_the_customers_and_so_is_the_language_where_words_do_not_tell() -> None:
    life = Life()
    life.hear(received(complainant=Person(name="Rosa", email="r@example.org", time_zone="America/Lima", language="es")))
    life.hear(triaged())
    life.hear(assigned())
    life.at(MONDAY + 10 * MINUTE)
    (one,) = suggested(life, "Te llamo mañana a las cuatro.")
    assert (one.due, one.time_zone) == (datetime(2026, 3, 3, 21, 0, tzinfo=UTC), "America/Lima")


def test_there_are_at_most_ten() -> None:
    days = " ".join(f"I will pay you €{n} on {n} April." for n in range(1, 20))
    assert len(suggested(begun(), days)) == 10
