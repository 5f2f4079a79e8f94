"""Routing's rules: how complaints are read, by when what is due, whose they are, and who is told. Pure."""
