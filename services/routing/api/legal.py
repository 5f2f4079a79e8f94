"""Which legal rules are known here, and what each of them says. What holds is named by a policy."""

from fastapi import APIRouter

from services.routing.api.parts import LawsOf, Reader
from services.routing.domain.legal import LegalRule
from shared.http import Page

router = APIRouter(prefix="/v1/legal-rules", tags=["reference"])


class LegalRuleView(LegalRule):
    """A rule with the id by which a policy's `legal` names it."""

    id: str


@router.get("")
async def list_legal_rules(laws: LawsOf, _: Reader) -> Page[LegalRuleView]:
    """Every rule, by id, with its citation and what a lawyer has to check before anybody relies on it."""
    return Page(items=[LegalRuleView(id=name, **rule.model_dump()) for name, rule in sorted(laws.items())])
