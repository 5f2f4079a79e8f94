"""The servers one by one: three-member replica sets, and addresses given in the environment."""

from pathlib import Path

import pytest

from deploy.local import mongodb, net, replica_set
from deploy.local.backends import backends
from deploy.local.errors import UserError
from deploy.local.mongodb import MongoServer
from deploy.local.stack import Stack

pytestmark = pytest.mark.servers


def test_three_members_make_one_replica_set_and_outlive_the_loss_of_one(tmp_path: Path) -> None:
    mongod = mongodb.find()
    members = [
        MongoServer(mongod, tmp_path / str(number), net.any_free(), tmp_path / f"{number}.log", tied=True)
        for number in range(3)
    ]
    try:
        for member in members:
            member.start()
        uri = replica_set.initiate(members)
        assert replica_set.version(uri) == mongod.version
        members[0].kill()
        assert replica_set.version(uri, seconds=60) == mongod.version
        members[0].start()
        assert replica_set.initiate(members) == uri
    finally:
        for member in members:
            member.kill()


def test_addresses_in_the_environment_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PALABRA_KAFKA", "kafka.example:9092")
    monkeypatch.setenv("PALABRA_MONGODB_URI", "mongodb://mongodb.example/")
    said: list[str] = []
    with backends(said.append) as found:
        assert found == ("kafka.example:9092", "mongodb://mongodb.example/")
    assert any("PALABRA_KAFKA" in line for line in said)


def test_an_address_at_which_nothing_answers_is_said_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PALABRA_MONGODB_URI", raising=False)
    monkeypatch.setenv("PALABRA_KAFKA", f"127.0.0.1:{net.any_free()}")
    stack = Stack(tmp_path)
    with pytest.raises(UserError, match="PALABRA_KAFKA"):
        stack.up()
    assert stack.down() == []
