"""The house in which Ana's complaint is handled."""

from decimal import Decimal
from typing import Final, TypeAlias

from shared.calendar import Calendar
from shared.events.examples.story import AGENT, MANAGER, TEAM, at
from shared.events.reference import Absence, Agent, Key, Policy, ReferenceKind, Target, Team
from shared.events.values import Frozen, Money

Datum: TypeAlias = Calendar | Frozen

_OPEN: Final = (("09:00", "14:00"), ("16:00", "19:00"))

EXAMPLES: Final[dict[ReferenceKind, tuple[str, Datum]]] = {
    "calendar": (
        "office-madrid",
        Calendar.model_validate(
            {
                "name": "Office, Madrid",
                "time_zone": "Europe/Madrid",
                "weekly": {"mon": _OPEN, "tue": _OPEN, "wed": _OPEN, "thu": _OPEN, "fri": _OPEN[:1]},
                "holidays": ["2026-01-01", "2026-05-01"],
                "date_overrides": {"2026-12-24": [["09:00", "12:00"]]},
                "public_holidays": {"country": "ES", "region": "MD"},
                "feed_entries": [
                    {"uid": "isidro@feed.example", "dates": ["2026-05-15"], "summary": "San Isidro", "accepted": True},
                    {"uid": "family@feed.example", "dates": ["2026-05-15"], "summary": "Día de la Familia"},
                ],
            }
        ),
    ),
    "team": (
        TEAM,
        Team(name="Cards", calendar="office-madrid", products=("card",), languages=("es", "en"), manager=MANAGER),
    ),
    "agent": (
        AGENT,
        Agent(
            name="Lucía Vega",
            team=TEAM,
            manager=MANAGER,
            fallback="hugo.rey",
            skills=("refunds",),
            languages=("es", "en"),
            calendar="office-madrid",
            compensation_limit=Money(value=Decimal("50.00"), currency="EUR"),
            absences=(Absence(start=at(0, day=16), end=at(0, day=23)),),
        ),
    ),
    "policy": (
        "default",
        Policy(
            name="Default",
            targets=(
                Target(clock="first_response", minutes=240),
                Target(
                    channel="phone", category="charged_twice", priority="urgent", clock="first_response", minutes=60
                ),
                Target(clock="legal", minutes=43_200, business=False),
            ),
            legal=("es-payment-services",),
            legal_calendar="office-madrid",
            calendar="office-madrid",
            questions={"charged_twice": ("card_last_digits", "charged_on")},
            compensation_limits={"agent": Money(value=Decimal("20.00"), currency="EUR")},
        ),
    ),
    "key": (
        "shop-1",
        Key(
            sha256="0123456789abcdef" * 4,
            owner="shop",
            scopes=("complaints:write", "complaints:read"),
            created_at=at(8),
            revoked_at=at(8, day=30),
        ),
    ),
}
