"""The first step: told by name that we have it, what happens next, and when; and that "when" is a promise."""

from datetime import timedelta
from typing import Any

import pytest

from services.followup.domain.clocks import shown
from services.followup.domain.resolution import Reopen, Resolve, reopen, resolve
from services.followup.domain.templates import KEYS
from services.followup.domain.templates import TEXTS as TEMPLATES
from services.followup.domain.wording import in_words
from services.followup.texts import TextsError, load_texts, read_texts
from shared.events.intake import ComplaintWithdrawn
from shared.events.values import Deadlines, Person
from tests.unit.followup_life import DEADLINES, HOUR, MINUTE, MONDAY, Life, begun, received, triaged


def person(**changes: Any) -> Person:
    """Eva, as she is known."""
    return Person(**{"name": "Eva", "time_zone": "Europe/Madrid", "language": "es", **changes})


def acknowledged(**changes: Any) -> Life:
    """Received and triaged."""
    life = Life()
    life.hear(received(**changes))
    life.hear(triaged())
    return life


def test_the_time_that_the_customer_is_told_is_a_promise_of_the_system() -> None:
    life = acknowledged()
    assert life.types() == ["complaint.acknowledged", "promise.made"]
    promise = life.system_promise()
    assert (promise.kind, promise.due, promise.made_to) == ("answer", DEADLINES.first_response, "customer")
    told = life.last("complaint.acknowledged")
    assert told.promise_id == promise.id
    assert promise.words in told.text
    assert life.case.status == "acknowledged"


def test_its_id_follows_from_the_event() -> None:
    assert acknowledged().system_promise().id == acknowledged().system_promise().id


@pytest.mark.parametrize(
    ("language", "form", "expected"),
    [
        ("es", "informal", "Hola, Eva:\n\nHemos recibido tu reclamación"),
        ("es-MX", "formal", "Estimado/a Eva:\n\nHemos recibido su reclamación"),
        ("en", "informal", "Hello Eva,\n\nWe have your complaint"),
        ("EN-gb", None, "Dear Eva,\n\nWe have received your complaint"),
        (None, None, "Estimado/a Eva:"),
        ("eu", None, "Estimado/a Eva:"),
    ],
)
def test_by_name_in_their_language_and_form_of_address(language: str, form: Any, expected: str) -> None:
    told = acknowledged(complainant=person(language=language, address_form=form)).last("complaint.acknowledged")
    assert told.text.startswith(expected)
    assert "7K3M-9Q2X" in told.text


def test_with_the_time_as_people_say_it_in_their_zone() -> None:
    text = acknowledged(complainant=person(address_form="informal")).last("complaint.acknowledged").text
    assert "antes del lunes 2 de marzo de 2026 a las 14:00 (hora de Madrid)" in text
    text = acknowledged(complainant=person(language="en", time_zone="America/Lima")).last("complaint.acknowledged").text
    assert "by Monday 2 March 2026 at 08:00 (Lima time)" in text


@pytest.mark.parametrize("zone", [None, "Nowhere/City"])
def test_without_a_zone_of_theirs_that_of_the_team_is_named(zone: str | None) -> None:
    assert acknowledged(complainant=person(time_zone=zone)).system_promise().time_zone == "Europe/Madrid"


def test_a_time_is_never_said_to_be_later_than_it_is() -> None:
    assert in_words(MONDAY + timedelta(seconds=59), "UTC", "en") == "Monday 2 March 2026 at 09:00 (UTC time)"


def test_without_a_name_they_are_greeted_all_the_same() -> None:
    life = acknowledged(complainant=person(name=None), kind="praise")
    assert life.last("complaint.acknowledged").text.startswith("Buenos días:\n\nHemos recibido su mensaje")


def test_a_name_is_no_template() -> None:
    life = acknowledged(complainant=person(name="$number ${when}"))
    assert "Estimado/a $number ${when}:" in life.last("complaint.acknowledged").text


def test_without_a_triage_in_time_they_hear_from_us_without_a_time() -> None:
    life = Life()
    life.hear(received())
    assert life.due() == MONDAY + MINUTE
    life.at(MONDAY + MINUTE).tick()
    told = life.last("complaint.acknowledged")
    assert (told.promise_id, told.language) == (None, "es")
    assert life.case.promises == ()
    assert life.hear(triaged()) == ()
    assert life.tick() == ()


def test_in_a_language_that_nobody_said_they_are_told_in_english() -> None:
    life = Life()
    life.hear(received(complainant=person(language=None)))
    life.at(MONDAY + MINUTE).tick()
    assert life.last("complaint.acknowledged").language == "en"


@pytest.mark.parametrize("deadlines", [Deadlines(), Deadlines(first_response=MONDAY)])
def test_no_time_is_promised_that_is_not_there_or_has_passed(deadlines: Deadlines) -> None:
    life = Life()
    life.hear(received())
    life.hear(triaged(deadlines))
    assert life.types() == ["complaint.acknowledged"]


@pytest.mark.parametrize("changes", [{"historical": True}, {"complainant": Person(anonymous=True)}])
def test_history_and_the_unknown_are_not_written_to(changes: dict[str, Any]) -> None:
    life = begun(**changes)
    assert life.types() == []
    life.at(MONDAY + HOUR).tick()
    assert "complaint.acknowledged" not in life.types()


def test_after_a_withdrawal_nobody_is_written_to() -> None:
    life = Life()
    life.hear(received())
    life.hear(ComplaintWithdrawn())
    life.hear(triaged())
    life.at(MONDAY + HOUR).tick()
    assert life.types() == []


def test_a_second_triage_says_nothing_again() -> None:
    life = begun()
    count = len(life.said)
    life.hear(triaged(again=True))
    assert len(life.said) == count


def test_an_acknowledgement_that_comes_after_a_reopening_changes_no_first_value() -> None:
    life = Life()
    life.hear(received())
    life.do(resolve, Resolve(response_id="r1", by="ana", outcome="upheld", text="Solved on the spot."))
    life.at(MONDAY + MINUTE / 2).do(reopen, Reopen(by="ana", reason="not_solved"))
    first = life.case.cycles[0]
    life.hear(triaged())
    assert life.case.cycles[0] == first
    assert life.case.acknowledged_at == life.now
    assert [view.name for view in shown(life.case, now=life.now, world=life.world)] == ["first_response", "resolution"]


def _ok(key: str) -> str:
    return " ".join(("ok", *(f"${name}" for name in TEMPLATES[key.rpartition(".")[2]].needed)))


class TestTexts:
    """Checked at start, so that no customer gets half a sentence."""

    def test_the_shipped_ones_are_whole(self) -> None:
        assert all(text.strip() for text in load_texts().values())

    @pytest.mark.parametrize("broken", ["", "   ", "for $nobody", "costs $5"])
    def test_one_that_is_missing_empty_or_wrong_stops_the_service(self, broken: str) -> None:
        forms = "\n".join(
            f"[{language}.{form}]\n"
            + "\n".join(
                f'{key.rpartition(".")[2]} = "{_ok(key)}"' for key in KEYS if key.startswith(f"{language}.{form}.")
            )
            for language in ("es", "en")
            for form in ("informal", "formal")
        )
        assert read_texts(forms)
        with pytest.raises(TextsError):
            read_texts(forms.replace('"ok $name"', f'"{broken}"', 1))
        with pytest.raises(TextsError):
            read_texts("")
