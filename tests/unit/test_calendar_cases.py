"""The cases of other libraries, and `palabra calendar run` that runs them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy.cli.calendar import app, judge

CASES = Path(__file__).parents[3] / "shared" / "data" / "business_time" / "cases.json"
OFFICE = {"timezone": "UTC", "weekly": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}}


def run_cases(folder: Path, *cases: Any) -> tuple[Result, list[dict[str, Any]]]:
    file = folder / "cases.json"
    file.write_text(json.dumps({"cases": cases}))
    result = CliRunner().invoke(app, ["calendar", "run", str(file)])
    return result, [json.loads(line) for line in result.stdout.splitlines()]


def case(op: str, expected: Any = None, **fields: Any) -> dict[str, Any]:
    return {"id": op, "op": op, "calendar": OFFICE, "expected": expected} | fields


def test_every_real_case_passes() -> None:
    if not CASES.exists():
        missing = f"{CASES} is missing"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    result = CliRunner().invoke(app, ["calendar", "run", str(CASES)])
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    cases = json.loads(CASES.read_text())["cases"]
    assert [line["id"] for line in lines] == [each["id"] for each in cases]
    assert [line for line in lines if line["ok"] is not True] == []
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("asked", "result"),
    [
        (
            case("add", "2026-06-08T05:00:00-05:00", start="2026-06-05T16:00:00Z", add_minutes=120),
            "2026-06-08T10:00:00Z",
        ),
        (case("add", "2026-06-05T15:59:30Z", start="2026-06-05T16:00:00Z", add_minutes=-0.5), "2026-06-05T15:59:30Z"),
        (case("between", 60, start="2026-06-05T16:00:00Z", end="2026-06-06T16:00:00Z"), 60),
        (case("between", 0.0833333333, start="2026-06-05T16:00:00Z", end="2026-06-05T16:00:05Z"), 5 / 60),
        (case("is_open", expected=False, at="2026-06-05T17:00:00Z"), False),
        (case("next_open", "2026-06-08T09:00:00Z", at="2026-06-05T17:00:00Z"), "2026-06-08T09:00:00Z"),
        (case("add_working_days", "2026-06-08", start="2026-06-05", add_days=1), "2026-06-08"),
        (case("add_working_days", "2026-06-04", start="2026-06-05T10:00:00Z", days=-1), "2026-06-04"),
        (case("add_working_days", "2026-06-06T01:00:00+02:00", start="2026-06-04", days=1), "2026-06-05"),
        (case("working_days_between", 1, start="2026-06-05", end="2026-06-08"), 1),
        (case("next_open", "never_open", at="2026-06-05T17:00:00Z", calendar={"timezone": "UTC"}), "never_open"),
    ],
)
def test_each_operation_answers_and_agrees(asked: dict[str, Any], result: Any) -> None:
    assert judge(asked) == (result, True)


def test_an_also_acceptable_answer_is_right() -> None:
    asked = case("is_open", expected="no", also_acceptable=["perhaps", False], at="2026-06-05T17:00:00Z")
    assert judge(asked) == (False, True)


@pytest.mark.parametrize("fields", [{"expected": None}, {"convention": True}, {"flags": ["convention"]}])
def test_a_convention_or_no_expectation_is_neither_right_nor_wrong(fields: dict[str, Any]) -> None:
    assert judge(case("is_open", expected=True, at="2026-06-05T17:00:00Z") | fields) == (False, None)


def test_odd_calendars_are_understood() -> None:
    calendar = {"timezone": "UTC", "weekly": {"Friday": [["9:00", "0:00"]], "MON": None}, "holidays": None}
    assert judge(case("is_open", expected=True, at="2026-06-05T23:59:00Z", calendar=calendar)) == (True, True)


def test_a_wrong_answer_ends_with_1(tmp_path: Path) -> None:
    wrong = [case("is_open", expected=1, at="2026-06-05T16:00:00Z"), case("next_open", "soon", at="2026-06-05T17:00Z")]
    wrong.append(case("next_open", 9, at="2026-06-05T17:00Z"))
    result, lines = run_cases(tmp_path, *wrong)
    assert [line["ok"] for line in lines] == [False, False, False]
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("text", "op: None"),
        (case("divide"), "op: 'divide'"),
        (case("is_open", calendar=None), "calendar: an object"),
        (case("is_open", calendar={"timezone": "Mars"}), "calendar.time_zone"),
        (case("is_open"), "at: missing"),
        (case("is_open", at="2026-06-05T17:00:00"), "has no offset"),
        (case("is_open", at="soon"), "at: 'soon' is no ISO 8601 instant"),
        (case("is_open", at="0001-01-01T00:00:00Z"), "outside the years"),
        (case("add", start="2026-06-05T17:00:00Z", add_minutes="ten"), "add_minutes: 'ten' is no number"),
        (case("add", start="2026-06-05T17:00:00Z", add_minutes=1e300), "out of range"),
        (case("add_working_days", start="2026-06-05", days=1.5), "no whole number"),
        (case("working_days_between", start="2026-06-05", end=8), "end: 8 is no ISO 8601 date"),
        (case("is_open", expected=True, at="2026-06-05T17:00:00Z", flags=7), "flags: 7 is no list"),
    ],
)
def test_a_malformed_case_is_named_and_the_others_still_run(tmp_path: Path, bad: Any, words: str) -> None:
    result, lines = run_cases(tmp_path, bad, case("is_open", expected=False, at="2026-06-05T17:00:00Z"))
    assert words in result.stderr
    assert [line["ok"] for line in lines] == [False, True]
    assert result.exit_code == 1


@pytest.mark.parametrize("content", ["{", "7", '{"cases": 7}'])
def test_a_file_that_holds_no_cases_ends_with_2(tmp_path: Path, content: str) -> None:
    file = tmp_path / "cases.json"
    file.write_text(content)
    result = CliRunner().invoke(app, ["calendar", "run", str(file)])
    assert result.exit_code == 2
    assert str(file) in result.stderr
