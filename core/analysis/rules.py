"""What the integrity monitor says about a row that breaks an invariant. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.kit.money import euro_text


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that breaks a rule: which rule, which row, and what is wrong with it, in English."""

    rule: str
    subject: str
    detail: str

    def __str__(self) -> str:
        """One line of the report."""
        return f"{self.rule}: {self.subject}: {self.detail}"


def described(rule: str, subject: str, detail: str, row: Mapping[str, Any]) -> Finding:
    """A finding whose texts name columns of the row; those ending in _cents are written as euro."""
    shown = {name: euro_text(value) if name.endswith("_cents") else value for name, value in row.items()}
    return Finding(rule, subject.format_map(shown), detail.format_map(shown))
