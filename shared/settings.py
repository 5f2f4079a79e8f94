"""What every process is told by its environment (prefix `PALABRA_`). Read once, in `main`."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.clock import ProductClock


class Settings(BaseSettings):
    """Settings that all four services share; a service's own class adds to them."""

    model_config = SettingsConfigDict(env_prefix="PALABRA_", extra="ignore", frozen=True)

    mongodb_uri: str = "mongodb://127.0.0.1:27017/?replicaSet=rs0"
    kafka: str = "127.0.0.1:9092"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8100
    admin_key: SecretStr | None = None
    """A key with every scope, for the first steps and for development. Production creates keys and unsets it."""
    database_prefix: str = "palabra"
    topic_prefix: str = ""
    partitions: Annotated[int, Field(ge=1)] = 12
    replication: Annotated[int, Field(ge=1)] = 1
    min_insync_replicas: Annotated[int, Field(ge=1)] = 1
    seed: Literal["none", "sample"] = "none"
    """`sample`: routing creates sample teams, agents and calendars where there are none."""
    log_format: Literal["json", "console"] = "json"
    otlp_endpoint: str | None = None
    """Where traces go: OTLP over HTTP, such as http://localhost:4318/v1/traces. None: no traces."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    clock_rate: Annotated[float, Field(gt=0)] = 1.0
    clock_real_origin: datetime | None = None
    clock_origin: datetime | None = None
    max_body_bytes: Annotated[int, Field(ge=1024)] = 1_000_000
    body_seconds: Annotated[float, Field(gt=0)] = 30.0
    """How long a client may take over a request's head, and again over its body. Real time."""
    trusted_proxies: str = ""
    """Addresses of proxies, comma-separated, whose X-Forwarded-For says who asks; wrong keys are counted by that."""
    batch_size: Annotated[int, Field(ge=1)] = 1000
    drain_seconds: float = 60.0
    """How long the timer waits at most, at start, for the consumer to read what was said while it was down."""

    @model_validator(mode="after")
    def _clock_is_whole(self) -> "Settings":
        if self.clock_rate != 1 and (self.clock_real_origin is None or self.clock_origin is None):
            raise ValueError("PALABRA_CLOCK_RATE needs PALABRA_CLOCK_REAL_ORIGIN and PALABRA_CLOCK_ORIGIN beside it")
        return self

    def clock(self) -> ProductClock:
        """The product clock as told."""
        return ProductClock(self.clock_rate, self.clock_real_origin, self.clock_origin)

    @property
    def lifecycle_topic(self) -> str:
        """All events of all complaints, keyed by complaint id."""
        return f"{self.topic_prefix}complaints.lifecycle"

    @property
    def reference_topic(self) -> str:
        """Calendars, teams, agents, policies and keys; compacted."""
        return f"{self.topic_prefix}complaints.reference"

    def database(self, service: str) -> str:
        """The name of a service's own database."""
        return f"{self.database_prefix}_{service}"
