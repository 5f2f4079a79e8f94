"""The indexes of intake's complaints, each named after what it serves. Those of the runtime come on top."""

from typing import Final

from shared.mongo import Index

KEY: Final = "idempotency_key"
REFERENCE: Final = "external_reference"
NUMBER: Final = "number_unique"
CONTACTS: Final = "contacts"
NUMBER_FIELD: Final = "state.received.number"
CUSTOMER_ID: Final = "state.received.customer_id"

INDEXES: Final = (
    Index(KEY, [("key", 1)], "one complaint for each owner and Idempotency-Key", unique=True,
          where={"key": {"$type": "string"}}),
    Index(REFERENCE, [("state.received.external_reference", 1), ("state.received.source_system", 1)],
          "one complaint for each reference of a source; the filter external_reference", unique=True,
          where={"state.received.external_reference": {"$type": "string"}}),
    Index(NUMBER, [(NUMBER_FIELD, 1)], "a number belongs to one complaint; a complaint by its number", unique=True,
          where={NUMBER_FIELD: {"$type": "string"}}),
    Index("newest", [("state.received.received_at", -1), ("_id", -1)], "the list in its order"),
    Index("newest_of_source", [("state.received.source_system", 1), ("state.received.received_at", -1), ("_id", -1)],
          "the list of one source system"),
    Index(CONTACTS, [(CUSTOMER_ID, 1), ("state.received.received_at", -1), ("state.received.historical", 1)],
          "how often a customer complained of late, read off the index alone; the filter customer"),
    Index("changed", [("state.changed_at", 1)], "the filter changed_since"),
)  # fmt: skip
