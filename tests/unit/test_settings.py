"""What the environment may say, and what is refused at start instead of later."""

import os
from typing import Any

import pytest
from pydantic import ValidationError

from shared.settings import Settings

ORIGINS = {"PALABRA_CLOCK_REAL_ORIGIN": "2026-03-02T09:00:00Z", "PALABRA_CLOCK_ORIGIN": "2026-01-01T00:00:00Z"}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting from outside."""
    for name in [name for name in os.environ if name.upper().startswith("PALABRA_")]:
        monkeypatch.delenv(name)


def told(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    """The settings in that environment."""
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    return Settings()


def test_the_environment_is_read_by_its_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = told(monkeypatch, PALABRA_KAFKA="log:9092", PALABRA_PARTITIONS="24", KAFKA="another:1", PARTITIONS="7")
    assert (settings.kafka, settings.partitions) == ("log:9092", 24)


def test_unknown_variables_of_ours_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, PALABRA_SOMETHING_LATER="1").partitions == 12


def test_topics_and_databases_carry_their_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = told(monkeypatch, PALABRA_TOPIC_PREFIX="t1.", PALABRA_DATABASE_PREFIX="t1")
    assert settings.lifecycle_topic == "t1.complaints.lifecycle"
    assert settings.reference_topic == "t1.complaints.reference"
    assert settings.database("intake") == "t1_intake"


def test_without_prefixes_the_names_are_the_papers_ones() -> None:
    settings = Settings()
    assert (settings.lifecycle_topic, settings.reference_topic) == ("complaints.lifecycle", "complaints.reference")
    assert settings.database("metrics") == "palabra_metrics"


def test_a_key_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = told(monkeypatch, PALABRA_ADMIN_KEY="pk_secret")
    assert "pk_secret" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_a_faster_clock_needs_both_origins(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="PALABRA_CLOCK_REAL_ORIGIN and PALABRA_CLOCK_ORIGIN"):
        told(monkeypatch, PALABRA_CLOCK_RATE="3600")
    with pytest.raises(ValidationError, match="PALABRA_CLOCK_ORIGIN"):
        told(monkeypatch, PALABRA_CLOCK_REAL_ORIGIN=ORIGINS["PALABRA_CLOCK_REAL_ORIGIN"])
    settings = told(monkeypatch, **ORIGINS)
    assert settings.clock().rate == 3600
    assert settings.clock().now() > settings.clock_origin  # type: ignore[operator]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PALABRA_PORT", "65536"),
        ("PALABRA_PORT", "-1"),
        ("PALABRA_PORT", "http"),
        ("PALABRA_PARTITIONS", "0"),
        ("PALABRA_CLOCK_RATE", "0"),
        ("PALABRA_CLOCK_RATE", "-1"),
        ("PALABRA_LOG_FORMAT", "xml"),
        ("PALABRA_LOG_LEVEL", "LOUD"),
        ("PALABRA_SEED", "some"),
        ("PALABRA_MAX_BODY_BYTES", "10"),
        ("PALABRA_BATCH_SIZE", "0"),
    ],
)
def test_what_cannot_be_is_refused_and_named(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    with pytest.raises(ValidationError, match=name.removeprefix("PALABRA_").lower()):
        told(monkeypatch, **{name: text})


def test_settings_do_not_change() -> None:
    settings: Any = Settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.kafka = "other"
