"""Checked and warned before due, handed over, at risk. Source: "Promises" in the domain."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from services.followup.domain.parts import LedgerEntry
from services.followup.domain.promises import CheckPromise, check_promise
from services.followup.domain.renegotiating import Renegotiate, renegotiate
from services.followup.domain.renewing import stale
from services.followup.domain.world import World
from shared.calendar import Calendar
from shared.events.intake import ComplaintMerged
from shared.events.reference import Absence, Agent
from shared.events.routing import ComplaintEscalated
from shared.events.values import Evidence
from tests.unit.followup_life import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY,
    NEVER,
    OFFICE,
    REFERENCE,
    WORLD,
    Life,
    assigned,
    begun,
)

DUE = MONDAY + 5 * HOUR
MADE = MONDAY + 10 * MINUTE
REMIND = MADE + (DUE - MADE) * 0.75
FALLBACK = MADE + (DUE - MADE) * 0.875


def agents(**changed: Agent) -> World:
    """A world in which these agents are as given."""
    reference = REFERENCE
    for name, agent in changed.items():
        reference = reference.with_datum("agent", name, 2, agent)
    return World(reference, WORLD.ack_patience, WORLD.texts)


TEAM = {
    "ana": Agent(name="Ana", team="care", fallback="cleo", manager="mia"),
    "cleo": Agent(name="Cleo", team="care"),
    "mia": Agent(name="Mia", team="care"),
}
WITH_TEAM = agents(**TEAM)


def away(agent: str, start: datetime, end: datetime) -> World:
    """The agent says to be absent."""
    return agents(**{**TEAM, agent: TEAM[agent].model_copy(update={"absences": (Absence(start=start, end=end),)})})


def promised(**changes: Any) -> Life:
    """Ana's promise of a refund by three."""
    life = begun(WITH_TEAM)
    life.promise(**changes)
    return life


def checks(life: Life, *, on_track: bool, promise_id: str = "p1") -> None:
    """Ana says how it stands."""
    life.do(check_promise, CheckPromise(promise_id=promise_id, by="ana", on_track=on_track))


def reminded(life: Life) -> list[tuple[str, bool, str]]:
    """Who was reminded, whether as the fallback, and why."""
    return [(x.to, x.fallback, x.why) for x in life.said if x.type == "promise.reminded"]  # type: ignore[attr-defined]


def handed(life: Life) -> list[tuple[str | None, str | None, str]]:
    """From whom to whom, and why."""
    return [(x.from_owner, x.to_owner, x.why) for x in life.said if x.type == "promise.handed_over"]  # type: ignore[attr-defined]


class TestReminders:
    """The owner first, then the fallback."""

    def test_the_owner_and_then_the_fallback(self) -> None:
        life = promised()
        life.at(REMIND).tick()
        assert reminded(life) == [("ana", False, "unchecked")]
        assert life.tick() == ()
        life.at(FALLBACK).tick()
        assert reminded(life)[1:] == [("cleo", True, "unchecked")]
        life.at(DUE - MINUTE).tick()
        assert len(reminded(life)) == 2

    def test_the_promise_may_name_its_own_fallback(self) -> None:
        life = promised(fallback_owner="mia")
        life.at(FALLBACK).tick()
        assert reminded(life)[-1] == ("mia", True, "unchecked")

    def test_nobody_is_asked_twice_who_said_that_it_is_on_track(self) -> None:
        life = promised()
        checks(life, on_track=True)
        life.at(FALLBACK).tick()
        assert reminded(life) == []
        life = promised()
        life.at(REMIND).tick()
        checks(life, on_track=True)
        life.at(FALLBACK).tick()
        assert len(reminded(life)) == 1
        assert not life.entry().at_risk

    def test_without_a_fallback_only_the_owner(self) -> None:
        life = begun()
        life.promise()
        life.at(FALLBACK).tick()
        assert reminded(life) == [("ana", False, "unchecked")]

    def test_what_ended_and_what_the_system_promised_is_not_reminded_of(self) -> None:
        life = promised()
        life.fulfil()
        life.at(DUE - MINUTE).tick()
        assert reminded(life) == []

    def test_a_late_timer_reminds_nobody_at_midnight(self) -> None:
        life = promised(due=MONDAY + DAY + HOUR)
        life.at(MONDAY + 14 * HOUR).tick()
        assert reminded(life) == []
        life.at(MONDAY + 23 * HOUR).tick()
        assert reminded(life) == [("ana", False, "unchecked")]

    def test_after_due_nobody_is_reminded(self) -> None:
        life = promised()
        life.at(DUE + HOUR).tick()
        assert reminded(life) == []
        assert life.entry().status == "broken"

    def test_with_no_working_time_before_due_nobody_can_be(self) -> None:
        night = MONDAY + 8 * HOUR
        life = begun(WITH_TEAM).at(night)
        life.promise(due=night + HOUR, override_reason="I am here")
        life.at(night + 59 * MINUTE).tick()
        assert reminded(life) == []


class TestInTheirHours:
    """Reminders follow the hours of whoever must keep it, as they are known now."""

    LATE = Calendar(time_zone="Europe/Madrid", weekly=dict.fromkeys(("mon", "tue"), (("13:00", "17:00"),)))
    CLOSING = MONDAY + 7 * HOUR

    def shifted(self, hours: Calendar, version: int = 3) -> World:
        """The office opens otherwise."""
        return replace(WITH_TEAM, reference=WITH_TEAM.reference.with_datum("calendar", "office", version, hours))

    def test_an_owner_who_is_not_known_here_has_the_team_s_hours(self) -> None:
        life = begun()
        life.promise(owner="zoe", due=MONDAY + DAY)
        assert life.entry().remind_at == MADE + (self.CLOSING - MADE + HOUR) * 0.75
        life.at(MONDAY + 14 * HOUR).tick()
        assert reminded(life) == []

    def test_a_changed_calendar_moves_what_was_not_sent_yet(self) -> None:
        life = promised()
        life.world = self.shifted(self.LATE)
        life.at(MADE + HOUR).tick()
        opening = MONDAY + 3 * HOUR
        assert (life.entry().remind_at, life.entry().planned_version) == (opening + (DUE - opening) * 0.75, 3)
        assert life.entry().remind_fallback_at == opening + (DUE - opening) * 0.875

    def test_what_was_sent_is_not_sent_again(self) -> None:
        life = promised()
        life.at(REMIND).tick()
        life.world = self.shifted(self.LATE)
        life.tick()
        assert life.entry().remind_at is None
        life.at(DUE - MINUTE).tick()
        assert [to for to, _, _ in reminded(life)] == ["ana", "cleo"]

    def test_a_changed_shift_moves_it_too(self) -> None:
        life = promised()
        ana = TEAM["ana"].model_copy(update={"calendar": "late"})
        reference = agents(**{**TEAM, "ana": ana}).reference.with_datum("calendar", "late", 1, self.LATE)
        life.world = replace(WITH_TEAM, reference=reference)
        life.at(MADE + HOUR).tick()
        assert life.entry().planned_in == "late"
        assert life.entry().remind_at == MONDAY + 3 * HOUR + 1.5 * HOUR

    def test_hours_in_which_nobody_worked_before_due_and_now_somebody_does(self) -> None:
        life = begun(self.shifted(NEVER))
        life.promise(override_reason="I am here")
        life.at(REMIND).tick()
        assert reminded(life) == []
        life.world = self.shifted(OFFICE, 4)
        life.tick()
        assert reminded(life) == [("ana", False, "unchecked")]

    def test_handed_over_before_it_counts_from_then_on(self) -> None:
        life = promised(due=MONDAY + DAY)
        handed_at = MONDAY + HOUR
        life.at(handed_at).hear(assigned("cleo"))
        life.world = self.shifted(OFFICE)
        life.at(handed_at + HOUR).tick()
        assert life.entry().planned_version == 3
        assert life.entry().remind_at == handed_at + (self.CLOSING - handed_at + HOUR) * 0.75

    def test_whom_it_is_about_is_not_reminded_in_the_owners_place(self) -> None:
        life = begun(WITH_TEAM, about=({"agent": "cleo"},))
        life.promise()
        life.at(FALLBACK).tick()
        assert reminded(life)[-1] == ("mia", True, "unchecked")


class TestNobodys:
    """The case stands in the queue for a while."""

    def test_whoever_has_it_again_is_reminded_anew(self) -> None:
        life = promised(fallback_owner="mia")
        life.at(MONDAY + HOUR).hear(assigned(None))
        life.at(FALLBACK).tick()
        assert reminded(life) == [("mia", True, "unchecked"), ("mia", True, "unchecked")]
        back = FALLBACK + MINUTE
        life.at(back).hear(assigned("ana"))
        assert life.entry().remind_at == back + (DUE - back) * 0.75
        life.at(DUE - MINUTE).tick()
        assert reminded(life)[2:] == [("ana", False, "unchecked"), ("mia", True, "unchecked")]

    def test_without_a_fallback_it_waits_for_somebody(self) -> None:
        life = promised()
        life.at(MONDAY + HOUR).hear(assigned(None))
        life.at(FALLBACK).tick()
        assert reminded(life) == []
        life.hear(assigned("ben"))
        life.at(DUE - MINUTE).tick()
        assert reminded(life) == [("ben", False, "unchecked")]

    def test_a_late_inner_promise_is_told_to_the_next_owner(self) -> None:
        life = promised(promise_id="inner", due=MONDAY + 3 * HOUR, owner="cleo", made_to="agent")
        life.promise("outer", due=MONDAY + 6 * HOUR, depends_on="inner")
        life.at(MONDAY + HOUR).hear(assigned(None))
        life.at(MONDAY + 3 * HOUR).tick()
        assert ("ana", False, "inner_late") not in reminded(life)
        life.at(MONDAY + 4 * HOUR).hear(assigned("ana"))
        life.tick()
        assert reminded(life).count(("ana", False, "inner_late")) == 1

    def test_what_was_to_be_said_when_it_became_nobodys_is_said_to_the_next_owner(self) -> None:
        life = promised(promise_id="inner", due=MONDAY + 8 * HOUR, owner="nil", made_to="agent", override_reason="-")
        life.promise("outer", due=MONDAY + DAY + 6 * HOUR, depends_on="inner")
        life.at(MONDAY + 8 * HOUR + MINUTE).tick()
        life.hear(assigned(None))
        life.at(MONDAY + DAY).tick()
        assert "inner_late" not in [why for *_, why in reminded(life)]
        life.hear(assigned("ana"))
        life.tick()
        assert ("ana", False, "inner_late") in reminded(life)
        assert life.tick() == ()


class TestAtRisk:
    """Unchecked, not on track, or resting on what is late."""

    def test_unchecked_since_the_reminder(self) -> None:
        life = promised()
        assert not life.entry().at_risk
        life.at(REMIND).tick()
        assert life.entry().at_risk
        assert life.case.at_risk
        checks(life, on_track=True)
        assert not life.entry().at_risk

    def test_not_on_track(self) -> None:
        life = promised()
        checks(life, on_track=False)
        assert life.entry().at_risk
        life.fulfil()
        assert not life.entry().at_risk

    def chain(self) -> Life:
        """Legal answers Ana, who answers the customer; a third promise waits for both."""
        life = promised(promise_id="inner", due=MONDAY + 3 * HOUR, owner="cleo", made_to="agent")
        life.promise("outer", due=MONDAY + 6 * HOUR, depends_on="inner")
        life.promise("last", due=MONDAY + 7 * HOUR, depends_on="outer")
        return life

    def test_a_late_inner_promise_puts_the_outer_ones_at_risk_and_says_so_once(self) -> None:
        life = self.chain()
        life.at(MONDAY + 3 * HOUR).tick()
        assert life.entry("inner").status == "broken"
        assert (life.entry("outer").at_risk, life.entry("last").at_risk) == (True, True)
        assert ("ana", False, "inner_late") in reminded(life)
        count = len(reminded(life))
        life.tick()
        assert len(reminded(life)) == count

    def test_made_good_it_is_no_risk_any_more_once_its_owner_says_so(self) -> None:
        life = self.chain()
        life.at(MONDAY + 3 * HOUR).tick()
        life.at(MONDAY + 3 * HOUR + MINUTE).fulfil("inner")
        checks(life, on_track=True, promise_id="outer")
        assert not life.entry("outer").at_risk

    def test_moved_behind_what_rests_on_it_it_is(self) -> None:
        life = self.chain()
        ask = Renegotiate(
            promise_id="inner", new_id="inner2", by="ana", due=MONDAY + 6 * HOUR + MINUTE, words="later",
            agreed_by_customer=True, evidence=Evidence(type="message", reference="m-1"),
        )  # fmt: skip
        life.do(renegotiate, ask)
        assert life.entry("outer").at_risk
        assert not life.entry("inner2").at_risk

    def test_an_inner_one_at_risk_is_enough(self) -> None:
        life = self.chain()
        checks(life, on_track=False, promise_id="inner")
        assert [life.entry(name).at_risk for name in ("inner", "outer", "last")] == [True] * 3


class TestHandedOver:
    """With the case, and at an absence; the word stays as it is."""

    def test_with_the_case_others_are_told(self) -> None:
        life = promised()
        life.hear(assigned("ben"))
        assert handed(life) == [("ana", "ben", "case"), ("ana", "ben", "case")]
        said = life.last("promise.handed_over").promise
        assert (said.owner, said.due, said.status) == ("ben", DUE, "open")

    def test_the_systems_word_first_finds_somebody_without_noise(self) -> None:
        assert handed(begun()) == []

    def test_before_due_at_an_absence_to_the_owners_fallback(self) -> None:
        life = promised(due=MONDAY + DAY)
        life.world = away("ana", MONDAY + 20 * HOUR, MONDAY + 2 * DAY)
        life.tick()
        assert handed(life) == [("ana", "cleo", "absence")]
        assert life.entry().owner == "cleo"
        assert life.system_promise().owner == "ana"
        assert life.tick() == ()

    def test_the_new_owner_is_reminded_anew(self) -> None:
        life = promised(due=MONDAY + DAY)
        life.world = away("ana", MONDAY + 20 * HOUR, MONDAY + 2 * DAY)
        life.tick()
        life.at(MONDAY + DAY - 5 * MINUTE).tick()
        assert ("cleo", False, "unchecked") in reminded(life)

    @pytest.mark.parametrize(("named", "to"), [("mia", "mia"), ("ben", "cleo")])
    def test_the_promises_own_fallback_comes_first_if_they_are_there(self, named: str, to: str) -> None:
        life = promised(due=MONDAY + DAY + HOUR, fallback_owner=named)
        life.world = away("ana", MONDAY + DAY, MONDAY + 2 * DAY)
        life.tick()
        assert handed(life) == [("ana", to, "absence")]

    def test_it_stays_where_nobody_else_can(self) -> None:
        life = begun()
        life.promise(due=MONDAY + DAY + HOUR)
        ana = Agent(name="Ana", team="care", fallback="ben", active=False)
        life.world = agents(ana=ana)
        life.tick()
        assert life.entry().owner == "ana"
        assert [to for _, to, _ in handed(life)] == ["ben"]

    def test_whom_it_is_about_gets_none(self) -> None:
        life = begun(WITH_TEAM, about=({"agent": "cleo"},))
        life.promise(due=MONDAY + DAY)
        life.world = away("ana", MONDAY + 20 * HOUR, MONDAY + 2 * DAY)
        life.tick()
        assert handed(life) == [("ana", "mia", "absence")]

    def test_an_escalation_and_a_merge_hand_nothing_over(self) -> None:
        life = promised()
        life.hear(ComplaintEscalated(level=1, reason="manual", to="mia"))
        life.hear(ComplaintMerged(into="c2", by="ana"))
        assert handed(life) == []
        assert life.entry().status == "open"


def test_which_cases_a_change_concerns() -> None:
    assert stale("policy", "default", 3, REFERENCE) is not None
    assert stale("agent", "ana", 2, REFERENCE) == promised_by("ana")
    assert stale("key", "k", 1, REFERENCE) is None


def test_a_change_concerns_the_promises_of_whoever_works_by_it() -> None:
    late = Agent(name="Zoe", team="closed", calendar="office")
    reference = REFERENCE.with_datum("agent", "zoe", 1, late)
    counted, promised, _ = stale("calendar", "office", 3, reference)["$or"]  # type: ignore[index]
    assert (counted["state.calendar"], counted["state.calendar_version"]) == ("office", {"$lt": 3})
    assert promised == promised_by("ana", "ben", "zoe")
    assert stale("team", "closed", 2, reference)["$or"][0] == promised_by("nil", "zoe")  # type: ignore[index]


def promised_by(*owners: str) -> dict[str, Any]:
    """Cases in which one of them owes something."""
    return {"state.promises": {"$elemMatch": {"status": "open", "owner": {"$in": list(owners)}}}}


def test_what_others_are_told_of_a_promise_has_no_inner_workings() -> None:
    told = set(promised().entry().promise.model_dump())
    assert not told & {"planned_for", "planned_in", "remind_at", "at_risk"}
    assert set(LedgerEntry.model_fields) - told
