"""`palabra promises find`: a line in, a line out."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy.cli.main import MODULES
from deploy.cli.promises import app

MESSAGE = {
    "id": "m1",
    "text": "Te llamo el jueves a las cuatro.",
    "at": "2026-03-02T09:30:00+01:00",
    "zone": "Europe/Madrid",
    "language": "es",
}


def run(*lines: Any) -> tuple[Result, list[dict[str, Any]]]:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    result = CliRunner().invoke(app, ["promises", "find"], input=text + "\n")
    return result, [json.loads(line) for line in result.stdout.splitlines()]


def test_each_line_has_its_answer_in_order() -> None:
    silent = {**MESSAGE, "id": 7, "text": "Gracias."}
    before = {**MESSAGE, "id": "m3", "text": "I'll call you before twelve.", "at": "2026-03-02T08:30:00Z"}
    result, answers = run(MESSAGE, silent, before)
    assert result.exit_code == 0
    four = "2026-03-05T16:00:00+01:00"
    words = "Te llamo el jueves a las cuatro"
    assert answers == [
        {"id": "m1", "promises": [{"words": words, "kind": "callback", "due": four, "not_before": four}]},
        {"id": 7, "promises": []},
        {
            "id": "m3",
            "promises": [
                {"words": "I'll call you before twelve", "kind": "callback", "due": "2026-03-02T12:00:00+01:00"}
            ],
        },
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "is no JSON"),
        ("[]", "is no JSON object"),
        ({**MESSAGE, "id": None}, "id: null is no text and no whole number"),
        ({**MESSAGE, "text": 5}, "text: 5 is no text"),
        ({key: value for key, value in MESSAGE.items() if key != "at"}, "at: missing"),
        ({**MESSAGE, "at": "2026-03-02T09:30:00"}, "is no ISO 8601 instant with an offset"),
        ({**MESSAGE, "at": 3}, "at: 3 is no ISO 8601 instant"),
        ({**MESSAGE, "zone": "Mars/Olympus"}, "zone: 'Mars/Olympus' is no IANA time zone"),
        ({**MESSAGE, "zone": None}, "zone: null is no IANA time zone"),
        ({**MESSAGE, "language": "fr"}, 'language: "fr" is neither es nor en'),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_answered(line: Any, reason: str) -> None:
    result, answers = run(MESSAGE, "", line, MESSAGE)
    assert result.exit_code == 1
    assert result.stderr.startswith("line 3: ")
    assert reason in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert [answer["id"] for answer in answers] == ["m1", "m1"]


def test_the_language_may_be_absent_or_a_region() -> None:
    absent = {key: value for key, value in MESSAGE.items() if key != "language"}
    result, answers = run(absent, {**MESSAGE, "language": "es-PE"}, {**MESSAGE, "language": None})
    assert result.exit_code == 0
    assert [len(answer["promises"]) for answer in answers] == [1, 1, 1]


def test_a_byte_order_mark_and_a_text_of_one_line_are_no_matter() -> None:
    result, answers = run("\ufeff" + json.dumps(MESSAGE, ensure_ascii=False))
    assert (result.exit_code, len(answers)) == (0, 1)


def test_nothing_in_is_nothing_out() -> None:
    result = CliRunner().invoke(app, ["promises", "find"], input="")
    assert (result.exit_code, result.stdout) == (0, "")


def test_the_command_is_known_to_palabra() -> None:
    assert MODULES["deploy.cli.promises"] == ("promises",)
