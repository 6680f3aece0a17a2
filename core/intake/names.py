"""Names of the PDFs of a book: they leave with a mark of their content, which does not count when they come again."""

from pathlib import Path

_MARK_LENGTH = 16
# Of a paper's file: with the mark, which it leaves with, it still fits into its column.
LONGEST_NAME = 160 - 1 - _MARK_LENGTH


def marked(name: str, key: str) -> str:
    """A name of its own for a file with this SHA-256: `1/2024` and `1-2024` have files that are called alike."""
    path = Path(name)
    return f"{path.stem}{_mark(key)}{path.suffix}"


def unmarked(name: str, key: str) -> str:
    """The name that a file with this SHA-256 had before it was marked, or its name."""
    path = Path(name)
    return f"{path.stem.removesuffix(_mark(key))}{path.suffix}"


def _mark(key: str) -> str:
    return f"_{key[:_MARK_LENGTH]}"
