"""By what a person is known, and which customer a person is."""

from typing import Any

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.people import choose, identities, read_email, read_phone
from shared.events.values import Person


def test_a_phone_is_read_as_a_number_of_the_world_when_it_can_be() -> None:
    assert read_phone("+34 600 11 12 22") == "+34600111222"
    assert read_phone("600 11 12 22", "ES") == "+34600111222"


@pytest.mark.parametrize("text", ["600 11 12 22", "ask for Ana", "+34 6", "+34 60011", "+999 123456789"])
def test_a_phone_that_cannot_be_read_is_kept_as_told_and_matches_nobody(text: str) -> None:
    assert read_phone(text) == text
    assert identities(Person(phone=text), "shop") == ()


LABEL = st.text("abcxyz019", min_size=1, max_size=8)
ADDRESS = st.builds(
    lambda local, between, domain, top: f"{between.join(local)}@{'.'.join(['-'.join(part) for part in domain])}.{top}",
    st.lists(st.text("abcXYZ019", min_size=1, max_size=8), min_size=1, max_size=4),
    st.sampled_from("._+-"),
    st.lists(st.lists(LABEL, min_size=1, max_size=3), min_size=1, max_size=3),
    st.sampled_from(["org", "es", "museum", "test", "local", "invalid", "localhost"]),
)


@given(ADDRESS)
def test_a_plain_address_is_read_as_the_library_reads_it(text: str) -> None:
    try:
        expected = validate_email(text, check_deliverability=False, globally_deliverable=False).normalized
    except EmailNotValidError:
        with pytest.raises(ValueError, match="address"):
            read_email(text)
    else:
        assert read_email(text) == expected


def test_an_address_is_written_in_one_way() -> None:
    assert read_email("Ana@EXAMPLE.org") == "Ana@example.org"
    assert identities(Person(email="Ana@example.org"), "shop") == ("mail:shop:ana@example.org",)
    assert read_email("ana@intra.local") == "ana@intra.local"
    with pytest.raises(ValueError, match="address"):
        read_email("ana")


def test_the_external_id_is_the_strongest_and_a_name_counts_for_nothing() -> None:
    person = Person(name="Ana", external_id="42", email="ana@example.org", phone="+34600111222")
    assert identities(person, "shop") == ("ext:shop:42", "mail:shop:ana@example.org", "tel:+34600111222")
    assert identities(Person(name="Ana"), "shop") == ()
    assert identities(Person(anonymous=True, phone="+34600111222"), "shop") == ()


def test_what_one_system_tells_of_an_address_proves_nothing_in_another() -> None:
    person = Person(external_id="42", email="ana@example.org", phone="+34600111222")
    assert set(identities(person, "shop")) & set(identities(person, "bank")) == {"tel:+34600111222"}


def customer(*known: str) -> dict[str, Any]:
    """A customer known by these."""
    return {"_id": known[0], "identities": list(known)}


def test_the_strongest_identity_decides() -> None:
    by_id, by_phone = customer("ext:shop:42"), customer("tel:+34600111222")
    assert choose([by_phone, by_id], ["ext:shop:42", "tel:+34600111222"]) is by_id
    assert choose([by_phone], ["mail:shop:a@b.c", "tel:+34600111222"]) is by_phone
    assert choose([], ["tel:+34600111222"]) is None


def test_two_ids_of_one_system_are_two_people_even_with_one_phone() -> None:
    family = customer("ext:shop:42", "tel:+34600111222")
    assert choose([family], ["ext:shop:43", "tel:+34600111222"]) is None
    assert choose([family], ["ext:bank:7", "tel:+34600111222"]) is family
    assert choose([family], ["tel:+34600111222"]) is family


@given(st.text(max_size=60), st.none() | st.sampled_from(["ES", "US", "XX"]))
def test_no_text_is_too_odd_for_a_phone(text: str, country: str | None) -> None:
    assert isinstance(read_phone(text, country), str)
