"""Promises: counted when made, when settled, and when that was not so."""

from typing import Any

import pytest

from shared.events import promises
from shared.events.values import Evidence
from tests.support.counting import counted, story, told
from tests.support.story import START, Story, hours

MADE = "palabra_promises_made"
SETTLED = "palabra_promises_settled"
CORRECTED = "palabra_promises_corrected"
INNER = ("palabra_inner_promises_made", "palabra_inner_promises_settled", "palabra_inner_promises_corrected")


def settle(kind: Any, tale: Story, status: str, at: float, **changes: Any) -> Story:
    """An event about the promise as it is from now on."""
    told_: dict[str, Any] = {"promise": tale.promise(status=status, **changes.pop("promise", {})), **changes}
    return tale.say(kind(**told_), at)


EVIDENCE = Evidence(type="call", reference="call-1", occurred_at=START + hours(20))


def renegotiated(*, agreed: bool, after_due: bool = False, status: str = "renegotiated") -> Story:
    """A new time is asked for."""
    return settle(
        promises.PromiseRenegotiated, story().made(), status, 23, by="ana", agreed_by_customer=agreed,
        proposed_due=START + hours(48), words="tomorrow then", after_due=after_due,
    )  # fmt: skip


def corrected(tale: Story, old: str, new: str, **promise: Any) -> Story:
    """What was counted was not so."""
    return settle(
        promises.PromiseCorrected, tale, new, 30, from_status=old, to_status=new, why="call record", promise=promise
    )


def test_a_promise_moved_after_due_knows_when() -> None:
    (fact,) = told(renegotiated(agreed=True, after_due=True, status="broken"))[0].promises
    assert (fact.renegotiated_after_due, fact.moved_at) == (True, START + hours(23))
    (fact,) = told(renegotiated(agreed=False, status="open"))[0].promises
    assert fact.moved_at is None


PROMISES: list[tuple[str, Story, dict[str, int]]] = [
    ("made", story().made(), {f"/{MADE}|callback|person|false": 1}),
    ("made against the rules", story().made(override_reason="he insists"), {f"/{MADE}|callback|person|true": 1}),
    ("kept", story().kept(), {f"/{SETTLED}|callback|person|kept": 1}),
    ("broken", story().made().broken(), {f"/{MADE}|callback|person|false": 1, f"/{SETTLED}|callback|person|broken": 1}),
    (
        "attempted",
        settle(promises.PromiseAttempted, story(), "attempted", 24, evidence=EVIDENCE),
        {f"/{SETTLED}|callback|person|attempted": 1},
    ),
    (
        "withdrawn by the customer",
        settle(promises.PromiseWithdrawn, story(), "withdrawn", 3),
        {f"/{SETTLED}|callback|person|withdrawn": 1},
    ),
    (
        "broken, then late: broken once",
        settle(promises.PromiseFulfilledLate, story().broken(), "broken", 30, evidence=EVIDENCE),
        {f"/{SETTLED}|callback|person|broken": 1},
    ),
    (
        "renegotiated before due",
        renegotiated(agreed=True),
        {f"/{MADE}|callback|person|false": 1, f"/{SETTLED}|callback|person|renegotiated": 1},
    ),
    ("a new time that was refused", renegotiated(agreed=False, status="open"), {f"/{MADE}|callback|person|false": 1}),
    (
        "renegotiated after due: it stays broken",
        renegotiated(agreed=True, after_due=True, status="broken"),
        {f"/{MADE}|callback|person|false": 1},
    ),
    (
        "broken corrected to kept",
        corrected(story().broken(), "broken", "kept", evidence=EVIDENCE),
        {f"/{SETTLED}|callback|person|broken": 1, f"/{CORRECTED}|callback|person|broken|kept": 1},
    ),
    (
        "kept taken back before due, and kept again",
        corrected(story().kept(), "kept", "open").kept(at=23),
        {f"/{SETTLED}|callback|person|kept": 2, f"/{CORRECTED}|callback|person|kept|open": 1},
    ),
    (
        "kept taken back after due; broken need not be said, and counts once if it is",
        corrected(story().kept(), "kept", "broken").broken(),
        {f"/{SETTLED}|callback|person|kept": 1, f"/{CORRECTED}|callback|person|kept|broken": 1},
    ),
]


def test_a_late_fulfilment_that_failed_was_none_and_it_ended_as_broken_before_and_after() -> None:
    late = settle(
        promises.PromiseFulfilledLate, story().broken(), "broken", 30, evidence=EVIDENCE,
        promise={"late_at": START + hours(30), "broken_at": START + hours(24)},
    )  # fmt: skip
    tale = corrected(late, "broken", "broken", broken_at=START + hours(24))
    assert counted(tale, SETTLED, CORRECTED) == {f"/{SETTLED}|callback|person|broken": 1}
    fact = told(tale)[0].promises[0]
    assert (fact.status, fact.late_at, fact.broken_at) == ("broken", None, START + hours(24))


@pytest.mark.parametrize(("tale", "expected"), [row[1:] for row in PROMISES], ids=[row[0] for row in PROMISES])
def test_promises(tale: Story, expected: dict[str, int]) -> None:
    assert counted(tale, MADE, SETTLED, CORRECTED) == expected


def test_what_colleagues_promise_each_other_is_also_counted_apart() -> None:
    inner = story().made(made_to="team", override_reason="x").broken(made_to="team")
    tale = corrected(inner, "broken", "kept", evidence=EVIDENCE, made_to="team")
    assert sum(counted(tale, MADE, SETTLED, CORRECTED).values()) == len(INNER)
    assert counted(tale, *INNER) == {
        f"/{INNER[0]}|callback|team|true": 1,
        f"/{INNER[1]}|callback|team|broken": 1,
        f"/{INNER[2]}|callback|team|broken|kept": 1,
    }


def test_an_open_inner_promise_is_told_apart() -> None:
    tale = settle(promises.PromiseReminded, story().made(made_to="agent"), "open", 20, to="ana",
                  promise={"made_to": "agent"})  # fmt: skip
    facts, _ = told(tale)
    assert (facts.open_promises, facts.risky_promises, facts.inner_open_promises) == (
        ("callback",),
        ("callback",),
        ("callback",),
    )
    facts, _ = told(story().made())
    assert (facts.open_promises, facts.inner_open_promises) == (("callback",), ())


def test_a_promise_stands_as_the_newest_event_says() -> None:
    facts, _ = told(story().made("p1").made("p2", override_reason="x").broken("p1").kept("p2"))
    first, second = facts.promises
    assert (first.status, first.broken_at, first.settled_at) == ("broken", START + hours(24), START + hours(24))
    assert (second.status, second.evidence_at, second.overridden) == ("kept", START + hours(20), True)
    assert facts.open_promises == ()


def test_without_its_own_time_evidence_is_as_old_as_the_settling() -> None:
    nameless = Evidence(type="message")
    kept = settle(promises.PromiseKept, story(), "kept", 9, evidence=nameless, promise={"evidence": nameless})
    fact = told(kept)[0].promises[0]
    assert (fact.evidence_at, fact.settled_at) == (START + hours(9), START + hours(9))


def test_a_promise_taken_back_to_open_has_no_settling_left() -> None:
    facts, _ = told(corrected(story().kept(), "kept", "open"))
    assert (facts.promises[0].settled_at, facts.promises[0].evidence_at, facts.open_promises) == (
        None,
        None,
        ("callback",),
    )


def test_late_and_renegotiated_after_due_are_known() -> None:
    late = settle(promises.PromiseFulfilledLate, story().broken(), "broken", 30, evidence=EVIDENCE)
    assert told(late)[0].promises[0].late_at == START + hours(30)
    facts, _ = told(renegotiated(agreed=True, after_due=True, status="broken"))
    assert facts.promises[0].renegotiated_after_due
    # What was once known is not forgotten by a later event that does not tell it.
    again = settle(promises.PromiseFulfilledLate, renegotiated(agreed=True, after_due=True, status="broken"),
                   "broken", 30, evidence=EVIDENCE)  # fmt: skip
    assert told(again)[0].promises[0].renegotiated_after_due


def test_at_risk_until_its_owner_says_that_it_is_on_track() -> None:
    reminded = settle(promises.PromiseReminded, story().made(), "open", 20, to="ana")
    assert told(reminded)[0].risky_promises == ("callback",)
    assert told(settle(promises.PromiseChecked, reminded, "open", 21, on_track=True))[0].risky_promises == ()
    off = settle(promises.PromiseChecked, story().made(), "open", 21, on_track=False)
    assert told(off)[0].risky_promises == ("callback",)
    assert told(off.broken())[0].risky_promises == ()


def test_at_risk_is_what_rests_on_one_that_is_or_that_was_not_kept() -> None:
    tale = story().made("p1").made("p2", 26, depends_on="p1", kind="visit")
    assert told(tale)[0].risky_promises == ()
    off = settle(promises.PromiseChecked, tale, "open", 21, on_track=False, promise={"id": "p1"})
    assert told(off)[0].risky_promises == ("callback", "visit")
    broken = tale.broken("p1")
    assert told(broken)[0].risky_promises == ("visit",)
    again = {"promise": {"id": "p1", "late_at": START + hours(25)}}
    late = settle(promises.PromiseFulfilledLate, broken, "broken", 25, evidence=EVIDENCE, **again)
    assert told(late)[0].risky_promises == ()
    in_vain = settle(promises.PromiseAttempted, tale, "attempted", 24, evidence=EVIDENCE, promise={"id": "p1"})
    assert told(in_vain)[0].risky_promises == ("visit",)


def test_what_a_colleague_is_late_with_puts_the_customer_s_promise_at_risk_too() -> None:
    tale = story().made("p1", made_to="agent").made("p2", 26, depends_on="p1", kind="visit")
    off = settle(promises.PromiseChecked, tale, "open", 21, on_track=False, promise={"id": "p1", "made_to": "agent"})
    assert told(off)[0].risky_promises == ("callback", "visit")


@pytest.mark.parametrize(("hour", "risky"), [(25, ()), (27, ("visit",))])
def test_what_took_the_inner_one_s_place_is_what_it_rests_on(hour: int, risky: tuple[str, ...]) -> None:
    tale = story().made("p1").made("p2", 26, depends_on="p1", kind="visit")
    moved = settle(
        promises.PromiseRenegotiated, tale, "renegotiated", 23, by="ana", agreed_by_customer=True,
        proposed_due=START + hours(hour), words="later", promise={"id": "p1"},
    )  # fmt: skip
    assert told(moved.made("p3", hour, replaces="p1"))[0].risky_promises == risky
