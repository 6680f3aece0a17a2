"""Reads of the intake: what is wrong with a staged book, how the last one came in, what the database would export."""

from core.intake.frames.batches import DemoState, addresses, demo_state, updated_at
from core.intake.frames.judging import OUTCOMES, Counts, Verdict, judge

__all__ = ["OUTCOMES", "Counts", "DemoState", "Verdict", "addresses", "demo_state", "judge", "updated_at"]
