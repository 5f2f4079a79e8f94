"""Ways to give one's word that were overlooked once."""

import pytest

from services.followup.words import find
from tests.unit.test_promises_in_words_times import MADRID, MONDAY, shown


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I promise you a refund by Friday.", "refund"),
        ("We guarantee the replacement by Friday.", "replacement"),
        ("We hereby commit to refunding you by Friday.", "refund"),
        ("A colleague from accounts will call you by Friday.", "callback"),
        ("We will personally make sure you get it by Friday.", "other"),
        ("You will be reimbursed by Friday.", "refund"),
    ],
)
def test_they_are_found(text: str, kind: str) -> None:
    (found,) = find(text, at=MONDAY, zone=MADRID)
    assert (found.kind, shown(found.due)) == (kind, "Fri 06 Mar 23:59:59")


@pytest.mark.parametrize(
    "text",
    [
        "Se lo enviamos en cinco (5) días.",
        "Se lo enviamos en 5 (cinco) días.",
        "We'll send it to you within five (5) days.",
        "We'll send it to you within 5 (five) days.",
    ],
)
def test_a_number_may_be_told_twice(text: str) -> None:
    (found,) = find(text, at=MONDAY, zone=MADRID)
    assert shown(found.due) == "Sat 07 Mar 23:59:59"
