"""The `palabra` command."""
