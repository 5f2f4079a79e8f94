"""By when each country's law wants an answer: dates counted by hand, each from the source that its name says."""

from datetime import UTC, date, datetime
from typing import Final

import pytest

from services.routing.domain.legal import Concerned, business_days, legal_clocks, legal_deadline
from services.routing.laws import shipped_laws
from shared.calendar import Calendar
from shared.events.values import LegalClock
from shared.events.vocabulary import Kind

LAWS: Final = shipped_laws()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def clocks(rule: str, start: str, *, kind: Kind = "product", own: Calendar | None = None) -> dict[str, LegalClock]:
    found, _ = legal_clocks((rule,), LAWS, Concerned(kind, at(start)), own)
    return {clock.term: clock for clock in found}


def last_instant(day: str, offset: str) -> datetime:
    """24:00 of that day is its end; the last instant that still belongs to it."""
    return at(f"{day}T23:59:59.999{offset}").astimezone(UTC)


@pytest.mark.parametrize(
    ("rule", "start", "day", "offset"),
    [
        # DISP 1.6.2R: eight weeks after receipt, in calendar days; British summer time begins in between.
        ("uk-fca", "2026-12-24T10:00:00+00:00", "2027-02-18", "+00:00"),
        ("uk-fca", "2026-03-27T10:00:00+00:00", "2026-05-22", "+01:00"),
        # Art. 69 RDL 19/2018: 15 business days after reception; 8 December 2026 is a holiday.
        ("es-payment-services", "2026-12-01T12:00:00+01:00", "2026-12-23", "+01:00"),
        # A complaint of a Friday night and one of the Sunday after it both begin on Monday.
        ("es-payment-services", "2026-10-16T23:30:00+02:00", "2026-11-06", "+01:00"),
        ("es-payment-services", "2026-10-18T08:00:00+02:00", "2026-11-06", "+01:00"),
        # Ley 10/2025: 15 business days; over the year's end: 1 and 6 January 2027 are holidays.
        ("es-customer-service", "2026-12-28T09:00:00+01:00", "2027-01-20", "+01:00"),
        # Art. 24.1 Ley 29571: 15 business days; 23, 28, 29 July and 6 August 2026 are holidays.
        ("pe-consumer", "2026-07-22T10:00:00-05:00", "2026-08-18", "-05:00"),
        ("pe-consumer", "2026-12-30T10:00:00-05:00", "2027-01-21", "-05:00"),
        # Art. 14 Ley 1755 de 2015: 15 business days; 8, 15 and 29 June 2026 are holidays kept on a Monday.
        ("co-petition", "2026-06-05T15:00:00-05:00", "2026-07-01", "-05:00"),
        # Art. 13 Decreto 11.034/2022: seven calendar days, New Year among them.
        ("br-sac", "2026-12-28T22:30:00-03:00", "2027-01-04", "-03:00"),
        # Art. 50 Bis LPDUSF: 30 business days from the date of reception, which is day one; 16 March is a holiday.
        ("mx-condusef", "2026-03-02T09:00:00-06:00", "2026-04-13", "-06:00"),
        ("mx-condusef", "2026-03-01T09:00:00-06:00", "2026-04-13", "-06:00"),
        # BCRA: ten business days; 7 (a bridge) and 8 December 2026 are closed.
        ("ar-bcra", "2026-12-03T11:00:00-03:00", "2026-12-21", "-03:00"),
    ],
)
def test_the_deadline_is_the_last_instant_of_the_last_day_there(rule: str, start: str, day: str, offset: str) -> None:
    assert legal_deadline(clocks(rule, start).values()) == last_instant(day, offset)


@pytest.mark.parametrize(("start", "due"), [("2026-12-24", "2026-12-31T17:00Z"), ("2026-06-05", "2026-06-10T16:00Z")])
def test_uk_three_business_days_end_with_business_and_bind_nobody(start: str, due: str) -> None:
    """DISP 1.5.1R: close of business on the third business day following receipt. 25 and 28 December are closed."""
    found = clocks("uk-fca", f"{start}T09:00:00+00:00")
    summary, final = found["summary_resolution"], found["final_response"]
    assert (at(due.replace("Z", "+00:00")) - summary.due).total_seconds() == 0.001
    assert (summary.stops, summary.binding) == ("acceptance", False)
    assert (final.stops, final.binding) == ("substance", True)
    assert legal_deadline([summary, final]) == final.due
    assert legal_deadline([summary]) == summary.due, "whoever holds to nothing else holds to this"


def test_scotland_has_its_own_bank_holidays() -> None:
    """St Andrew's Day 2026 is Monday 30 November: no business day there. Glossary: 'business day'."""
    scotland = Calendar.model_validate({"time_zone": "UTC", "public_holidays": {"country": "GB", "region": "SCT"}})
    english, scottish = (clocks("uk-fca", "2026-11-26T10:00:00+00:00", own=own) for own in (None, scotland))
    assert english["summary_resolution"].due.day == 1
    assert scottish["summary_resolution"].due.day == 2


def test_argentina_the_number_is_an_acknowledgement_and_sets_no_deadline_for_the_answer() -> None:
    """BCRA: the number within three business days, the answer within ten."""
    found = clocks("ar-bcra", "2026-12-03T11:00:00-03:00")
    assert found["number"].due == last_instant("2026-12-10", "-03:00")
    assert found["number"].stops == "acknowledgement"
    assert legal_deadline(found.values()) == found["answer"].due
    assert legal_deadline([found["number"]]) is None


def test_colombia_wants_the_answer_delivered_and_lets_it_take_twice_as_long_when_said_in_time() -> None:
    """Art. 14 Ley 1755, paragraph; no holiday but 12 October between 1 September and 14 October 2026."""
    answer = clocks("co-petition", "2026-09-01T10:00:00-05:00")["answer"]
    assert answer.stops == "delivery"
    assert answer.due == last_instant("2026-09-22", "-05:00")
    assert answer.extended == last_instant("2026-10-14", "-05:00")


@pytest.mark.parametrize(("start", "until"), [("2026-12-01", "2027-01-01"), ("2027-01-31", "2027-02-28")])
def test_spain_a_holding_reply_gives_a_month_from_date_to_date(start: str, until: str) -> None:
    """Art. 69.2 RDL 19/2018; months end on the same date, or with the month (art. 5 Código Civil)."""
    answer = clocks("es-payment-services", f"{start}T12:00:00+01:00")["answer"]
    assert answer.extended == last_instant(until, "+01:00")


@pytest.mark.parametrize("rule", ["pe-consumer", "br-sac", "mx-condusef", "uk-fca", "ar-bcra", "es-customer-service"])
def test_elsewhere_no_delay_is_allowed(rule: str) -> None:
    """Peru says so: `improrrogables` (art. 24.1 Ley 29571)."""
    assert {clock.extended for clock in clocks(rule, "2027-02-01T12:00:00+00:00").values()} == {None}


def test_the_day_is_the_law_s_own_not_the_reader_s() -> None:
    """04:30 UTC on Monday is still Sunday in Lima; an hour later it is Monday."""
    sunday = clocks("pe-consumer", "2026-03-02T04:30:00+00:00")["answer"].due
    monday = clocks("pe-consumer", "2026-03-02T05:30:00+00:00")["answer"].due
    assert sunday == last_instant("2026-03-20", "-05:00")
    assert monday == last_instant("2026-03-23", "-05:00")


def test_spain_customer_services_had_a_year_to_adapt() -> None:
    """Ley 10/2025: until 28 December 2026, local days."""
    assert clocks("es-customer-service", "2026-12-27T22:59:59+00:00") == {}
    assert list(clocks("es-customer-service", "2026-12-27T23:00:00+00:00")) == ["answer"]


def test_a_law_speaks_of_what_it_speaks_of() -> None:
    assert clocks("pe-consumer", "2026-03-02T12:00:00+00:00", kind="praise") == {}
    assert clocks("pe-consumer", "2026-03-02T12:00:00+00:00", kind="question") == {}
    assert list(clocks("co-petition", "2026-03-02T12:00:00+00:00", kind="question")) == ["answer"]


@pytest.mark.parametrize("name", sorted(LAWS))
def test_every_rule_names_its_source_and_what_a_lawyer_must_check(name: str) -> None:
    rule = LAWS[name]
    assert rule.check.startswith("Check with a lawyer")
    assert rule.citation
    assert all(term.citation for term in rule.terms)
    assert rule.holidays.country == rule.country
    assert not business_days(rule).is_working_day(date(2027, 1, 1)), "New Year is a holiday in all of them"
