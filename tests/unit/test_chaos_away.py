"""A time without Kafka that went well has no findings; whatever went wrong is one."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.away import MOST_GROWTH_MB, Seen, told, verdict
from tests.chaos.evidence import Finding


def well() -> Seen:
    """Five complaints and a message for each, one pair of them before Kafka went."""
    sizes = {"intake": 100.0, "metrics": 90.0}
    return Seen(
        accepted=5, answered=10, answered_before=2, said=30, received=5, messages=5,
        statuses=Counter({201: 10}), depths=[0, 4, 8],
        before=sizes, most={**sizes, "intake": 100.0 + MOST_GROWTH_MB},
    )  # fmt: skip


def test_a_time_that_went_well_has_no_findings() -> None:
    assert verdict(well()) == []
    assert told(well())["findings"] == 0


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "an answer was 503": ({"statuses": Counter({201: 10, 503: 1})}, "503"),
    "an answer was 200": ({"statuses": Counter({201: 9, 200: 1})}, "200"),
    "a message was refused": ({"answered": 9, "depths": [0, 4, 7]}, "a message for each"),
    "nothing was asked": ({"answered_before": 10, "depths": [0, 0]}, "nothing was asked"),
    "the outbox fell": ({"depths": [0, 9, 8]}, "fell"),
    "the outbox was not seen to grow": ({"depths": [8, 8]}, "did not grow"),
    "the gauge shows less than waits": ({"depths": [0, 7]}, "8 events waited"),
    "a complaint was never said": ({"received": 4}, "4 complaints were said of 5"),
    "a complaint was said that nobody made": ({"received": 6}, "6 complaints were said of 5"),
    "a message was never said": ({"messages": 4}, "4 messages were said of 5"),
    "a process grew": ({"most": {"metrics": 90.0 + MOST_GROWTH_MB + 1}}, "grew by more"),
    "the log is out of order": ({"findings": [Finding("out_of_order", "k1")]}, "k1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_went_wrong_is_found(name: str) -> None:
    changes, words = WRONG[name]
    found = verdict(replace(well(), **changes))
    assert any(words in finding.what for finding in found), found
