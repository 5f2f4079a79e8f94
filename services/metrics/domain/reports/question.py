"""What a report was asked: which span of time, whose, seen when; and which row a complaint belongs to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from services.metrics.domain.facts import Facts
from services.metrics.domain.promise_fact import PromiseFact

GroupBy: TypeAlias = Literal["kind", "channel", "team", "priority", "product", "place", "week", "month"]
Historical: TypeAlias = Literal["exclude", "only", "include"]
ToWhom: TypeAlias = Literal["customer", "inner"]


@dataclass(frozen=True, slots=True)
class Question:
    """`start` <= t < `end`, seen at `as_of`: what happened after it is not known yet, what was corrected is."""

    start: datetime
    end: datetime
    as_of: datetime
    zone: ZoneInfo
    group_by: GroupBy | None = None
    historical: Historical = "exclude"
    made_to: ToWhom | None = None

    def within(self, at: datetime) -> bool:
        """Whether the instant lies in the span, and had come by `as_of`."""
        return self.start <= at < self.end

    def wants(self, facts: Facts) -> bool:
        """Whether history, or what is none, was asked for."""
        return self.historical == "include" or facts.historical == (self.historical == "only")

    def wants_promise(self, promise: PromiseFact) -> bool:
        """Whether it falls due in the span, had been made by `as_of`, and was made to whom was asked for."""
        asked_for = self.made_to is None or promise.inner == (self.made_to == "inner")
        return asked_for and self.within(promise.due) and self.happened(promise.made_at)

    def happened(self, at: datetime | None) -> bool:
        """Whether it had happened by `as_of`."""
        return at is not None and at <= self.as_of

    def group(self, facts: Facts) -> str | None:
        """The row of a complaint; weeks are ISO weeks and months those of the asked zone, by `received_at`."""
        if self.group_by is None:
            return None
        if self.group_by in ("week", "month"):
            return self._calendar(facts.received_at)
        return getattr(facts, self.group_by)  # type: ignore[no-any-return]

    def promise_group(self, facts: Facts, promise: PromiseFact) -> str | None:
        """The row of a promise: by its own kind, by when it falls due, and else by its complaint."""
        if self.group_by == "kind":
            return promise.kind
        if self.group_by in ("week", "month"):
            return self._calendar(promise.due)
        return self.group(facts)

    def _calendar(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        return local.strftime("%G-W%V" if self.group_by == "week" else "%Y-%m")
