"""Reads of the intake: what the database holds of the things a book names, and how the last book came in."""

from core.intake.frames.batches import DemoState, addresses, demo_state, updated_at
from core.intake.frames.standing import stored

__all__ = ["DemoState", "addresses", "demo_state", "stored", "updated_at"]
