"""Floor 0: money, dates, errors, clock. Standard library only."""
