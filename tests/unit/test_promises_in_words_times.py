"""Times in words become instants: each convention of `docs/adr/0011-promises-in-words.md`, in both languages."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from services.followup.words import Found, find

MADRID = ZoneInfo("Europe/Madrid")
MONDAY = datetime.fromisoformat("2026-03-02T09:30:00+01:00")
END = "23:59:59"


def only(text: str, at: datetime = MONDAY, zone: ZoneInfo = MADRID) -> Found:
    (found,) = find(text, at=at, zone=zone)
    return found


def shown(at: datetime | None) -> str | None:
    return None if at is None else f"{at:%a %d %b %H:%M:%S}".removesuffix(":00")


@pytest.mark.parametrize(
    ("time", "due", "not_before"),
    [
        # the clock
        ("antes de las doce", "Mon 02 Mar 12:00", None),
        ("a las cuatro", "Mon 02 Mar 16:00", "Mon 02 Mar 16:00"),
        ("a las cinco menos cuarto", "Mon 02 Mar 16:45", "Mon 02 Mar 16:45"),
        ("a las 16:00h", "Mon 02 Mar 16:00", "Mon 02 Mar 16:00"),
        ("a las 4 p. m.", "Mon 02 Mar 16:00", "Mon 02 Mar 16:00"),
        ("mañana a las 7 de la mañana", "Tue 03 Mar 07:00", "Tue 03 Mar 07:00"),
        ("mañana a las 07:00", "Tue 03 Mar 07:00", "Tue 03 Mar 07:00"),
        ("a las 8", "Mon 02 Mar 20:00", "Mon 02 Mar 20:00"),
        ("a las 9", "Tue 03 Mar 09:00", "Tue 03 Mar 09:00"),
        ("entre las 4 y las 6", "Mon 02 Mar 18:00", "Mon 02 Mar 16:00"),
        ("de 9 a 1 el jueves", "Thu 05 Mar 13:00", "Thu 05 Mar 09:00"),
        ("sobre las cinco", "Mon 02 Mar 17:00", None),
        ("mañana a partir de las 10", f"Tue 03 Mar {END}", "Tue 03 Mar 10:00"),
        # days
        ("hoy mismo", f"Mon 02 Mar {END}", None),
        ("el viernes", f"Fri 06 Mar {END}", "Fri 06 Mar 00:00"),
        ("antes del viernes", f"Thu 05 Mar {END}", None),
        ("para el viernes", f"Fri 06 Mar {END}", None),
        ("el viernes como muy tarde", f"Fri 06 Mar {END}", None),
        ("el lunes", f"Mon 09 Mar {END}", "Mon 09 Mar 00:00"),
        ("el lunes 16 a las 10:30", "Mon 16 Mar 10:30", "Mon 16 Mar 10:30"),
        ("el día 30", f"Mon 30 Mar {END}", "Mon 30 Mar 00:00"),
        ("el 1 de marzo de 2027", f"Mon 01 Mar {END}", "Mon 01 Mar 00:00"),
        ("el 12/03", f"Thu 12 Mar {END}", "Thu 12 Mar 00:00"),
        ("el lunes o el martes", f"Tue 03 Mar {END}", "Tue 03 Mar 00:00"),
        # parts of a day
        ("mañana por la mañana", "Tue 03 Mar 12:00", "Tue 03 Mar 00:00"),
        ("mañana a mediodía", "Tue 03 Mar 12:00", "Tue 03 Mar 12:00"),
        ("el martes 10 por la tarde", "Tue 10 Mar 20:00", "Tue 10 Mar 12:00"),
        ("el 10 de marzo por la mañana", "Tue 10 Mar 12:00", "Tue 10 Mar 00:00"),
        ("a las 10 por la noche", "Mon 02 Mar 22:00", "Mon 02 Mar 22:00"),
        ("antes del mediodía", "Mon 02 Mar 12:00", None),
        ("entre las 10 y el mediodía", "Mon 02 Mar 12:00", "Mon 02 Mar 10:00"),
        ("esta tarde", "Mon 02 Mar 20:00", "Mon 02 Mar 12:00"),
        ("mañana a primera hora", "Tue 03 Mar 10:00", "Tue 03 Mar 00:00"),
        ("hoy a última hora", "Mon 02 Mar 20:00", None),
        ("al final de la jornada del lunes", "Mon 09 Mar 18:00", None),
        ("esta noche", f"Mon 02 Mar {END}", "Mon 02 Mar 20:00"),
        # amounts of time
        ("en media hora", "Mon 02 Mar 10:00", None),
        ("en hora y media", "Mon 02 Mar 11:00", None),
        ("en 24-48 horas", "Wed 04 Mar 09:30", None),
        ("en 1 hora y 30 minutos", "Mon 02 Mar 11:00", None),
        ("en dos horas y quince minutos", "Mon 02 Mar 11:45", None),
        ("en la próxima hora", "Mon 02 Mar 10:30", None),
        ("en tres días", f"Thu 05 Mar {END}", None),
        ("en un plazo de 3 a 5 días hábiles", f"Mon 09 Mar {END}", None),
        ("en 48 horas hábiles", f"Wed 04 Mar {END}", None),
        ("dentro de dos semanas", f"Mon 16 Mar {END}", None),
        # weeks and months
        ("esta semana", f"Fri 06 Mar {END}", None),
        ("la semana que viene", f"Fri 13 Mar {END}", "Mon 09 Mar 00:00"),
        ("el martes de la semana que viene", f"Tue 10 Mar {END}", "Tue 10 Mar 00:00"),
        ("antes de fin de mes", f"Tue 31 Mar {END}", None),
        ("a mediados de abril", f"Wed 15 Apr {END}", "Fri 10 Apr 00:00"),
    ],
)
def test_spanish_times(time: str, due: str, not_before: str | None) -> None:
    found = only(f"Te llamo {time}.")
    assert (shown(found.due), shown(found.not_before)) == (due, not_before)


@pytest.mark.parametrize(
    ("time", "due", "not_before"),
    [
        ("before twelve", "Mon 02 Mar 12:00", None),
        ("at four", "Mon 02 Mar 16:00", "Mon 02 Mar 16:00"),
        ("at half past three", "Mon 02 Mar 15:30", "Mon 02 Mar 15:30"),
        ("at 4 in the afternoon", "Mon 02 Mar 16:00", "Mon 02 Mar 16:00"),
        ("tomorrow at 7am", "Tue 03 Mar 07:00", "Tue 03 Mar 07:00"),
        ("no later than 5 pm", "Mon 02 Mar 17:00", None),
        ("between 8 and 10 am on Friday", "Fri 06 Mar 10:00", "Fri 06 Mar 08:00"),
        ("by midnight tonight", "Tue 03 Mar 00:00", None),
        ("on Thursday at four", "Thu 05 Mar 16:00", "Thu 05 Mar 16:00"),
        ("on Friday", f"Fri 06 Mar {END}", "Fri 06 Mar 00:00"),
        ("by Tuesday", f"Tue 03 Mar {END}", None),
        ("before Friday", f"Thu 05 Mar {END}", None),
        ("the day after tomorrow", f"Wed 04 Mar {END}", "Wed 04 Mar 00:00"),
        ("on Friday the 13th", f"Fri 13 Mar {END}", "Fri 13 Mar 00:00"),
        ("on March 9th, 2026", f"Mon 09 Mar {END}", "Mon 09 Mar 00:00"),
        ("tomorrow morning", "Tue 03 Mar 12:00", "Tue 03 Mar 00:00"),
        ("on March 10 in the morning", "Tue 10 Mar 12:00", "Tue 10 Mar 00:00"),
        ("on Tuesday 10 in the afternoon", "Tue 10 Mar 18:00", "Tue 10 Mar 12:00"),
        ("at 10 in the morning tomorrow", "Tue 03 Mar 10:00", "Tue 03 Mar 10:00"),
        ("between 10 and noon", "Mon 02 Mar 12:00", "Mon 02 Mar 10:00"),
        ("this afternoon", "Mon 02 Mar 18:00", "Mon 02 Mar 12:00"),
        ("first thing tomorrow", "Tue 03 Mar 10:00", "Tue 03 Mar 00:00"),
        ("by close of business on Monday", "Mon 09 Mar 18:00", None),
        ("in two hours", "Mon 02 Mar 11:30", None),
        ("within 48 hours", "Wed 04 Mar 09:30", None),
        ("in an hour and a half", "Mon 02 Mar 11:00", None),
        ("in 2 hours 30 minutes", "Mon 02 Mar 12:00", None),
        ("in one hour and 15 minutes", "Mon 02 Mar 10:45", None),
        ("within the next hour", "Mon 02 Mar 10:30", None),
        ("within 5 working days", f"Mon 09 Mar {END}", None),
        ("in a day or two", f"Wed 04 Mar {END}", None),
        ("next week", f"Fri 13 Mar {END}", "Mon 09 Mar 00:00"),
        ("by the end of the month", f"Tue 31 Mar {END}", None),
        ("this weekend", f"Sun 08 Mar {END}", "Sat 07 Mar 00:00"),
        ("early next week", f"Tue 10 Mar {END}", "Mon 09 Mar 00:00"),
    ],
)
def test_english_times(time: str, due: str, not_before: str | None) -> None:
    found = only(f"We'll call you {time}.")
    assert (shown(found.due), shown(found.not_before)) == (due, not_before)


@pytest.mark.parametrize(
    "time",
    ["el 30 de febrero", "ayer a las cuatro", "a las 27", "el 1 de marzo", "pronto", "hasta el viernes", "los martes"],
)
def test_what_names_no_time_ahead_promises_nothing(time: str) -> None:
    assert find(f"Te llamo {time}.", at=MONDAY, zone=MADRID) == ()


def test_before_noon_may_stand_first() -> None:
    assert shown(only("Antes del mediodía le llamo.").due) == "Mon 02 Mar 12:00"


def test_hours_pass_over_a_clock_change_and_days_follow_the_wall() -> None:
    friday = datetime.fromisoformat("2026-10-23T16:00:00+02:00")
    assert only("Le llamamos en 48 horas.", friday).due.isoformat() == "2026-10-25T15:00:00+01:00"
    assert only("Le llamamos el domingo a las 16 h.", friday).due.isoformat() == "2026-10-25T16:00:00+01:00"
    assert only("Le llamamos antes del domingo.", friday).due.isoformat() == "2026-10-24T23:59:59+02:00"


def test_days_are_those_of_the_customer() -> None:
    """At two in the morning in Madrid it is still yesterday in Lima."""
    at = datetime.fromisoformat("2026-03-03T02:00:00+01:00")
    assert only("Te llamo mañana a las 10.", at).due.isoformat() == "2026-03-04T10:00:00+01:00"
    assert (
        only("Te llamo mañana a las 10.", at, ZoneInfo("America/Lima")).due.isoformat() == "2026-03-03T10:00:00-05:00"
    )


def test_months_come_first_where_people_write_so() -> None:
    there = ZoneInfo("America/New_York")
    assert shown(only("We'll call you on 4/5.", zone=there).due) == f"Sun 05 Apr {END}"
    assert shown(only("We'll call you on 4/5.").due) == f"Mon 04 May {END}"
    assert shown(only("We'll call you on 24/3.", zone=there).due) == f"Tue 24 Mar {END}"
