"""How the system speaks to a customer: by name, in their language and form of address, times in their zone."""

from collections.abc import Mapping
from datetime import datetime
from string import Template
from typing import Final, get_args
from zoneinfo import ZoneInfo

from services.followup.domain.case import Case
from shared.calendar.zones import known_zone
from shared.events.vocabulary import CUSTOMER_KINDS, AddressForm, Language

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

_DAYS: Final[Mapping[Language, tuple[str, ...]]] = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: Final[Mapping[Language, tuple[str, ...]]] = {
    "es": (
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
_WHEN: Final[Mapping[Language, str]] = {
    "es": "$day $date de $month de $year a las $time (hora de $place)",
    "en": "$day $date $month $year at $time ($place time)",
}


def language_of(case: Case) -> Language:
    """The language to write in: the customer's, else that of the text, else English."""
    for told in (case.complainant.language, case.language):
        known: Language | None = next((each for each in LANGUAGES if (told or "").casefold().startswith(each)), None)
        if known:
            return known
    return "en"


def zone_of(case: Case, otherwise: str) -> str:
    """The customer's time zone, or the other one where none is known that exists."""
    try:
        return known_zone(case.complainant.time_zone or otherwise)
    except ValueError:
        return otherwise


def in_words(at: datetime, zone: str, language: Language) -> str:
    """The instant as people say it in that zone, to the minute; never later than it is."""
    local = at.astimezone(ZoneInfo(zone))
    return Template(_WHEN[language]).substitute(
        day=_DAYS[language][local.weekday()],
        date=local.day,
        month=_MONTHS[language][local.month - 1],
        year=local.year,
        time=f"{local:%H:%M}",
        place=zone.rpartition("/")[2].replace("_", " "),
    )


def acknowledgement(case: Case, texts: Mapping[str, str], when: str | None) -> tuple[str, str]:
    """The text that says we have it, and the sentence in it that is a promise (empty without `when`)."""
    form: AddressForm = case.complainant.address_form or "formal"
    prefix = f"{language_of(case)}.{form}"

    def text(key: str, /, **filled: str) -> str:
        return Template(texts[f"{prefix}.{key}"]).safe_substitute(filled)

    name = case.complainant.name
    greeting = text("greeting", name=name) if name else text("greeting_unnamed")
    what = text("what_complaint" if case.kind in CUSTOMER_KINDS else "what_message")
    received = text("received", what=what, number=case.number)
    if when is None:
        return f"{greeting}\n\n{received} {text('next_without_time')}", ""
    promise = text("promise", when=when)
    return f"{greeting}\n\n{received} {text('next_with_time')} {promise}", promise
