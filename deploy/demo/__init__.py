"""The demo: a busy time on a stack of its own, played over the public HTTP API and counted by itself."""
