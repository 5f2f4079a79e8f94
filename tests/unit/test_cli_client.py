"""Whatever stands between a command and the services is one line that says what to do."""

from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from deploy.cli.client import Place, a_client, said
from deploy.cli.main import app
from deploy.local.errors import UserError

NOWHERE = "http://127.0.0.1:9"


def test_what_is_told_comes_before_the_stack(tmp_path: Path) -> None:
    place = Place(tmp_path, "http://palabra.example/", "k")
    assert (place.address("routing"), place.secret()) == ("http://palabra.example", "k")


def test_without_a_stack_and_without_being_told_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="palabra up"):
        Place(tmp_path).address("routing")
    with pytest.raises(UserError, match="palabra up"):
        Place(tmp_path).secret()


def test_a_service_that_does_not_answer_is_named_with_its_address(tmp_path: Path) -> None:
    with a_client(tmp_path, NOWHERE, "k") as client, pytest.raises(UserError, match="routing does not answer at"):
        client.get("routing", "/v1/keys")


def test_a_key_that_cannot_be_sent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="characters"), a_client(tmp_path, NOWHERE, "clé"):
        pass


def test_a_problem_is_said_in_one_line() -> None:
    problem = {"status": 403, "code": "scope_missing", "detail": "this key lacks the scope admin"}
    assert said(httpx.Response(403, json=problem)) == "403 scope_missing: this key lacks the scope admin"
    assert said(httpx.Response(502, text="<html>")) == "status 502"


@pytest.mark.parametrize(
    "words",
    [
        ["keys", "list"],
        ["keys", "create", "--owner", "shop", "--scope", "admin"],
        ["keys", "revoke", "k1"],
        ["parked", "list"],
        ["parked", "show", "a.topic/0/1", "--service", "routing"],
        ["parked", "redrive", "--service", "routing"],
        ["parked", "discard", "a.topic/0/1", "--service", "routing", "--yes"],
        ["audit"],
        ["events", "tail"],
    ],
)
def test_every_command_fails_in_one_line_where_nothing_runs(words: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [*words, "--home", str(tmp_path)])
    assert result.exit_code == 1
    assert isinstance(result.exception, UserError)
    assert "palabra up" in str(result.exception)


def test_a_scope_that_does_not_exist_is_named_before_anybody_is_asked(tmp_path: Path) -> None:
    words = ["keys", "create", "--owner", "shop", "--scope", "complaint:write", "--home", str(tmp_path)]
    result = CliRunner().invoke(app, words)
    assert "complaints:write" in str(result.exception)


def test_discarding_asks_first(tmp_path: Path) -> None:
    words = ["parked", "discard", "a.topic/0/1", "--service", "routing", "--url", NOWHERE, "--key", "k"]
    result = CliRunner().invoke(app, [*words, "--home", str(tmp_path)], input="n\n")
    assert result.exit_code == 1
    assert not isinstance(result.exception, UserError)  # nobody was asked to do it
