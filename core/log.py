"""The log: structured lines as text or JSON, one line an event, incident codes that join a screen to its trace.

Cookies, form fields and bodies are never passed to it.
"""

import errno
import logging
import re
import secrets
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from core.kit.errors import NoSpace, PortalError

# No letter or digit that is mistaken for another when a code is read out on the telephone.
_LETTERS = "ACDEFGHJKLMNPQRTUVWXY"
_DIGITS = "234679"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LEVELS = {
    # Its lines hold whole addresses, with what was asked for in them.
    "uvicorn.access": logging.WARNING,
    "alembic": logging.WARNING,
    # They warn that a library was imported outside a page, which is where sign-in imports it.
    "streamlit.runtime.scriptrunner_utils.script_run_context": logging.ERROR,
    "streamlit.runtime.caching.cache_data_api": logging.ERROR,
}

logger: structlog.stdlib.BoundLogger = structlog.get_logger("portal")


def _encoded(value: object) -> object:
    if not isinstance(value, str):
        return value
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), value)


def _one_line(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Encode control characters, so that nothing a visitor sends can start a line of the log."""
    return {key: value if key == "exception" else _encoded(value) for key, value in event.items()}


def _text(_logger: WrappedLogger, _name: str, event: EventDict) -> str:
    """One line of text; a trace follows it with every line indented."""
    at, level, message = event.pop("timestamp"), event.pop("level"), event.pop("event")
    trace = event.pop("exception", "")
    pairs = "".join(f" {key}={value!r}" for key, value in sorted(event.items()))
    lines = "".join(f"\n  | {_encoded(line)}" for line in trace.split("\n")) if trace else ""
    return f"{at} {level:<8} {message}{pairs}{lines}"


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    _one_line,
]
# At import: what structlog does unconfigured prints traces with every local variable, passwords among them.
structlog.configure(
    processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
)


class _Handler(logging.StreamHandler[TextIO]):
    """A log that cannot be written, its disk being full, stops nobody; the next line that can be says so."""

    _unwritten = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, or count it."""
        before = self._unwritten
        super().emit(record)
        if self._unwritten == before:
            self._unwritten = 0

    def format(self, record: logging.LogRecord) -> str:
        """A record as text, after a line on those that could not be written."""
        line = super().format(record)
        if not self._unwritten:
            return line
        gap = "the log could not be written: up to %s lines before this one are lost"
        about = logging.LogRecord(logger.name, logging.ERROR, __file__, 0, gap, (self._unwritten,), None)
        return f"{super().format(about)}{self.terminator}{line}"

    def handleError(self, record: logging.LogRecord) -> None:
        """Called where `emit` failed: only a stream that refuses is to be expected."""
        if isinstance(sys.exc_info()[1], OSError):
            self._unwritten += 1
        else:
            super().handleError(record)


def configure(log_format: str, stream: TextIO | None = None) -> None:
    """Send every logger of the process, the libraries' too, to `stream` (stderr) as `text` or `json` lines."""
    renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=True) if log_format == "json" else _text
    handler = _Handler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in list(root.manager.loggerDict):
        library = logging.getLogger(name)
        library.handlers, library.propagate = [], True
    for name, level in _LEVELS.items():
        hush(name, level)


def hush(name: str, level: int = logging.WARNING) -> None:
    """Let a library's logger say nothing below a level, whatever level and handlers the library gives it later."""
    library = logging.getLogger(name)
    library.setLevel(level)
    library.filters = [lambda record: record.levelno >= level]


def _some(alphabet: str, count: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(count))


def new_incident() -> str:
    """A code for a person to read out: `E-7K2M-43`. It names one line of the log, and guesses nothing."""
    return f"E-{_some(_LETTERS + _DIGITS, 4)}-{_some(_DIGITS, 2)}"


def full(error: BaseException | None) -> bool:
    """Whether an error says that there is no space left on a disk."""
    return isinstance(error, OSError) and error.errno in _FULL


def expected(error: Exception) -> PortalError | None:
    """The expected error that `error` is or stands for; None for a bug. A full disk is expected, and told loudly."""
    if full(error):
        logger.error("a file cannot be written: no space left", error=str(error))
        return NoSpace()
    return error if isinstance(error, PortalError) else None


def bug(error: BaseException, **context: object) -> str:
    """Log an unexpected error with its trace, and give the incident code under which it stands."""
    incident = new_incident()
    logger.error("unexpected error", incident=incident, exc_info=error, **context)
    return incident
