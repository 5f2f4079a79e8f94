"""What the product is measured beside: FastAPI that does nothing, and FastAPI with one Motor `insert_one`.

`python -m tests.bench.bare`, told its addresses as a service is. Same server, loop and parser as a service has.
"""

import uuid
from decimal import Decimal
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel

from shared.mongo import Collection, connect, database
from shared.settings import Settings


class Amount(BaseModel):
    """An amount of money."""

    value: Decimal
    currency: str


class Person(BaseModel):
    """Who complains."""

    name: str | None = None
    email: str | None = None
    external_id: str | None = None
    language: str | None = None


class Complaint(BaseModel):
    """The body of the benchmark, field by field and no more."""

    channel: str
    kind: str
    category: str
    subject: str
    text: str
    product: str
    product_reference: str
    place: str
    amount_at_stake: Amount
    complainant: Person
    metadata: dict[str, str]


async def _collection(request: Request) -> Collection:
    found: Collection = request.app.state.collection
    return found


def application(settings: Settings) -> FastAPI:
    """The two routes."""
    app = FastAPI()
    app.state.collection = database(connect(settings.mongodb_uri), settings.database("bare"))["complaints"]

    @app.post("/noop")
    async def noop() -> dict[str, Any]:
        return {"status": "received"}

    @app.post("/bare", status_code=201)
    async def bare(complaint: Complaint, collection: Annotated[Collection, Depends(_collection)]) -> dict[str, Any]:
        document = complaint.model_dump(mode="json") | {"_id": str(uuid.uuid1())}
        await collection.insert_one(document)
        return {"id": document["_id"], "status": "received"}

    return app


def main() -> None:
    """Runs until it is stopped."""
    settings = Settings()
    uvicorn.run(
        application(settings), host=settings.host, port=settings.port,
        log_level="warning", access_log=False, loop="uvloop", http="httptools",
    )  # fmt: skip


if __name__ == "__main__":
    main()
