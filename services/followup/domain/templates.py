"""The texts that customers read: which there are, what is filled into each, and which of that must not be missing."""

from collections.abc import Mapping
from string import Template
from typing import Final, NamedTuple, get_args

from services.followup.domain.case import Case
from services.followup.domain.wording import LANGUAGES, language_of
from shared.events.vocabulary import AddressForm

FORMS: Final[tuple[AddressForm, ...]] = get_args(AddressForm)
LONGEST: Final = 2000


class Blanks(NamedTuple):
    """What is filled into a text: what may be, and what must be."""

    known: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()


def _must(*names: str) -> Blanks:
    return Blanks(frozenset(names), frozenset(names))


TEXTS: Final[Mapping[str, Blanks]] = {
    "greeting": _must("name"),
    "greeting_unnamed": Blanks(),
    "what_complaint": Blanks(),
    "what_message": Blanks(),
    "received": Blanks(frozenset({"what", "number"}), frozenset({"number"})),
    "next_with_time": Blanks(),
    "next_without_time": Blanks(),
    "promise": _must("when"),
    "page_title": Blanks(frozenset({"number"})),
    "page_summary": Blanks(),
    "page_confirm": Blanks(),
    "page_correct": Blanks(),
    "page_solutions": Blanks(),
    "page_until": _must("when"),
    "page_recommended": _must("why"),
    "page_none": Blanks(),
    "page_verification": Blanks(),
    "page_closed": Blanks(),
    "page_yes": Blanks(),
    "page_no": Blanks(),
    "page_declined": Blanks(),
    "page_satisfaction": Blanks(),
    "page_comment": Blanks(),
    "page_survey": _must("purpose"),
    "page_problem": Blanks(),
    "page_no_thanks": Blanks(),
    "page_never": Blanks(),
    "page_send": Blanks(),
    "page_thanks": Blanks(),
    "page_over": Blanks(),
    "page_missing": Blanks(),
}
"""By name. Each is there in every language and form of address."""

KEYS: Final = tuple(f"{language}.{form}.{name}" for language in LANGUAGES for form in FORMS for name in TEXTS)
"""`language.form.name` of every text."""


def wrong_with(key: str, text: str) -> str | None:
    """Why this cannot be what customers read under that key; None where it can."""
    blanks = TEXTS[key.rpartition(".")[2]]
    template = Template(text)
    if not any(char.isprintable() and not char.isspace() for char in text):
        return "is empty"
    if len(text) > LONGEST:
        return f"is longer than {LONGEST} characters"
    if not template.is_valid():
        return "holds a $ that begins no name; write $$ for a dollar"
    used = set(template.get_identifiers())
    if unknown := sorted(used - blanks.known):
        return f"names ${unknown[0]}, which is not filled in here"
    if missing := sorted(blanks.needed - used):
        return f"lacks ${missing[0]}"
    return None


def filled(case: Case, texts: Mapping[str, str], name: str, /, **values: str) -> str:
    """The text in the customer's language and form of address."""
    form: AddressForm = case.complainant.address_form or "formal"
    return Template(texts[f"{language_of(case)}.{form}.{name}"]).safe_substitute(values)
