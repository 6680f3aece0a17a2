"""Canone's core: everything but drawing an entry point. `docs/decisions` says why it is laid out in floors."""
