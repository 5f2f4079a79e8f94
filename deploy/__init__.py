"""Everything that runs the product: the local stack, Docker, Prometheus, and the `palabra` command."""
