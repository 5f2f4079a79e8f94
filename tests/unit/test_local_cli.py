"""The `palabra` command: help for everything, one line for what a person can correct."""

import json
import sys
from pathlib import Path

import pytest

from deploy.cli.main import MODULES
from deploy.local import process

COMMANDS = [name for names in MODULES.values() for name in names]


def palabra(*words: str) -> tuple[int, str]:
    """Run the command: its exit code and all it said."""
    return process.run([sys.executable, "-m", "deploy.cli.main", *words])


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    code, said = palabra(command, "--help")
    assert code == 0
    assert "Usage" in said


def test_help_lists_all_commands() -> None:
    code, said = palabra("--help")
    assert code == 0
    assert all(command in said for command in COMMANDS)


def test_a_stack_that_never_ran_is_not_ready(tmp_path: Path) -> None:
    code, said = palabra("status", "--json", "--home", str(tmp_path))
    report = json.loads(said)
    assert code == 1
    assert report["ready"] is False
    assert list(report["services"]) == ["intake", "routing", "followup", "metrics"]
    assert palabra("down", "--home", str(tmp_path))[0] == 0


def test_what_a_person_can_correct_is_said_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text("{")
    code, said = palabra("status", "--home", str(tmp_path))
    assert code == 1
    assert "make clean" in said
    assert "Traceback" not in said
