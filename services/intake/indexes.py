"""The indexes of intake's complaints, each named after what it serves. Those of the runtime come on top."""

from typing import Final

from shared.mongo import Index

KEY: Final = "idempotency_key"
REFERENCE: Final = "external_reference"
NUMBER: Final = "number_unique"

INDEXES: Final = (
    Index(KEY, [("key", 1)], "one complaint for each owner and Idempotency-Key", unique=True,
          where={"key": {"$type": "string"}}),
    Index(REFERENCE, [("state.received.external_reference", 1), ("state.received.source_system", 1)],
          "one complaint for each reference of a source; the filter external_reference", unique=True,
          where={"state.received.external_reference": {"$type": "string"}}),
    Index(NUMBER, [("state.received.number", 1)], "a number belongs to one complaint", unique=True,
          where={"state.received.number": {"$type": "string"}}),
    Index("newest", [("state.received.received_at", -1), ("_id", -1)], "the list in its order"),
    Index("newest_of_source", [("state.received.source_system", 1), ("state.received.received_at", -1), ("_id", -1)],
          "the list of one source system"),
    Index("customer", [("state.received.customer_id", 1), ("state.received.received_at", -1)],
          "a customer's earlier complaints; the filter customer"),
    Index("changed", [("state.changed_at", 1)], "the filter changed_since"),
)  # fmt: skip
