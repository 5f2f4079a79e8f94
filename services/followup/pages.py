"""The plain page behind a customer's link: no script, no style, nothing from elsewhere, every word escaped."""

from collections.abc import Mapping
from html import escape
from typing import Final

from services.followup.domain.case import Case
from services.followup.domain.solutions import NONE
from services.followup.domain.step_parts import LinkPurpose
from services.followup.domain.templates import filled
from services.followup.domain.wording import in_words, language_of, zone_of

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
"""What goes with every page: it loads nothing, stands in no frame, is kept by nobody, and tells nobody its address."""

_LONGEST: Final = 4000


class Page:
    """One page for one case, in the customer's language and form of address; `zone`: where their own is not known."""

    def __init__(self, case: Case, texts: Mapping[str, str], zone: str) -> None:
        self.case, self.texts, self.zone = case, texts, zone

    def form(self, purpose: LinkPurpose) -> str:
        """What the customer is asked, and where they answer."""
        parts = {
            "summary": self._summary,
            "solutions": self._solutions,
            "verification": self._verification,
            "survey": self._survey,
        }[purpose]()
        send = f'<p><button type="submit">{self.text("page_send")}</button></p>'
        return self._whole(f'<form method="post" accept-charset="utf-8">{parts}{send}</form>')

    def message(self, name: str) -> str:
        """One sentence, and nothing to answer."""
        return self._whole(f"<p>{self.text(name)}</p>")

    def text(self, name: str, **values: str) -> str:
        """A text for HTML."""
        return escape(filled(self.case, self.texts, name, **values))

    def _whole(self, body: str) -> str:
        return document(language_of(self.case), self.text("page_title", number=self.case.number), body)

    def _summary(self) -> str:
        summary = self.case.steps.summary
        told = summary.text if summary else ""
        yes = _choice("confirmed", "yes", self.text("page_confirm"))
        no = _choice("confirmed", "no", self.text("page_correct"))
        return f"<p>{self.text('page_summary')}</p>{_quoted(told)}{yes}{no}{_words('correction')}"

    def _solutions(self) -> str:
        offer = self.case.steps.offer
        parts = [f"<p>{self.text('page_solutions')}</p>"]
        for option in offer.options if offer else ():
            advice = self.text("page_recommended", why=option.why or "") if option.recommended else ""
            parts.append(_choice("option", option.id, escape(option.text)) + (f"<p>{advice}</p>" if advice else ""))
        parts.append(_choice("option", NONE, self.text("page_none")))
        if offer and offer.answer_by:
            when = in_words(offer.answer_by, zone_of(self.case, self.zone), language_of(self.case))
            parts.append(f"<p>{self.text('page_until', when=when)}</p>")
        return "".join(parts)

    def _verification(self) -> str:
        result = self.case.resolution
        told = "\n".join(filter(None, (result.text, result.reasons, result.next_step))) if result else ""
        if self.case.status == "closed":
            comment, no = _words("comment", self.text("page_comment")), _choice("answer", "no", self.text("page_no"))
            return f"<p>{self.text('page_closed')}</p>{_quoted(told)}{no}{comment}"
        answers = "".join(_choice("answer", one, self.text(f"page_{one}")) for one in ("yes", "no", "declined"))
        marks = "".join(f'<option value="{n}">{n or ""}</option>' for n in ("", 1, 2, 3, 4, 5))
        mark = f'<p><label>{self.text("page_satisfaction")} <select name="satisfaction">{marks}</select></label></p>'
        comment = _words("comment", self.text("page_comment"))
        return f"<p>{self.text('page_verification')}</p>{_quoted(told)}{answers}{mark}{comment}"

    def _survey(self) -> str:
        survey = self.case.steps.survey
        purpose = survey.purpose if survey else ""
        asked = "".join(_words(f"answer{n}", escape(q)) for n, q in enumerate(survey.questions if survey else ()))
        problem = _words("problem", self.text("page_problem"))
        ticks = _tick("declined", self.text("page_no_thanks")) + _tick("never_again", self.text("page_never"))
        return f"<p>{self.text('page_survey', purpose=purpose)}</p>{asked}{problem}{ticks}"


def document(language: str, title: str, body: str) -> str:
    """A whole document; title and body are HTML already."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title></head><body><main><h1>{title}</h1>{body}</main></body></html>"
    )


def _quoted(text: str) -> str:
    lines = "<br>".join(escape(line) for line in text.splitlines())
    return f"<blockquote>{lines}</blockquote>"


def _choice(name: str, value: str, label: str) -> str:
    return f'<p><label><input type="radio" name="{name}" value="{escape(value)}" required> {label}</label></p>'


def _tick(name: str, label: str) -> str:
    return f'<p><label><input type="checkbox" name="{name}" value="yes"> {label}</label></p>'


def _words(name: str, label: str = "") -> str:
    return f'<p><label>{label}<br><textarea name="{name}" rows="4" maxlength="{_LONGEST}"></textarea></label></p>'
