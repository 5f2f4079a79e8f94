"""What is told about complaints that have to do with one another. Unknown fields are refused."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.intake.domain.told import Line, ToldMoney, ToldRemedy, Words
from shared.events.values import AgentId
from shared.events.vocabulary import Kind

_STRICT = ConfigDict(frozen=True, extra="forbid")
MOST_PARTS: Final = 20


class Merging(BaseModel):
    """It goes on inside the other one."""

    model_config = _STRICT

    into: Line
    by: AgentId | None = None


class Unmerging(BaseModel):
    """It stands on its own again."""

    model_config = _STRICT

    by: AgentId | None = None


class Linking(BaseModel):
    """It has to do with the other one."""

    model_config = _STRICT

    to: Line
    why: Words
    by: AgentId | None = None


class ToldPart(BaseModel):
    """One part. What is left out is as in the whole; at least one of text, subject and category is its own."""

    model_config = _STRICT

    kind: Kind | None = None
    category: Line | None = None
    subject: Line | None = None
    text: Words | None = None
    product: Line | None = None
    product_reference: Line | None = None
    amount_at_stake: ToldMoney | None = None
    remedy_sought: ToldRemedy | None = None

    @model_validator(mode="after")
    def _something_of_its_own(self) -> "ToldPart":
        if self.text is None and self.subject is None and self.category is None:
            raise ValueError("give at least one of text, subject and category")
        return self


class Splitting(BaseModel):
    """Parts that go on as complaints of their own."""

    model_config = _STRICT

    by: AgentId | None = None
    parts: Annotated[tuple[ToldPart, ...], Field(min_length=1, max_length=MOST_PARTS)]


class Matching(BaseModel):
    """Whose complaint it is, or is not."""

    model_config = _STRICT

    complaint_id: Line
    by: AgentId | None = None
