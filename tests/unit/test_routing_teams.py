"""Which team, whom it is about, and who stands above."""

from typing import Any

import pytest

from services.routing.domain.teams import is_subject, speaks, superior, team_for
from shared.events.reference import Team
from shared.events.values import About
from tests.support.routing import AGENTS, TEAMS, agent


def team(*products: str, **fields: Any) -> Team:
    return Team(name=fields.pop("name", "T"), calendar="office", products=products, **fields)


@pytest.mark.parametrize(
    ("product", "language", "teams", "chosen"),
    [
        ("Card", "en", TEAMS, "cards"),
        (" ACCOUNT ", "en", TEAMS, "cards"),
        ("boat", "en", TEAMS, "around-the-clock"),
        (None, "en", TEAMS, "around-the-clock"),
        ("card", "es", {"a": team("card", languages=("en",)), "b": team("card", languages=("es-ES",))}, "b"),
        ("card", "fr", {"a": team("card", languages=("en",)), "b": team("card", languages=("es",))}, "a"),
        ("boat", "en", {"a": team("card"), "b": team()}, "b"),
        ("boat", "en", {"b": team("card"), "a": team("ship")}, "a"),
        ("card", "en", {"a": team("card", active=False), "b": team("ship")}, "b"),
        ("card", "en", {"a": team("card", active=False)}, "around-the-clock"),
        ("card", "en", {}, "around-the-clock"),
    ],
)
def test_the_product_says_which_team(product: str | None, language: str, teams: Any, chosen: str) -> None:
    found, why = team_for(product, language, (), teams)
    assert found == chosen
    assert why


def test_a_team_does_not_answer_for_itself_if_another_can() -> None:
    found, why = team_for("card", "en", [About(team="CARDS")], TEAMS)
    assert found == "around-the-clock"
    assert why[0] == "not cards: it is about this team"
    alone = {"cards": TEAMS["cards"]}
    assert team_for("card", "en", [About(team="cards")], alone)[0] == "cards"


@pytest.mark.parametrize(
    ("about", "meant"),
    [
        (About(agent="ana"), True),
        (About(agent="ben", name="Ana García"), False),
        (About(name="ana garcia"), True),
        (About(name="Ana"), True),
        (About(name="García"), True),
        (About(name="Ana López"), False),
        (About(name="..."), False),
        (About(name="Ana", team="Cards"), True),
        (About(name="Ana", team="around-the-clock"), False),
        (About(name="Ana", team="no such team"), True),
        (About(team="cards"), True),
        (About(team="Day and night"), False),
        (About(), False),
    ],
)
def test_whom_it_is_about(about: About, meant: bool) -> None:
    assert (is_subject("ana", AGENTS["ana"], [about], TEAMS) is not None) is meant


def test_somebody_who_is_not_known_is_meant_by_id_only() -> None:
    assert is_subject("zoe", None, [About(agent="zoe")], TEAMS)
    assert is_subject("zoe", None, [About(name="Zoe"), About(team="cards")], TEAMS) is None


@pytest.mark.parametrize(
    ("level", "owner", "barred", "to"),
    [
        (1, "ana", (), "lead"),
        (2, "ana", (), "boss"),
        (3, "ana", (), "boss"),
        (1, None, (), "boss"),
        (1, "ben", (), "boss"),
        (1, "ana", ("lead",), "boss"),
        (1, "ana", ("lead", "boss"), None),
        (1, "nobody", (), "boss"),
    ],
)
def test_who_stands_above(level: int, owner: str | None, barred: tuple[str, ...], to: str | None) -> None:
    assert superior(level, TEAMS["cards"], owner, AGENTS, barred) == to


def test_a_line_of_managers_that_goes_in_a_circle_ends() -> None:
    agents = {"a": agent(manager="b"), "b": agent(manager="c"), "c": agent(manager="b")}
    assert superior(3, None, "a", agents, ()) == "c"
    assert superior(1, None, "a", {"a": agent(manager="zoe")}, ()) == "zoe"
    assert superior(1, None, None, {}, ()) is None


def test_no_language_named_means_any() -> None:
    assert speaks((), "es")
    assert speaks(("es-MX",), "ES")
    assert not speaks(("en",), "es")
