"""What `docker-compose.yml` and its image promise, read from the files; whether they run is tried with Docker."""

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.docker import health, replica_set
from deploy.local import containers
from deploy.local.services import NAMES, PORTS
from shared.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
LASTING = [name for name, service in SERVICES.items() if service.get("restart") != "no"]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()


def settings_class(service: str) -> type[Settings]:
    """The class that a service reads its environment with."""
    module = import_module(f"services.{service}.config")
    found = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, Settings)]
    return next(kind for kind in found if kind.__module__ == module.__name__)


def default(value: object) -> str:
    """What compose makes of `${NAME:-default}` when the environment says nothing."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))


def test_everything_is_published_on_loopback_alone() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", ())]
    expected = [f"127.0.0.1:{PORTS[name]}:8100" for name in NAMES]
    assert sorted(published) == sorted([*expected, "127.0.0.1:9090:9090"])


@pytest.mark.parametrize("name", LASTING)
def test_whatever_lasts_has_a_health_check_a_memory_limit_and_a_restart_policy(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert {"interval", "timeout", "retries", "start_period"} <= service["healthcheck"].keys()
    assert service["mem_limit"]
    assert service["restart"] == "unless-stopped"


def test_every_image_of_others_is_pinned_to_a_version() -> None:
    images = {service["image"] for service in SERVICES.values()} - {"palabra:local"}
    base = re.search(r"^ARG BASE=(.+)$", DOCKERFILE, re.MULTILINE)
    assert base is not None
    for image in [*images, base.group(1)]:
        assert re.search(r":v?\d+\.\d+", image), f"{image} floats"


def test_the_servers_are_those_that_tests_run_in_containers() -> None:
    assert SERVICES["kafka"]["image"] == containers.KAFKA
    assert SERVICES["mongodb"]["image"] == containers.MONGO


def test_the_four_services_run_from_one_image_that_is_built_once() -> None:
    ours = {name for name, service in SERVICES.items() if service["image"] == "palabra:local"}
    assert ours == {*NAMES, "init"}
    assert [name for name, service in SERVICES.items() if "build" in service] == ["init"]
    for name in NAMES:
        assert SERVICES[name]["command"][-1] == f"services.{name}.main"
        assert find_spec(SERVICES[name]["command"][-1]) is not None


@pytest.mark.parametrize("name", [*NAMES, "init"])
def test_every_setting_that_compose_gives_is_one_that_the_service_has(name: str, monkeypatch: Any) -> None:
    kind = settings_class(name) if name in NAMES else Settings
    given = SERVICES[name]["environment"]
    assert {key.removeprefix("PALABRA_").lower() for key in given} <= kind.model_fields.keys()
    for key, value in given.items():
        monkeypatch.setenv(key, default(value))
    told = kind()
    assert told.kafka == "kafka:9092"
    assert told.seed == "sample"
    assert told.admin_key is not None


def test_the_services_wait_for_the_replica_set_and_not_for_kafka() -> None:
    assert SERVICES["init"]["command"][-1] == replica_set.__name__
    for name in NAMES:
        assert SERVICES[name]["depends_on"] == {
            "init": {"condition": "service_completed_successfully"},
            "kafka": {"condition": "service_started"},
        }
        assert SERVICES[name]["healthcheck"]["test"][3:] == [health.__name__, "/readyz"]


def test_our_containers_may_do_nothing_that_they_need_not() -> None:
    for name in (*NAMES, "init"):
        assert SERVICES[name]["cap_drop"] == ["ALL"]
        assert SERVICES[name]["read_only"] is True
    assert re.search(r"^USER (?!0|root)", DOCKERFILE.rpartition("FROM ")[2], re.MULTILINE)


def test_what_is_installed_into_the_image_is_checked_by_its_hash() -> None:
    installs = re.findall(r"pip\b[^&]* install (?:[^&]|\\\n)*", DOCKERFILE)
    assert len(installs) == 3
    assert all("--require-hashes" in install or "--no-index" in install for install in installs)


def test_the_image_holds_what_it_copies_and_nothing_else_reaches_the_builder() -> None:
    allowed = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert sorted(" ".join(copied).split()) == sorted(allowed)
    assert all((ROOT / path).exists() for path in allowed)


def test_prometheus_scrapes_every_replica_of_all_four() -> None:
    config = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text())
    looked_up = [one for job in config["scrape_configs"] for one in job.get("dns_sd_configs", [])]
    assert {(name, one["port"]) for one in looked_up for name in one["names"]} == {(name, 8100) for name in NAMES}


def test_nothing_here_names_a_registry_a_mirror_or_a_machine() -> None:
    files = [ROOT / "docker-compose.yml", ROOT / ".dockerignore", *(ROOT / "deploy" / "prometheus").iterdir()]
    text = DOCKERFILE + "".join(file.read_text() for file in files)
    addresses = re.findall(r"\w+://([^:/\s]+)", text)
    assert set(addresses) <= {"127.0.0.1", "mongodb", "kafka"}
    assert not re.search(r"--(?:extra-)?index-url|--trusted-host|--find-links|PIP_", text)


@pytest.mark.parametrize(
    ("uri", "hosts"),
    [
        ("mongodb://mongodb:27017/?replicaSet=rs0", ["mongodb:27017"]),
        ("mongodb://one,two:27018/?replicaSet=rs0", ["one:27017", "two:27018"]),
    ],
)
def test_the_members_of_the_set_are_those_that_the_address_names(uri: str, hosts: list[str]) -> None:
    assert replica_set.members(uri) == hosts


def test_a_container_where_nothing_answers_is_not_healthy() -> None:
    assert "nothing answers on port 1:" in (health.fault(1, "/healthz") or "")
