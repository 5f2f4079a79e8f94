"""The report on promises: by due date, as they stand now, seen at an instant."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.metrics.domain.facts import Facts
from services.metrics.domain.promise_fact import PromiseFact
from tests.support.reporting import facts, report, story
from tests.support.story import START, hours


def promised(**changes: Any) -> Facts:
    """A complaint with one promise as it stands."""
    told: dict[str, Any] = {
        "id": "p1", "kind": "callback", "said_by": "person", "status": "open", "due": START + hours(24),
        "made_at": START, **changes,
    }  # fmt: skip
    return facts(story()).model_copy(update={"promises": (PromiseFact(**told),)})


SETTLED = {"settled_at": START + hours(20)}
PROMISES: list[tuple[str, Facts, dict[str, Any], dict[str, Any]]] = [
    ("open", promised(), {}, {"open": 1}),
    ("kept", promised(status="kept", **SETTLED), {}, {"kept": 1, "share_kept": 1.0, "share_first_word_kept": 1.0}),
    ("kept later than the report", promised(status="kept", **SETTLED), {"as_of": START + hours(19)}, {"open": 1}),
    ("kept, nobody knows when", promised(status="kept"), {}, {"kept": 1, "share_kept": 1.0,
                                                            "share_first_word_kept": 1.0}),
    ("with two hours to spare", promised(status="kept", evidence_at=START + hours(22), **SETTLED), {},
     {"kept": 1, "share_kept": 1.0, "share_first_word_kept": 1.0, "median_margin_seconds": 7200.0}),
    ("broken", promised(status="broken", broken_at=START + hours(24)), {},
     {"broken": 1, "share_kept": 0.0, "share_first_word_kept": 0.0}),
    ("broken, and late", promised(status="broken", broken_at=START + hours(24), late_at=START + hours(30)), {},
     {"broken": 1, "late": 1, "share_kept": 0.0, "share_first_word_kept": 0.0}),
    ("broken, and renegotiated then", promised(status="broken", **SETTLED, renegotiated_after_due=True), {},
     {"broken": 1, "renegotiated_after_due": 1, "share_kept": 0.0, "share_first_word_kept": 0.0}),
    ("moved after due, and after the report",
     promised(status="broken", broken_at=START + hours(24), renegotiated_after_due=True, moved_at=START + hours(30)),
     {"as_of": START + hours(29)},
     {"broken": 1, "renegotiated_after_due": 0, "share_kept": 0.0, "share_first_word_kept": 0.0}),
    ("moved after due, and before the report",
     promised(status="broken", broken_at=START + hours(24), renegotiated_after_due=True, moved_at=START + hours(30)),
     {"as_of": START + hours(30)},
     {"broken": 1, "renegotiated_after_due": 1, "share_kept": 0.0, "share_first_word_kept": 0.0}),
    ("renegotiated", promised(status="renegotiated", **SETTLED), {}, {"renegotiated": 1, "share_first_word_kept": 0.0}),
    ("the second word kept", promised(status="kept", replaces="p0", **SETTLED), {}, {"kept": 1, "share_kept": 1.0}),
    ("attempted", promised(status="attempted", **SETTLED), {}, {"attempted": 1}),
    ("withdrawn", promised(status="withdrawn", **SETTLED), {}, {"withdrawn": 1}),
    ("to a colleague", promised(made_to="agent"), {}, {"open": 1}),
    ("to a colleague, customers asked for", promised(made_to="agent"), {"made_to": "customer"}, {"due": 0}),
    ("to a colleague, asked for", promised(made_to="team"), {"made_to": "inner"}, {"open": 1}),
    ("to the customer, the others asked for", promised(), {"made_to": "inner"}, {"due": 0}),
    ("due outside the span", promised(), {"end": START + hours(24)}, {"due": 0}),
    ("not made yet", promised(made_at=START + hours(1)), {"as_of": START}, {"due": 0}),
    ("history is asked for", promised(), {"historical": "only"}, {"due": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("known", "asked", "expected"), [row[1:] for row in PROMISES], ids=[x[0] for x in PROMISES])
def test_promises_by_due_date(known: Facts, asked: dict[str, Any], expected: dict[str, Any]) -> None:
    total = report("promises", known, **asked).total()
    shown = {name: value for name, value in total.items() if value or name in expected}
    assert shown == {"due": 1, **expected}


def test_promises_are_split_by_who_gave_the_word() -> None:
    kept = promised(status="kept", **SETTLED)
    system = promised(said_by="system", kind="update")
    made = report("promises", kept, system, kept)
    assert [(row["group"], row["said_by"], row["due"]) for row in made.rows()] == [
        (None, "person", 2), (None, "system", 1),
    ]  # fmt: skip
    assert made.total()["due"] == 3
    by_kind = report("promises", kept, system, group_by="kind")
    assert [(row["group"], row["said_by"]) for row in by_kind.rows()] == [("callback", "person"), ("update", "system")]
    assert [row["group"] for row in report("promises", kept, group_by="month").rows()] == ["2026-03"]
    assert [row["group"] for row in report("promises", kept, group_by="team").rows()] == ["cards"]


STATUSES = ("kept", "broken", "attempted", "renegotiated", "withdrawn", "open")
PROMISED = st.builds(
    lambda status, who, whom, settled, replaces: promised(
        status=status, said_by=who, made_to=whom, replaces=replaces,
        settled_at=None if settled is None else START + hours(settled),
    ),
    st.sampled_from(STATUSES), st.sampled_from(["person", "system"]),
    st.sampled_from(["customer", "agent", "team"]), st.none() | st.integers(0, 40),
    st.none() | st.just("p0"),
)  # fmt: skip


@given(st.lists(PROMISED, max_size=12), st.integers(0, 50))
def test_promises_due_are_the_sum_of_how_they_stand(known: list[Facts], seen: int) -> None:
    due = {}
    for whom in ("customer", "inner", None):
        made = report("promises", *known, as_of=START + hours(seen), made_to=whom)
        total = made.total()
        assert total["due"] == sum(total[name] for name in STATUSES)
        for name in ("due", *STATUSES):
            assert sum(row[name] for row in made.rows()) == total[name]
        due[whom] = total["due"]
    assert due["customer"] + due["inner"] == due[None] == len(known)
