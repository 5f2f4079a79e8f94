"""Events in, counts out: what each event adds to the totals, and what is known afterwards."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from services.metrics.domain import series
from services.metrics.domain.facts import MOST, Facts
from services.metrics.domain.fold import HANDLERS, fold
from services.metrics.domain.handled import steps_done
from shared.events import followup, intake, routing
from shared.events.values import Evidence, RemedySought
from tests.support.story import START, Story, hours

FIRST = "palabra_first_responses"
BACK = "palabra_first_responses_taken_back"
ELAPSED = "palabra_first_response_elapsed_seconds"
BUSINESS = "palabra_first_response_business_seconds"
MADE = "palabra_promises_made"
SETTLED = "palabra_promises_settled"
CORRECTED = "palabra_promises_corrected"


def story() -> Story:
    """A complaint that stands with its team."""
    return Story("c1").received().triaged().assigned()


def told(tale: Story) -> tuple[Facts, Counter[str]]:
    """The facts at the end, and all counts as `team/key`."""
    facts: Facts | None = None
    counts: Counter[str] = Counter()
    for event in tale.events:
        if type(event.data) not in HANDLERS:
            continue
        facts, more = fold(facts, event)
        for team, key, amount in more:
            counts[f"{team}/{key}"] += amount
    assert facts is not None
    return facts, counts


def counted(tale: Story, *names: str) -> dict[str, int]:
    """The counts of these series alone."""
    return {key: n for key, n in told(tale)[1].items() if key.partition("/")[2].partition("|")[0] in names}


def test_a_complaint_is_counted_once_by_how_it_came() -> None:
    tale = Story("c1").received(channel="phone", via="cti", kind="treatment")
    assert counted(tale, "palabra_complaints_received") == {"/palabra_complaints_received|phone|treatment|cti": 1}
    again = tale.received()
    assert sum(counted(again, "palabra_complaints_received").values()) == 1


@pytest.mark.parametrize(("format_", "label"), [("cfpb", "cfpb"), (None, "other"), ("xml", "other")])
def test_history_is_in_no_live_total(format_: str | None, label: str) -> None:
    tale = Story("c1").received(historical=True, import_format=format_).triaged().answered().made().closed()
    facts, counts = told(tale)
    assert counts == {f"/palabra_complaints_imported|{label}": 1}
    assert (facts.unanswered_since, facts.unassigned) == (None, False)


FIRST_RESPONSES: list[tuple[str, Story, dict[str, int]]] = [
    ("within its target", story().answered(), {"cards/" + FIRST + "|web|normal|true": 1}),
    ("beyond its target", story().answered(at=5, within=False), {"cards/" + FIRST + "|web|normal|false": 1}),
    ("a second one is none", story().answered().answered("r2", 2), {"cards/" + FIRST + "|web|normal|true": 1}),
    ("automatic is none", story().answered(automatic=True), {}),
    ("to a third party is none", story().answered(to="third_party"), {}),
    ("without a measured wait is none", story().answered(elapsed_seconds=None), {}),
    (
        "said to be first, the wait follows from the start",
        story().answered(elapsed_seconds=None, business_seconds=None, is_first=True),
        {"cards/" + FIRST + "|web|normal|true": 1},
    ),
    ("anonymous ones are counted apart", Story("c1").received(anonymous=True).triaged().assigned().answered(), {}),
    (
        "before it was read, as was said with it",
        Story("c1").received().answered().triaged().assigned(),
        {"/" + FIRST + "|web|other|true": 1},
    ),
    (
        "before its target was known: counted when it is",
        Story("c1").received().answered(within=None).triaged(priority="high").assigned(),
        {"/" + FIRST + "|web|high|true": 1},
    ),
    (
        "before its target was known, and too late",
        Story("c1").received().answered(at=6, within=None).triaged(),
        {"/" + FIRST + "|web|normal|false": 1},
    ),
    ("without a target it is neither", Story("c1").received().triaged(due=None).answered(within=None), {}),
    (
        "taken back",
        story().answered().failed(),
        {"cards/" + FIRST + "|web|normal|true": 1, "cards/" + BACK + "|web|normal|true": 1},
    ),
    (
        "taken back under the labels it was counted with",
        story().answered().triaged(priority="urgent").assigned("loans").failed(),
        {"cards/" + FIRST + "|web|normal|true": 1, "cards/" + BACK + "|web|normal|true": 1},
    ),
    (
        "taken back, and a later one counts",
        story().answered().failed().answered("r2", 5, within=False),
        {
            "cards/" + FIRST + "|web|normal|true": 1,
            "cards/" + BACK + "|web|normal|true": 1,
            "cards/" + FIRST + "|web|normal|false": 1,
        },
    ),
    (
        "taken back, and one that is there already counts",
        story().answered().answered("r2", 2).failed(at=3),
        {"cards/" + FIRST + "|web|normal|true": 2, "cards/" + BACK + "|web|normal|true": 1},
    ),
    ("failed before it was heard of", story().failed().answered(), {}),
    ("failed twice", story().answered().failed().failed(), {
        "cards/" + FIRST + "|web|normal|true": 1, "cards/" + BACK + "|web|normal|true": 1,
    }),
    ("another one failed", story().answered().answered("r2", 2).failed("r2"), {"cards/" + FIRST + "|web|normal|true": 1}),
    (
        "one without a target is not taken back from anything",
        Story("c1").received().triaged(due=None).answered(within=None).failed(),
        {},
    ),
    (
        "each cycle has its own",
        story().answered().resolved().reopened().answered("r2", 61, cycle=2, within=False),
        {"cards/" + FIRST + "|web|normal|true": 1, "cards/" + FIRST + "|web|normal|false": 1},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("tale", "expected"), [row[1:] for row in FIRST_RESPONSES], ids=[x[0] for x in FIRST_RESPONSES])
def test_first_responses(tale: Story, expected: dict[str, int]) -> None:
    assert counted(tale, FIRST, BACK) == expected


def test_waits_fall_into_their_buckets() -> None:
    counts = counted(story().answered(at=1), ELAPSED, BUSINESS)
    # One hour is in the bucket up to one hour (the fifth); half an hour of business in the one up to 30 minutes.
    assert counts == {
        f"cards/{ELAPSED}|web|normal|b4": 1,
        f"cards/{ELAPSED}|web|normal|ms": 3_600_000,
        f"cards/{BUSINESS}|web|normal|b3": 1,
        f"cards/{BUSINESS}|web|normal|ms": 1_800_000,
    }


@pytest.mark.parametrize(("seconds", "bucket"), [(-5, 0), (60, 0), (60.001, 1), (2_592_000, 14), (2_592_001, 15)])
def test_bounds_are_inclusive(seconds: float, bucket: int) -> None:
    tale = story().answered(elapsed_seconds=seconds, business_seconds=None)
    assert counted(tale, ELAPSED)[f"cards/{ELAPSED}|web|normal|b{bucket}"] == 1
    assert counted(tale, BUSINESS) == {}


def test_a_transfer_after_the_answer_moves_nothing_that_was_counted() -> None:
    facts, counts = told(story().answered().assigned("loans", due=9))
    assert facts.current.responses[0].due == START + hours(4)
    assert counts[f"cards/{FIRST}|web|normal|true"] == 1


def test_a_target_from_before_the_reopening_is_not_the_new_cycle_s() -> None:
    facts, _ = told(story().resolved().reopened(60).assigned(due=4).assigned("loans", due=70))
    assert [cycle.due for cycle in facts.cycles] == [START + hours(4), START + hours(70)]
    facts, _ = told(story().resolved().reopened(60).assigned(due=4))
    assert facts.current.due is None


def test_a_document_keeps_a_bounded_number_of_responses() -> None:
    tale = story()
    for number in range(MOST + 5):
        tale.answered(f"r{number}").failed(f"x{number}")
    facts, _ = told(tale)
    assert (len(facts.current.responses), len(facts.failed_early)) == (MOST, MOST)


def test_deadlines_count_when_they_are_said_to_have_passed() -> None:
    overdue = followup.DeadlineOverdue(clock="first_response", deadline=START + hours(4), age_seconds=1)
    legal = followup.DeadlineOverdue(clock="legal", deadline=START + hours(9), age_seconds=1)
    tale = story().say(overdue, 4).say(legal, 9)
    assert counted(tale, "palabra_deadlines_overdue") == {
        "cards/palabra_deadlines_overdue|first_response|web|normal": 1,
        "cards/palabra_deadlines_overdue|legal|web|normal": 1,
    }
    facts, _ = told(Story("c1").received().say(overdue, 4))
    assert facts.current.due == START + hours(4)
    assert [x.clock for x in told(tale)[0].current.overdue] == ["first_response", "legal"]


def settle(kind: Any, tale: Story, status: str, at: float, **changes: Any) -> Story:
    """An event about the promise as it is from now on."""
    told_: dict[str, Any] = {"promise": tale.promise(status=status, **changes.pop("promise", {})), **changes}
    return tale.say(kind(**told_), at)


EVIDENCE = Evidence(type="call", reference="call-1", occurred_at=START + hours(20))


def renegotiated(*, agreed: bool, after_due: bool = False, status: str = "renegotiated") -> Story:
    """A new time is asked for."""
    return settle(
        followup.PromiseRenegotiated, story().made(), status, 23, by="ana", agreed_by_customer=agreed,
        proposed_due=START + hours(48), words="tomorrow then", after_due=after_due,
    )  # fmt: skip


def corrected(tale: Story, old: str, new: str, **promise: Any) -> Story:
    """What was counted was not so."""
    return settle(
        followup.PromiseCorrected, tale, new, 30, from_status=old, to_status=new, why="call record", promise=promise
    )


PROMISES: list[tuple[str, Story, dict[str, int]]] = [
    ("made", story().made(), {f"/{MADE}|callback|person|false": 1}),
    ("made against the rules", story().made(override_reason="he insists"), {f"/{MADE}|callback|person|true": 1}),
    ("kept", story().kept(), {f"/{SETTLED}|callback|person|kept": 1}),
    ("broken", story().made().broken(), {f"/{MADE}|callback|person|false": 1, f"/{SETTLED}|callback|person|broken": 1}),
    (
        "attempted",
        settle(followup.PromiseAttempted, story(), "attempted", 24, evidence=EVIDENCE),
        {f"/{SETTLED}|callback|person|attempted": 1},
    ),
    (
        "withdrawn by the customer",
        settle(followup.PromiseWithdrawn, story(), "withdrawn", 3),
        {f"/{SETTLED}|callback|person|withdrawn": 1},
    ),
    (
        "broken, then late: broken once",
        settle(followup.PromiseFulfilledLate, story().broken(), "broken", 30, evidence=EVIDENCE),
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


@pytest.mark.parametrize(("tale", "expected"), [row[1:] for row in PROMISES], ids=[row[0] for row in PROMISES])
def test_promises(tale: Story, expected: dict[str, int]) -> None:
    assert counted(tale, MADE, SETTLED, CORRECTED) == expected


def test_a_promise_stands_as_the_newest_event_says() -> None:
    facts, _ = told(story().made("p1").made("p2", override_reason="x").broken("p1").kept("p2"))
    first, second = facts.promises
    assert (first.status, first.broken_at, first.settled_at) == ("broken", START + hours(24), START + hours(24))
    assert (second.status, second.evidence_at, second.overridden) == ("kept", START + hours(20), True)
    assert facts.open_promises == ()


def test_without_its_own_time_evidence_is_as_old_as_the_settling() -> None:
    nameless = Evidence(type="message")
    kept = settle(followup.PromiseKept, story(), "kept", 9, evidence=nameless, promise={"evidence": nameless})
    fact = told(kept)[0].promises[0]
    assert (fact.evidence_at, fact.settled_at) == (START + hours(9), START + hours(9))


def test_a_promise_taken_back_to_open_has_no_settling_left() -> None:
    facts, _ = told(corrected(story().kept(), "kept", "open"))
    assert (facts.promises[0].settled_at, facts.promises[0].evidence_at, facts.open_promises) == (None, None, ("callback",))


def test_late_and_renegotiated_after_due_are_known() -> None:
    late = settle(followup.PromiseFulfilledLate, story().broken(), "broken", 30, evidence=EVIDENCE)
    assert told(late)[0].promises[0].late_at == START + hours(30)
    facts, _ = told(renegotiated(agreed=True, after_due=True, status="broken"))
    assert facts.promises[0].renegotiated_after_due
    # What was once known is not forgotten by a later event that does not tell it.
    again = settle(followup.PromiseFulfilledLate, renegotiated(agreed=True, after_due=True, status="broken"),
                   "broken", 30, evidence=EVIDENCE)  # fmt: skip
    assert told(again)[0].promises[0].renegotiated_after_due


def test_at_risk_until_its_owner_says_that_it_is_on_track() -> None:
    reminded = settle(followup.PromiseReminded, story().made(), "open", 20, to="ana")
    assert told(reminded)[0].risky_promises == ("callback",)
    assert told(settle(followup.PromiseChecked, reminded, "open", 21, on_track=True))[0].risky_promises == ()
    off = settle(followup.PromiseChecked, story().made(), "open", 21, on_track=False)
    assert told(off)[0].risky_promises == ("callback",)
    assert told(off.broken())[0].risky_promises == ()


def test_escalations_results_and_reopenings_are_counted() -> None:
    tale = story().say(routing.ComplaintEscalated(level=2, reason="promise_broken")).resolved().closed().reopened()
    counts = told(tale)[1]
    assert counts["/palabra_escalations|2|promise_broken"] == 1
    assert counts["/palabra_complaints_resolved|upheld"] == 1
    assert counts["/palabra_complaints_closed|verified"] == 1
    assert counts["/palabra_complaints_reopened|not_solved"] == 1


def test_a_reopened_complaint_waits_again_and_must_be_verified_anew() -> None:
    before, _ = told(story().answered().resolved().verified().closed())
    assert (before.unanswered_since, before.steps.verified) == (None, True)
    facts, _ = told(story().answered().resolved().verified().closed().reopened(60))
    assert (facts.unanswered_since, facts.closed_at, facts.steps.verified) == (START + hours(60), None, False)
    assert facts.cycles[0].responses  # the first cycle's value never changes


def test_the_seven_steps_are_told_at_closing() -> None:
    tale = story()
    tale.say(followup.ComplaintAcknowledged(text="we have it", language="en"))
    tale.say(followup.FactsAsked(by="ana", facts=("account",)))
    tale.say(followup.RemedySoughtStated(remedy=RemedySought(kind="refund")))
    tale.say(followup.SummaryConfirmed(confirmed=True)).say(followup.SolutionProposed(by="ana", options=("refund",)))
    tale.made().kept().resolved().verified().closed()
    assert set(steps_done(told(tale)[0]).values()) == {True}
    assert {key: n for key, n in counted(tale, "palabra_steps").items()} == {
        f"/palabra_steps|{step}|true": 1 for step in range(1, 8)
    }


def test_skipped_steps_show() -> None:
    assert set(steps_done(told(story().resolved().closed())[0]).values()) == {False}
    assert not steps_done(told(story().made().broken())[0])["6"]
    assert steps_done(told(story().say(intake.MessageReceived(
        message_id="m", channel="web", text="and another thing", received_at=START)))[0])["2"]  # fmt: skip
    assert steps_done(told(story().say(followup.SolutionChosen(option="none")))[0])["5"]
    assert steps_done(told(story().say(followup.FactsGiven(facts={"account": "1"})))[0])["2"]
    asked = Story("c1").received(remedy_sought=RemedySought(kind="refund"))
    assert steps_done(told(asked)[0])["3"]
    # Praise seeks no remedy: the step is neither done nor skipped.
    assert "3" not in steps_done(told(Story("c1").received(kind="praise"))[0])


def test_who_waits_and_for_whom() -> None:
    facts, _ = told(Story("c1").received())
    assert (facts.unanswered_since, facts.unassigned) == (START, True)
    facts, _ = told(story())
    assert (facts.unanswered_since, facts.unassigned) == (START, False)
    assert told(story().assigned(agent=None))[0].unassigned
    assert not told(story().assigned(agent=None).resolved())[0].unassigned
    assert told(Story("c1").received(anonymous=True))[0].unanswered_since is None
    # A response that bounces after closing leaves the customer waiting.
    assert told(story().answered().closed().failed(at=51))[0].unanswered_since == START


def test_withdrawn_or_merged_nobody_waits() -> None:
    withdrawn = told(story().say(intake.ComplaintWithdrawn(), 3).say(intake.ComplaintWithdrawn(), 4))[0]
    assert (withdrawn.ended_at, withdrawn.unanswered_since) == (START + hours(3), None)
    merged = story().assigned(agent=None).say(intake.ComplaintMerged(into="c2", by="ana"), 3)
    assert (told(merged)[0].ended_at, told(merged)[0].unassigned) == (START + hours(3), False)
    again = told(merged.say(intake.ComplaintUnmerged(out_of="c2", by="ana"), 4))[0]
    assert (again.ended_at, again.unanswered_since) == (None, START)


def test_an_acknowledgement_is_no_answer() -> None:
    tale = story().say(followup.ComplaintAcknowledged(text="we have it", language="en"), 0.1)
    facts, _ = told(tale)
    assert (facts.acknowledged_at, facts.unanswered_since) == (START + hours(0.1), START)


def test_counts_and_the_newest_event_s_time_are_never_stored() -> None:
    facts, _ = told(story().answered())
    stored = facts.model_dump(mode="python")
    assert facts.counts
    assert facts.heard_at == START + timedelta(hours=1)
    assert not {"counts", "heard_at"} & stored.keys()
    assert Facts.model_validate(stored) == facts.model_copy(update={"counts": (), "heard_at": None})


def test_labels_are_closed_and_keys_can_be_stored() -> None:
    for one in series.ALL:
        for values in one.combinations():
            key = one.key(*values)
            assert "." not in key
            assert "$" not in key
    assert series.OVERDUE.key("legal", "web", "shouting").endswith("|other")
    assert len(series.OVERDUE.one("legal", "web", "low", team="x" * 500).team) == series.LONGEST_TEAM
    assert all(values[2] != values[3] for values in series.PROMISES_CORRECTED.combinations())
