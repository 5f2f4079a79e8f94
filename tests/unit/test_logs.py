"""What is logged of an error says where it was, never what a customer told us."""

import json
from typing import Literal

import pytest
import structlog

from shared import logs
from shared.events.values import Person


def _fail(how: str) -> None:
    told = {"email": "ana@example.org"}
    if how == "validation":
        Person.model_validate({"name": told["email"], "role": told["email"]})
    raise ValueError("boom")


@pytest.mark.parametrize("style", ["json", "console"])
@pytest.mark.parametrize("how", ["raised", "validation"])
def test_an_exception_is_logged_without_the_values_at_hand(
    style: Literal["json", "console"], how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("test", style=style, level="INFO")
    try:
        _fail(how)
    except ValueError:
        structlog.get_logger().exception("request_failed", complaint_id="c1")
    said = capsys.readouterr()
    text = said.out + said.err
    assert "request_failed" in text
    assert "_fail" in text
    assert "ana@example.org" not in text
    if style == "json":
        (entry,) = [json.loads(line) for line in text.splitlines() if "request_failed" in line]
        assert entry["exception"][0]["frames"]
