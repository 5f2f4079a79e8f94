"""Kafka, and all that knows its driver: topics, the producer that keeps order, the consumer that commits late."""

from shared.kafka.basics import MAX_MESSAGE_BYTES, LogError, Message, Record, in_lanes, partition_of
from shared.kafka.consumer import Consumer, group_lag
from shared.kafka.producer import Producer
from shared.kafka.reader import Reader
from shared.kafka.topics import Topic, ensure_topics, lifecycle_topic, reference_topic, topic_faults

__all__ = [
    "MAX_MESSAGE_BYTES",
    "Consumer",
    "LogError",
    "Message",
    "Producer",
    "Reader",
    "Record",
    "Topic",
    "ensure_topics",
    "group_lag",
    "in_lanes",
    "lifecycle_topic",
    "partition_of",
    "reference_topic",
    "topic_faults",
]
