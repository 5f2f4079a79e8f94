"""An hour said in a zone is that zone's hour; an hour of an unknown zone promises nothing."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from services.followup.domain.wording import in_words
from services.followup.words import find
from services.followup.words.found import Language
from tests.unit.test_promises_in_words_times import MADRID, MONDAY


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("We'll call you at 3pm London time.", "2026-03-02T15:00+00:00"),
        ("We'll call you at 3 London time.", "2026-03-02T15:00+00:00"),
        ("We'll call you at 3pm London time on Friday.", "2026-03-06T15:00+00:00"),
        ("We'll call you on Friday at 10:00 (New York time).", "2026-03-06T10:00-05:00"),
        ("We'll call you on 4 March at 10:00 Eastern Standard Time.", "2026-03-04T10:00-05:00"),
        ("We'll call you at 5 pm PST at the latest.", "2026-03-02T17:00-08:00"),
        ("We'll call you between 3 and 5 pm UK time.", "2026-03-02T17:00+00:00"),
        ("We'll call you at 3pm Eastern on Friday.", "2026-03-06T15:00-05:00"),
        ("We'll call you at 3pm on Friday London time.", "2026-03-06T15:00+00:00"),
        ("We'll call you at 15:00 Central European Time.", "2026-03-02T15:00+01:00"),
        ("We'll call you at 15:00 GMT.", "2026-03-02T15:00+00:00"),
        ("Te llamo a las 4 pm hora de Lima.", "2026-03-02T16:00-05:00"),
        ("Te llamo a las 16:00, hora peninsular.", "2026-03-02T16:00+01:00"),
        ("Te llamo a las 4 de la tarde (hora de Canarias).", "2026-03-02T16:00+00:00"),
        ("Te llamo a las 10 hora de Lima del martes.", "2026-03-03T10:00-05:00"),
        ("Te llamo mañana a las 10 (hora de Ciudad de México) y te enviamos la pieza.", "2026-03-03T10:00-06:00"),
        ("Te llamo mañana a las 10 hora local de Bogotá.", "2026-03-03T10:00-05:00"),
    ],
)
def test_the_named_zone_counts(text: str, due: str) -> None:
    assert {one.due for one in find(text, at=MONDAY, zone=MADRID)} == {datetime.fromisoformat(due)}


@pytest.mark.parametrize(
    "text",
    [
        "We'll call you at 3pm your time.",
        "We'll call you at 3pm local time.",
        "We'll call you at 3pm this time.",
        "Te llamo a las 15:00 hora local.",
        "Te llamo a las 15:00, en su hora.",
    ],
)
def test_the_customers_own_hour_is_theirs(text: str) -> None:
    (found,) = find(text, at=MONDAY, zone=MADRID)
    assert found.due == MONDAY.replace(hour=15, minute=0)


@pytest.mark.parametrize(
    "text",
    [
        "We'll call you at 3pm Atlantis time.",
        "We'll call you at 3pm Eastern African time.",
        "We'll call you at 3pm our time.",
        "We'll call you at 3pm IST.",
        "We'll call you at 15:00 GMT +2.",
        "Te llamo a las 4 pm hora de Macondo.",
    ],
)
def test_an_unknown_zone_promises_nothing(text: str) -> None:
    assert find(text, at=MONDAY, zone=MADRID) == ()


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "America/Argentina/Buenos_Aires", "Asia/Tokyo"])
@pytest.mark.parametrize(("language", "promise"), [("es", "Le llamaremos el"), ("en", "We will call you on")])
def test_what_the_product_itself_writes_is_read_as_it_was_meant(zone: str, language: Language, promise: str) -> None:
    due = datetime.fromisoformat("2026-03-05T16:00:00+00:00")
    (found,) = find(f"{promise} {in_words(due, zone, language)}.", at=MONDAY, zone=MADRID)
    assert found.due == due
    assert found.words.endswith(")") or "time" in found.words or "hora" in found.words


def test_days_are_those_of_the_zone() -> None:
    late = datetime.fromisoformat("2026-03-03T02:00:00+01:00")
    (found,) = find("Te llamo mañana a las 10 hora de Lima.", at=late, zone=ZoneInfo("Europe/Madrid"))
    assert found.due.isoformat() == "2026-03-03T10:00:00-05:00"
