"""What tries to break in: hostile requests, hostile keys, hostile messages on the log."""
