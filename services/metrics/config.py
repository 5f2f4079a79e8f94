"""What the metrics service is told by its environment."""

from typing import Annotated

from pydantic import Field

from shared.settings import Settings as SharedSettings


class Settings(SharedSettings):
    """The shared settings, and metrics' own."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8104
