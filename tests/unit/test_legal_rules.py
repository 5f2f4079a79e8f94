"""How terms are counted, whatever country they are of; what a rule may say; what a policy makes of them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.routing.domain.duties import Rulebook, duties
from services.routing.domain.legal import Concerned, LegalRule, Length, last_day, legal_clocks
from services.routing.domain.targets import LATEST, Measured
from services.routing.laws import load_laws, shipped_laws
from shared.calendar import AROUND_THE_CLOCK, WEEKDAYS, Calendar
from shared.events.reference import Policy, Target
from tests.support.routing import MONDAY, OFFICE

TERM: dict[str, Any] = {"name": "answer", "days": 5, "citation": "art. 1"}
RULE: dict[str, Any] = {
    "name": "A law", "country": "ES", "time_zone": "Europe/Madrid", "holidays": {"country": "ES"},
    "terms": [TERM], "citation": "A law", "check": "Check with a lawyer: all of it.",
}  # fmt: skip
WORKDAYS = Calendar(time_zone="UTC", weekly=dict.fromkeys(WEEKDAYS[:5], (("00:00", "24:00"),)))
FRIDAY, SATURDAY = date(2026, 6, 5), date(2026, 6, 6)


def rule(**changed: Any) -> LegalRule:
    return LegalRule.model_validate(RULE | changed)


def term(**changed: Any) -> LegalRule:
    return rule(terms=[TERM | changed])


def due(law: LegalRule, start: datetime, own: Calendar | None = None) -> datetime:
    ((clock,), _) = legal_clocks(("es-x",), {"es-x": law}, Concerned("product", start), own)
    return clock.due


@pytest.mark.parametrize(
    ("length", "start", "same_day", "last"),
    [
        ({"days": 1}, FRIDAY, True, FRIDAY),
        ({"days": 1}, FRIDAY, False, date(2026, 6, 8)),
        ({"days": 1}, SATURDAY, True, date(2026, 6, 8)),
        ({"days": 1}, SATURDAY, False, date(2026, 6, 8)),
        ({"days": 6}, SATURDAY, True, date(2026, 6, 15)),
        ({"days": 6}, FRIDAY, True, date(2026, 6, 12)),
        ({"days": 1, "day_type": "calendar"}, FRIDAY, True, FRIDAY),
        ({"days": 1, "day_type": "calendar"}, FRIDAY, False, SATURDAY),
        ({"months": 1}, date(2028, 1, 31), False, date(2028, 2, 29)),
        ({"months": 1}, date(2027, 12, 15), False, date(2028, 1, 15)),
        ({"months": 13}, date(2026, 12, 15), True, date(2028, 1, 14)),
    ],
)
def test_the_last_day(length: dict[str, Any], start: date, same_day: bool, last: date) -> None:
    assert last_day(Length.model_validate(length), WORKDAYS, start, same_day=same_day) == last


def test_a_last_day_that_is_no_business_day_moves_on_only_where_the_law_says_so() -> None:
    saturday = {"day_type": "calendar", "days": 5}
    assert due(term(**saturday), MONDAY) == datetime(2026, 3, 7, 22, 59, 59, 999_000, tzinfo=UTC)
    assert due(term(**saturday, moves_on=True), MONDAY) == datetime(2026, 3, 9, 22, 59, 59, 999_000, tzinfo=UTC)


def test_business_may_end_before_the_day_does() -> None:
    assert due(term(days=1, ends="14:00"), MONDAY) == datetime(2026, 3, 3, 12, 59, 59, 999_000, tzinfo=UTC)


def test_a_last_day_of_23_hours_ends_at_its_midnight() -> None:
    saturday_night = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
    assert due(term(days=1, day_type="calendar"), saturday_night) == datetime(
        2026, 3, 29, 21, 59, 59, 999_000, tzinfo=UTC
    )


def test_days_decreed_by_the_law_s_country_and_own_holidays_push_it_back_own_hours_do_not() -> None:
    plain = due(rule(), MONDAY)
    assert due(rule(more_holidays=["2026-03-04"]), MONDAY) == plain + timedelta(days=1)
    own = OFFICE.model_copy(update={"holidays": [date(2026, 3, 4)]})
    assert due(rule(), MONDAY, own) == plain + timedelta(days=1)
    assert due(rule(), MONDAY, OFFICE) == plain
    opened = own.model_copy(update={"date_overrides": {date(2026, 3, 4): [["10:00", "11:00"]]}})
    assert due(rule(), MONDAY, opened) == plain
    abroad = OFFICE.model_copy(update={"public_holidays": {"country": "PE"}})
    assert due(rule(), datetime(2026, 7, 27, tzinfo=UTC), abroad) == due(rule(), datetime(2026, 7, 27, tzinfo=UTC))


def test_no_deadline_lies_beyond_what_an_event_can_say() -> None:
    assert due(term(days=3660), datetime(2198, 1, 1, tzinfo=UTC)) == LATEST


def test_nobody_owes_an_answer_to_nobody_and_an_unknown_rule_is_named() -> None:
    laws = {"es-x": rule()}
    assert legal_clocks(("es-x",), laws, Concerned("product", MONDAY, anonymous=True)) == ((), ("no legal: anonymous",))
    assert legal_clocks(("es-y",), laws, Concerned("product", MONDAY)) == (
        (),
        ("no legal es-y: this rule is not here",),
    )
    assert legal_clocks((), laws, Concerned("product", MONDAY, anonymous=True)) == ((), ())
    ended = {"es-x": rule(in_force_until="2026-03-01")}
    assert legal_clocks(("es-x",), ended, Concerned("product", MONDAY)) == ((), ())


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"terms": []}, "terms"),
        ({"terms": [{**TERM, "days": None}]}, "terms.0"),
        ({"terms": [{**TERM, "months": 1}]}, "terms.0"),
        ({"terms": [{**TERM, "ends": "25:00"}]}, "terms.0.ends"),
        ({"terms": [{**TERM, "stops": "silence"}]}, "terms.0.stops"),
        ({"terms": [{**TERM, "extension": {"days": 9}}]}, "terms.0.extension.only_if"),
        ({"time_zone": "Mars"}, "time_zone"),
        ({"holidays": {"country": "XX"}}, "holidays.country"),
        ({"business_days": []}, "business_days"),
        ({"check": ""}, "check"),
        ({"lawyer": "said yes"}, "lawyer"),
    ],
)
def test_a_mistake_in_a_rule_names_its_field(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        rule(**changed)
    assert ".".join(map(str, refused.value.errors()[0]["loc"])) == field


@pytest.mark.parametrize(
    ("name", "text", "words"), [("Spain.toml", "", "Spain.toml"), ("es-x.toml", "name = 1", "es-x.toml is no legal")]
)
def test_a_file_that_is_no_rule_is_named(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=words):
        load_laws(tmp_path)


def test_rules_of_one_s_own_take_the_place_of_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("not a rule")
    assert load_laws(tmp_path) == {}
    assert load_laws(None) is shipped_laws()


def book(*targets: Target, calendar: Calendar = OFFICE, legal: tuple[str, ...] = ()) -> Rulebook:
    return Rulebook(Policy(name="p", targets=targets, legal=legal), calendar, {"es-x": rule()})


ASKED = Measured("web", "card", "normal")


def test_the_legal_deadline_is_the_first_of_the_law_s_and_a_legal_target_of_the_policy() -> None:
    case = Concerned("product", MONDAY)
    short, long = (Target(clock="legal", minutes=n, business=True) for n in (540, 5400))
    law = due(rule(), MONDAY)
    assert duties(book(legal=("es-x",)), ASKED, case).deadlines.legal == law
    assert duties(book(long, legal=("es-x",)), ASKED, case).deadlines.legal == law
    by_target = duties(book(short, legal=("es-x",)), ASKED, case)
    assert by_target.deadlines.legal == MONDAY + timedelta(days=1)
    assert by_target.why == ("legal es-x answer: 5 business days, art. 1", "legal within 540 business minutes")
    always = duties(book(short, calendar=AROUND_THE_CLOCK), ASKED, case)
    assert (always.deadlines.legal, always.legal_clocks) == (MONDAY + timedelta(hours=9), ())
    elapsed = duties(book(Target(clock="legal", minutes=60, business=False)), ASKED, case)
    assert elapsed.why == ("legal within 60 elapsed minutes",)


def test_without_a_law_there_is_no_legal_deadline_and_none_for_the_anonymous() -> None:
    target = Target(clock="legal", minutes=540)
    assert duties(book(), ASKED, Concerned("product", MONDAY)).deadlines.legal is None
    assert duties(book(target, legal=("es-x",)), ASKED, Concerned("product", MONDAY, True)).deadlines.legal is None
