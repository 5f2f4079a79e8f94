"""The closed vocabularies of the field. Source: the design's `domain.md` and `api.md`. Values are never renamed."""

from typing import Final, Literal, get_args

Source = Literal["intake", "routing", "followup", "metrics"]
SOURCES: Final[tuple[Source, ...]] = get_args(Source)

Channel = Literal["web", "email", "phone", "counter", "letter", "chat", "fax", "referral", "other"]
Via = Literal["http", "import", "mail", "cti", "form"]
Kind = Literal["product", "treatment", "suggestion", "praise", "question"]
Role = Literal["customer", "user", "payer", "representative", "affected"]
Signal = Literal["anger", "vulnerable", "safety"]
RemedyKind = Literal["refund", "replacement", "repair", "apology", "explanation", "payment", "change", "other"]
AddressForm = Literal["informal", "formal"]
Language = Literal["es", "en"]

Severity = Literal["high", "medium", "low"]
Priority = Literal["urgent", "high", "normal", "low"]
TreatmentDimension = Literal["apathy", "brush_off", "coldness", "superiority", "robotism", "rulebook", "evasion"]
Clock = Literal["acknowledge", "first_response", "next_response", "keep_informed", "resolution", "legal"]
LegalStop = Literal["acknowledgement", "substance", "delivery", "acceptance"]
EscalationReason = Literal["anger", "promise_broken", "overdue", "verification_no", "manual"]

Status = Literal[
    "received",
    "acknowledged",
    "in_progress",
    "waiting_customer",
    "waiting_internal",
    "resolved",
    "closed",
    "withdrawn",
    "merged",
]
Outcome = Literal["upheld", "partly", "not_upheld", "adopted", "noted", "answered", "referred"]
Verification = Literal["verified", "declined", "unverified"]
ReopenReason = Literal["not_solved", "misunderstood", "new_fact", "promise_broken"]
Recipient = Literal["customer", "third_party", "internal"]
Reading = Literal["thanks", "new_fact", "not_solved"]
SurveyResult = Literal["answered", "declined"]
RemedyMatch = Literal["granted", "partly", "other"]

PromiseKind = Literal[
    "answer", "callback", "visit", "delivery", "refund", "replacement", "repair", "payment", "update", "other"
]
PromiseStatus = Literal["open", "kept", "attempted", "broken", "renegotiated", "withdrawn"]
SaidBy = Literal["person", "system"]
MadeTo = Literal["customer", "agent", "team"]
EvidenceType = Literal["call", "message", "payment", "document", "visit"]
ResponseChannel = Literal["web", "email", "phone", "counter", "letter", "chat", "fax", "other"]

CUSTOMER_KINDS: Final[frozenset[Kind]] = frozenset({"product", "treatment"})
"""Kinds that need a remedy sought before their resolution; the others end as adopted, noted, answered or referred."""
