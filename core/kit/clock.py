"""The one reader of time. The demo may shift it; authenticator codes never see the shift."""

from datetime import UTC, date, datetime, timedelta

from core.kit.dates import ROME

_offset = timedelta()


def now() -> datetime:
    """This instant in UTC, shifted by the demo's offset."""
    return _real() + _offset


def today() -> date:
    """Today's business date in Europe/Rome."""
    return now().astimezone(ROME).date()


def set_to(moment: str | None) -> None:
    """Shift the clock: a date means that date at the real time of day in Rome, an instant means that instant now.

    None or an empty text removes the shift. Raises ValueError on anything else that is not ISO 8601.
    """
    global _offset  # noqa: PLW0603 - the clock is the process's only hidden input, and this is its only switch
    real = _real()
    if not moment:
        _offset = timedelta()
    elif len(moment) == len("2024-04-05"):
        _offset = datetime.combine(date.fromisoformat(moment), real.astimezone(ROME).time(), ROME) - real
    else:
        instant = datetime.fromisoformat(moment)
        _offset = (instant if instant.tzinfo else instant.replace(tzinfo=ROME)) - real


def shift() -> timedelta:
    """How far the clock is shifted: what another process needs to have the same time (`shift_by`)."""
    return _offset


def shift_by(offset: timedelta) -> None:
    """Shift the clock as far as that of another process."""
    global _offset  # noqa: PLW0603
    _offset = offset


def _real() -> datetime:
    return datetime.now(UTC)
