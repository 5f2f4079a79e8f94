"""What a consumer is measured beside: aiokafka in batches, one pydantic model, one bulk write, one commit.

No inbox, no order, no outbox, no rules. `python -m tests.bench.bare_loop`, told its addresses as a service is.
"""

import uvloop
from aiokafka import AIOKafkaConsumer
from pymongo import UpdateOne

from shared.events import PAYLOADS
from shared.kafka.basics import FETCH_BYTES
from shared.mongo import connect, database
from shared.settings import Settings


async def run(settings: Settings) -> None:
    """Reads for ever."""
    collection = database(connect(settings.mongodb_uri), settings.database("bare"))["documents"]
    consumer = AIOKafkaConsumer(
        settings.lifecycle_topic, bootstrap_servers=settings.kafka, group_id=f"{settings.topic_prefix}palabra-bare",
        enable_auto_commit=False, auto_offset_reset="earliest", max_partition_fetch_bytes=FETCH_BYTES,
    )  # fmt: skip
    await consumer.start()
    while True:
        fetched = await consumer.getmany(timeout_ms=500, max_records=settings.batch_size)
        writes = []
        for records in fetched.values():
            for record in records:
                kind = dict(record.headers)["ce_type"].decode()
                said = PAYLOADS[kind].model_validate_json(record.value)
                change = {"$set": {kind.replace(".", "_"): said.model_dump(mode="json"), "at": record.timestamp}}
                writes.append(UpdateOne({"_id": record.key.decode()}, change, upsert=True))
        if writes:
            await collection.bulk_write(writes, ordered=False)
            await consumer.commit()


if __name__ == "__main__":
    uvloop.run(run(Settings()))
