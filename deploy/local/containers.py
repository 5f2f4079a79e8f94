"""Kafka and MongoDB in containers, through testcontainers (a development dependency)."""

import functools
import importlib
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from deploy.local import net
from deploy.local.apart import run_apart

KAFKA = "apache/kafka:4.3.0"
MONGO = "mongo:8.0"
_ALONE = (
    "OFFSETS_TOPIC_REPLICATION_FACTOR",
    "TRANSACTION_STATE_LOG_REPLICATION_FACTOR",
    "TRANSACTION_STATE_LOG_MIN_ISR",
    "SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR",
    "SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR",
)


@functools.cache
def why_not(image: str) -> str | None:
    """None when a container of that image can be started here, else the reason. Pulls it if need be."""
    client = _engine()
    if isinstance(client, str):
        return client
    docker: Any = importlib.import_module("docker")
    try:
        if not client.images.list(name=image):
            client.images.pull(*image.split(":"))
    except (docker.errors.DockerException, OSError) as problem:
        return f"the Docker engine cannot get {image} ({type(problem).__name__})"
    return None


@functools.cache
def _engine() -> Any:
    """A client of the Docker engine, or the reason why there is none."""
    try:
        docker: Any = importlib.import_module("docker")
    except ImportError:
        return "the Docker client for Python is not installed"
    if not os.environ.get("DOCKER_HOST") and not Path("/var/run/docker.sock").exists():
        return "no Docker engine answers"  # asking it all the same would leave an open socket behind
    try:
        client = docker.from_env(timeout=60)
        client.ping()
    except (docker.errors.DockerException, OSError):
        return "no Docker engine answers"
    return client


def kafka(stack: ExitStack) -> str:
    """Start a broker that lives as long as the stack; its address."""
    container = _container(KAFKA)
    host, port = _host(container), net.any_free()
    settings = {
        "NODE_ID": 1,
        "PROCESS_ROLES": "broker,controller",
        "CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
        "ADVERTISED_LISTENERS": f"PLAINTEXT://{host}:{port}",
        "LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "AUTO_CREATE_TOPICS_ENABLE": "false",
        "GROUP_INITIAL_REBALANCE_DELAY_MS": 0,
        "OFFSETS_TOPIC_NUM_PARTITIONS": 10,
        "TRANSACTION_STATE_LOG_NUM_PARTITIONS": 10,
        **dict.fromkeys(_ALONE, 1),
    }
    for name, value in settings.items():
        container.with_env(f"KAFKA_{name}", str(value))
    container.with_bind_ports(9092, port)
    stack.enter_context(container)
    _wait(container, lambda: net.not_kafka(host, port))
    return f"{host}:{port}"


def mongodb(stack: ExitStack) -> str:
    """Start a replica set of one that lives as long as the stack; its URI."""
    from shared.mongo import initiate_replica_set

    container = _container(MONGO).with_command("--replSet rs0").with_exposed_ports(27017)
    stack.enter_context(container)
    host, port = _host(container), int(container.get_exposed_port(27017))
    _wait(container, lambda: net.silent(host, port))
    # The set knows its member by the address inside; from outside only a direct connection finds it.
    run_apart(initiate_replica_set(f"mongodb://{host}:{port}/?replicaSet=rs0", ["127.0.0.1:27017"]))
    return f"mongodb://{host}:{port}/?directConnection=true"


def _container(image: str) -> Any:
    from testcontainers.core.config import testcontainers_config
    from testcontainers.core.container import DockerContainer

    # Its helper removes the containers of a test run that was killed; where it cannot be had, we go without.
    testcontainers_config.ryuk_disabled = why_not(testcontainers_config.ryuk_image) is not None
    return DockerContainer(image)


def _host(container: Any) -> str:
    """Where the container's ports are reached; known before it starts."""
    host = str(container.get_docker_client().host())
    return net.LOOPBACK if host == "localhost" else host  # a name with two addresses costs a refused connection


def _wait(container: Any, missing: net.Missing, seconds: float = 60) -> None:
    if lack := net.last_lack(missing, seconds):
        out, err = container.get_logs()
        said = (out + err).decode(errors="replace")[-3000:]
        raise RuntimeError(f"a container of {container.image} was not ready after {seconds:.0f} s: {lack}\n{said}")
