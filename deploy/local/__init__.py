"""The local stack: a real MongoDB, a real Kafka and the four services as processes of this machine, without Docker."""
