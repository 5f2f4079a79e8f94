"""Who could take a complaint, best first: never somebody it is about, never beyond capacity, always with a reason."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.candidates import Floor, Load, Wanted, barred, candidates, nobody
from shared.events.reference import Absence
from shared.events.values import About
from tests.support.routing import AGENTS, MONDAY, agent, later, reference

NIGHT = MONDAY + timedelta(hours=12)


def wanted(**fields: Any) -> Wanted:
    known: dict[str, Any] = {
        "complaint_id": "k-1",
        "team": "cards",
        "category": "card",
        "product": None,
        "language": "en",
    }
    return Wanted(**{**known, **fields})


def ranking(look: Wanted, loads: dict[str, Load] | None = None, **agents: Any) -> list[str]:
    floor = Floor(reference(agents=agents) if agents else reference(), loads or {}, MONDAY)
    return [found.agent for found in candidates(look, floor)]


def test_the_owner_before_goes_first_then_skill_language_load_and_patience() -> None:
    agents: dict[str, Any] = {
        "old": agent(capacity=9),
        "skill": agent(skills=("Card",), capacity=9),
        "words": agent(languages=("es",), capacity=9),
        "other": agent(languages=("en",), capacity=9),
        "idle": agent(languages=("en",), capacity=9),
        "ready": agent(languages=("en",), capacity=9),
    }
    loads = {
        "old": Load(8),
        "skill": Load(7),
        "other": Load(1),
        "idle": Load(0, 0, later(-5)),
        "ready": Load(0, 0, later(-9)),
    }
    found = ranking(wanted(owner="old"), loads, **agents)
    assert found == ["old", "skill", "ready", "idle", "other", "words"]


def test_promises_due_today_weigh_like_open_cases() -> None:
    agents: dict[str, Any] = {"a": agent(), "b": agent()}
    assert ranking(wanted(), {"a": Load(0, 2), "b": Load(1)}, **agents) == ["b", "a"]


def test_a_product_is_a_skill_too_and_equals_go_by_id() -> None:
    agents: dict[str, Any] = {"b": agent(), "a": agent(), "c": agent(skills=("Mortgage",))}
    assert ranking(wanted(category="loan", product="mortgage"), **agents) == ["c", "a", "b"]


@pytest.mark.parametrize(
    "away",
    [
        agent(active=False),
        agent(absences=(Absence(start=later(-1), end=later(1)),)),
        agent(capacity=0),
        agent(team="around-the-clock"),
        agent(calendar="closed"),
    ],
)
def test_who_is_not_there_gets_nothing(away: Any) -> None:
    from shared.calendar import Calendar

    known = reference(agents={"a": away})
    calendars = {**known.calendars, "closed": Calendar(time_zone="UTC", weekly={"sun": (("09:00", "10:00"),)})}
    floor = Floor(reference(agents={"a": away}, calendars=calendars), {}, MONDAY)
    assert list(candidates(wanted(owner="a"), floor)) == []


def test_an_absence_ends_at_its_end() -> None:
    back = agent(absences=(Absence(start=later(-1), end=MONDAY),))
    assert ranking(wanted(), a=back) == ["a"]


@pytest.mark.parametrize(
    ("look", "reason"),
    [
        (wanted(about=(About(agent="ana"),)), "ana is whom it is about"),
        (wanted(subjects=(About(name="Ana García"),)), "ana is whom this customer complained about before"),
        (wanted(complainant=("ana",)), "ana is the complainant"),
        (wanted(), None),
    ],
)
def test_nobody_owns_a_complaint_about_themselves(look: Wanted, reason: str | None) -> None:
    assert barred("ana", look, reference()) == reason
    assert ("ana" in ranking(look)) is (reason is None)


def test_why_nobody_could_take_it() -> None:
    def reason(look: Wanted, loads: dict[str, Load], now: datetime = MONDAY) -> str:
        return nobody(look, Floor(reference(), loads, now))

    assert reason(wanted(team="nowhere"), {}) == "it waits: nowhere has no agents"
    assert reason(wanted(), {}, NIGHT) == "it waits: nobody of cards is on shift"
    full = {"ana": Load(2), "ben": Load(2)}
    assert reason(wanted(), full) == "it waits: everybody on shift in cards is at capacity"
    assert reason(wanted(about=(About(team="cards"),)), {}) == "it waits: nobody who may own it is free in cards"


def test_each_candidate_says_why() -> None:
    floor = Floor(reference(), {"ana": Load(1, 3)}, MONDAY)
    why = {found.agent: found.why for found in candidates(wanted(owner="ana"), floor)}
    assert why["ana"] == (
        "ana is on shift and has room: 1 of 2 open",
        "ana has dealt with this customer before",
        "knows card",
        "does not speak en; nobody better was free",
        "3 promises due today",
    )
    assert why["ben"] == ("ben is on shift and has room: 0 of 2 open",)


names = st.sampled_from(sorted(AGENTS))
subjects = st.lists(
    st.builds(
        About,
        agent=st.none() | names,
        name=st.none() | st.sampled_from(["Ana", "ben hill", "Eva Ruiz", "Nobody"]),
        team=st.none() | st.sampled_from(["cards", "Day and night", "x"]),
    ),
    max_size=3,
)


@given(
    team=st.sampled_from(["cards", "around-the-clock", "x"]),
    about=subjects,
    before=subjects,
    complainant=st.lists(names, max_size=2),
    owner=st.none() | names,
    open_cases=st.dictionaries(names, st.integers(0, 4)),
    minutes=st.integers(0, 14 * 24 * 60),
)
def test_never_about_never_over_capacity_and_never_without_a_reason(
    team: str, about: list[About], before: list[About], complainant: list[str], owner: str | None,
    open_cases: dict[str, int], minutes: int,
) -> None:  # fmt: skip
    known, now = reference(), MONDAY + timedelta(minutes=minutes)
    look = wanted(team=team, about=about, subjects=before, complainant=complainant, owner=owner)
    floor = Floor(known, {name: Load(count) for name, count in open_cases.items()}, now)
    found = list(candidates(look, floor))
    assert {one.agent for one in found} <= set(floor.team(team))
    for one in found:
        assert one.why
        assert barred(one.agent, look, known) is None
        assert open_cases.get(one.agent, 0) < AGENTS[one.agent].capacity
        assert AGENTS[one.agent].team == team
        assert known.agent_calendar(one.agent).is_open(now)
    assert found or nobody(look, floor)
    assert len({one.agent for one in found}) == len(found)
