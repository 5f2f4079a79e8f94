"""The demo's own count: how a promise ended, who was answered in time, and the figures that follow."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.own import censored_median, middle, own_figures
from deploy.demo.tally import Complaint, Round, Spoken, Standing, Tally, Word
from services.metrics.domain.reports import quantiles

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
LATER = NOON + 100 * HOUR
WAITS = st.lists(st.tuples(st.integers(0, 20).map(float), st.booleans()), max_size=40)


def word(**done: datetime) -> Word:
    """Promised for noon."""
    return Word("p1", "person", NOON, **done)  # type: ignore[arg-type]


def complaint(*spoken: Spoken, due: datetime | None = NOON, **fields: object) -> Complaint:
    """Received at ten; a person must have answered by noon."""
    start = NOON - 2 * HOUR
    return Complaint("c1", start, start, rounds=[Round(start, due, list(spoken))], **fields)  # type: ignore[arg-type]


def figures(*complaints: Complaint, as_of: datetime = LATER) -> dict[str, object]:
    """What the demo counts."""
    for number, one in enumerate(complaints):
        one.settle()
        one.id = str(number)
    return dict(own_figures(Tally({one.id: one for one in complaints}), as_of))


class TestPromises:
    """How one ends follows from what was done by due."""

    @pytest.mark.parametrize("done", ["fulfilled_at", "attempted_at", "replaced_at", "withdrawn_at"])
    def test_what_is_done_at_due_is_in_time_and_a_moment_later_is_not(self, done: str) -> None:
        ended: dict[str, Standing] = {
            "fulfilled_at": "kept",
            "attempted_at": "attempted",
            "replaced_at": "renegotiated",
            "withdrawn_at": "withdrawn",
        }
        assert word(**{done: NOON}).standing(LATER) == ended[done]
        assert word(**{done: NOON + SECOND}).standing(LATER) == "broken"

    def test_without_anything_done_it_is_open_until_due_and_broken_from_then_on(self) -> None:
        assert word().standing(NOON - SECOND) == "open"
        assert word().standing(NOON) == "broken"
        assert word(attempted_at=NOON - HOUR).standing(NOON - SECOND) == "open"

    def test_a_withdrawn_complaint_takes_along_what_is_open_and_leaves_what_is_settled(self) -> None:
        gone = NOON - HOUR
        words = [Word("a", "person", NOON), Word("b", "person", gone - HOUR), word(fulfilled_at=gone - SECOND)]
        one = complaint(words=words, withdrawn_at=gone)
        one.settle()
        assert [each.standing(LATER) for each in words] == ["withdrawn", "broken", "kept"]

    def test_what_the_system_promised_is_kept_by_the_first_answer_that_arrived(self) -> None:
        bounced, answer = Spoken("r1", NOON - HOUR, failed=True), Spoken("r2", NOON + HOUR)
        one = complaint(bounced, answer, words=[Word("s", "system", NOON)])
        one.settle()
        assert one.words[0].standing(LATER) == "broken"
        assert figures(one)["promises.late"] == 1
        bounced.failed = False
        one.settle()
        assert one.words[0].standing(LATER) == "kept"


class TestFirstResponses:
    """Those who still wait are in every denominator."""

    def test_each_complaint_is_in_one_of_the_counts(self) -> None:
        counted = figures(
            complaint(Spoken("r", NOON)),
            complaint(Spoken("r", NOON + SECOND)),
            complaint(),
            complaint(withdrawn_at=NOON),
            complaint(withdrawn_at=NOON + SECOND),
            complaint(due=LATER + HOUR),
            complaint(due=None, anonymous=True),
        )
        names = ("answered_within", "answered_late", "unanswered", "ended_before_due", "ended_unanswered")
        assert [counted[f"first_response.{name}"] for name in (*names, "not_yet_due", "anonymous")] == [1] * 7
        assert counted["first_response.fell_due"] == 4
        assert counted["first_response.share_within"] == 0.25
        assert counted["complaints.answered"] == 2

    def test_an_answer_told_after_due_is_in_time_and_yet_was_overdue(self) -> None:
        counted = figures(complaint(Spoken("r", NOON - SECOND, told=NOON + SECOND)))
        assert counted["first_response.answered_within"] == 1
        assert counted["totals.overdue_first_response"] == 1
        assert (counted["totals.first_responses_within_target"], counted["totals.first_responses_late"]) == (0, 1)

    @pytest.mark.parametrize(("told", "overdue"), [(NOON, 0), (None, 0), (NOON + SECOND, 1)])
    def test_what_was_told_by_due_was_not_overdue(self, told: datetime | None, overdue: int) -> None:
        counted = figures(complaint(Spoken("r", NOON - SECOND, told=told)))
        assert counted["totals.overdue_first_response"] == overdue

    def test_a_total_keeps_the_wait_for_an_answer_that_failed(self) -> None:
        counted = figures(complaint(Spoken("r1", NOON - HOUR, failed=True), Spoken("r2", NOON)))
        assert counted["totals.first_response_elapsed_seconds_sum"] == 3 * 3600
        assert counted["totals.first_responses_taken_back"] == 1
        assert counted["first_response.median_elapsed_seconds"] == 2 * 3600

    def test_an_acknowledgement_is_late_after_its_instant_or_when_it_never_came(self) -> None:
        known = {"acknowledge_by": NOON}
        counted = figures(
            complaint(acknowledged_at=NOON, **known),
            complaint(acknowledged_at=NOON + SECOND, **known),
            complaint(**known),
            complaint(withdrawn_at=NOON - SECOND, **known),
        )
        assert counted["totals.overdue_acknowledge"] == 2


class TestSteps:
    """What had been done when it was over, as often as it was over."""

    def test_a_closing_counts_what_was_done_until_then(self) -> None:
        one = complaint(acknowledged_at=NOON, words=[word(fulfilled_at=NOON)], done={"listen"})
        one.close(NOON + HOUR, "verified")
        one.done |= {"repeat", "check"}
        one.close(LATER, "declined")
        counted = figures(one)
        shown = {name: counted[f"steps.{name}"] for name in ("1_respect_done", "2_listen_done", "6_act_done")}
        assert set(shown.values()) == {2}
        assert (counted["steps.4_repeat_done"], counted["steps.4_repeat_skipped"]) == (1, 1)
        assert (counted["totals.closed_verified"], counted["totals.closed_declined"]) == (1, 1)

    def test_silence_closes_at_its_instant_and_not_before(self) -> None:
        one = complaint(closes_at=NOON)
        assert figures(one, as_of=NOON - SECOND)["totals.closed_unverified"] == 0
        assert figures(one, as_of=NOON)["totals.closed_unverified"] == 1
        assert figures(one)["steps.7_check_skipped"] == 1

    def test_a_broken_word_is_no_following_through(self) -> None:
        one = complaint(words=[word(), Word("p2", "person", NOON, fulfilled_at=NOON)])
        one.close(NOON, "verified")
        assert figures(one)["steps.6_act_skipped"] == 1

    def test_what_nothing_would_put_right_has_no_third_step(self) -> None:
        one = complaint(remedial=False)
        one.close(NOON, "verified")
        counted = figures(one)
        assert (counted["steps.3_expectations_done"], counted["steps.3_expectations_skipped"]) == (0, 0)

    def test_what_was_given_is_counted_for_each_result(self) -> None:
        counted = figures(complaint(remedies=["other", "granted"]), complaint(remedies=["granted"]))
        assert (counted["steps.remedy_granted"], counted["steps.remedy_other"]) == (2, 1)
        assert counted["steps.remedy_none"] == 0

    def test_the_newest_word_of_the_customer_stands(self) -> None:
        begun_again = complaint(verified=[("yes", 5)])
        counted = figures(
            complaint(verified=[("no", 1), ("yes", 3)], done={"check"}),
            complaint(verified=[("yes", 5)], done={"check"}),
            complaint(verified=[("declined", 5)], done={"check"}),
            begun_again,
        )
        assert (counted["funnel.verified"], counted["funnel.satisfied"]) == (2, 1)
        assert counted["steps.escalated_after_a_no"] == 1


class TestMedians:
    """The same as the metrics service's, written anew."""

    @given(WAITS)
    def test_the_censored_median_is_the_same(self, waits: list[tuple[float, bool]]) -> None:
        assert censored_median(waits) == quantiles.censored_median(waits)

    @given(st.lists(st.integers(0, 10**9), max_size=30))
    def test_the_median_is_the_same_to_the_decimal_that_is_shown(self, milliseconds: list[int]) -> None:
        waits = [wait / 1000 for wait in milliseconds]
        ours, theirs = middle(waits), quantiles.median(waits)
        assert (ours is None and theirs is None) or round(ours or 0, 4) == round(theirs or 0, 4)

    def test_of_nothing_there_is_none(self) -> None:
        counted = figures()
        assert counted["first_response.share_within"] is None
        assert counted["first_response.median_censored_seconds"] is None
        assert counted["promises.share_kept"] is None
