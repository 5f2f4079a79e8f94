"""What intake is told by its environment."""

from pydantic_settings import SettingsConfigDict

from shared.settings import Settings


class IntakeSettings(Settings):
    """Intake's settings: those of every service, on a port of its own."""

    model_config = SettingsConfigDict(env_prefix="PALABRA_", extra="ignore", frozen=True)

    port: int = 8101
