"""Instants, money and the vocabulary of everything that travels."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.events.values import FIRST_YEAR, LAST_YEAR, DecimalText, Frozen, Instant, Money, ShortText, to_instant

INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(FIRST_YEAR + 2, 1, 1), datetime(LAST_YEAR - 2, 12, 31), timezones=zones)  # noqa: DTZ001 - zones follow


@given(moments)
def test_an_instant_stays_the_same_moment_to_the_millisecond(moment: datetime) -> None:
    read = INSTANT.validate_json(json.dumps(moment.isoformat()))
    assert read.tzinfo is UTC
    assert timedelta(0) <= moment - read < timedelta(milliseconds=1)
    assert read.microsecond % 1000 == 0


@given(moments)
def test_an_instant_goes_out_and_comes_back(moment: datetime) -> None:
    instant = to_instant(moment)
    text = INSTANT.dump_json(instant)
    assert text.endswith(b'Z"')
    assert INSTANT.validate_json(text) == instant
    assert to_instant(instant) == instant


def test_the_offset_is_kept_as_a_moment() -> None:
    assert INSTANT.validate_python("2026-03-29T02:30:00+01:00") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert INSTANT.validate_python("2026-03-02T09:00:00.123999Z").microsecond == 123000


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2026-03-02T09:00:00", "no offset"),
        ("2026-03-02", "no offset"),
        (datetime(2026, 3, 2, 9), "no offset"),  # noqa: DTZ001 - naive is the point
        ("1900-06-01T00:00:00Z", "outside the years 1901 to 2199"),
        ("2200-01-01T00:00:00Z", "outside the years"),
        ("0001-01-01T00:00:00+14:00", "outside the years"),
        ("9999-12-31T23:59:59-14:00", "outside the years"),
        (1772442000, "ISO 8601"),
        (1772442000.5, "ISO 8601"),
        (True, "ISO 8601"),
        (0, "ISO 8601"),
        ("2026-02-30T09:00:00Z", "datetime"),
        ("2026-03-02T24:01:00Z", "datetime"),
        ("tomorrow", "datetime"),
        ("", "datetime"),
        (None, "datetime"),
        ([], "datetime"),
    ],
)
def test_what_is_no_instant_is_refused_with_a_reason(value: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        INSTANT.validate_python(value)


@pytest.mark.parametrize("text", ["1772442000", "1772442000000", "20260302", "-5", "1e9", "0"])
def test_a_number_in_text_is_no_instant_either(text: str) -> None:
    with pytest.raises(ValidationError):
        INSTANT.validate_python(text)


@given(st.decimals(min_value=0, max_value=10**12, places=4))
def test_money_is_exact_and_travels_as_text(value: Decimal) -> None:
    money = Money(value=value, currency="EUR")
    written = json.loads(money.model_dump_json())
    assert isinstance(written["value"], str)
    assert Money.model_validate_json(money.model_dump_json()) == money
    assert Decimal(written["value"]) == value


@pytest.mark.parametrize("value", ["-1", "NaN", "Infinity", "1e400", "1.00001", "ten", "", "12345678901234567890"])
def test_what_is_no_amount_is_refused(value: str) -> None:
    with pytest.raises(ValidationError):
        Money.model_validate({"value": value, "currency": "EUR"})


@pytest.mark.parametrize("currency", ["eur", "EU", "EURO", "", "E1R", "\u0415UR"])
def test_what_is_no_currency_is_refused(currency: str) -> None:
    with pytest.raises(ValidationError):
        Money(value=Decimal(1), currency=currency)


def test_a_decimal_does_not_pass_through_a_float() -> None:
    assert TypeAdapter(DecimalText).dump_json(Decimal("0.10")) == b'"0.10"'


class Note(Frozen):
    """A value for these tests."""

    text: ShortText
    figure: float = 0.0


def test_a_value_never_changes_and_ignores_what_it_does_not_know() -> None:
    note = Note.model_validate({"text": " hello ", "mood": "fine"})
    assert note == Note(text="hello")
    with pytest.raises(ValidationError, match="frozen"):
        note.text = "bye"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Note(text="   ")


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_is_a_number(figure: str) -> None:
    with pytest.raises(ValidationError, match="finite"):
        Note.model_validate_json(f'{{"text": "a", "figure": {figure}}}')
