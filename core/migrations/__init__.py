"""Schema changes, step by step."""
