"""Reference data as it is written and shown: the values of the log, with unknown fields refused."""

from collections.abc import Mapping

from pydantic import ConfigDict, Field

from shared.calendar import Calendar
from shared.events.reference import Absence, Agent, Policy, Target, Team
from shared.events.values import Money, ShortText

_STRICT = ConfigDict(extra="forbid", frozen=True)


class TeamForm(Team):
    """A team, whole."""

    model_config = _STRICT


class MoneyForm(Money):
    """An amount."""

    model_config = _STRICT


class AbsenceSpan(Absence):
    """A stay away."""

    model_config = _STRICT


class AgentForm(Agent):
    """An agent, whole; absences that are not given stay as they are."""

    model_config = _STRICT

    compensation_limit: MoneyForm | None = None
    absences: tuple[AbsenceSpan, ...] = ()


class TargetForm(Target):
    """A target."""

    model_config = _STRICT


class PolicyForm(Policy):
    """A policy, whole."""

    model_config = _STRICT

    targets: tuple[TargetForm, ...] = Field(max_length=2000)
    compensation_limits: Mapping[ShortText, MoneyForm] = Field(default_factory=dict, max_length=100)


class CalendarForm(Calendar):
    """A calendar, whole."""


class TeamView(Team):
    """A team as it is now."""

    id: str
    version: int


class AgentView(Agent):
    """An agent as they are now."""

    id: str
    version: int


class PolicyView(Policy):
    """A policy as it is now."""

    id: str
    version: int


class CalendarView(Calendar):
    """A calendar as it is now."""

    id: str
    version: int
