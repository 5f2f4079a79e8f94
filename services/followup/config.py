"""What follow-up is told by its environment."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import Settings


class FollowupSettings(Settings):
    """Follow-up's settings: those of every service, on a port of its own."""

    model_config = SettingsConfigDict(env_prefix="PALABRA_", extra="ignore", frozen=True)

    port: int = 8103
    ack_patience_seconds: Annotated[float, Field(gt=0)] = 60.0
    """Real seconds to wait for a triage before the customer is acknowledged without a time."""


def ack_patience(settings: Settings) -> timedelta:
    """The patience in product time: a fast clock must not run out of it before routing can speak."""
    seconds = settings.ack_patience_seconds if isinstance(settings, FollowupSettings) else 60.0
    return timedelta(seconds=round(seconds * settings.clock_rate, 3))
