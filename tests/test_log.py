import errno
import json
import logging
from io import StringIO

import pytest
from structlog.testing import capture_logs

from core import log
from core.kit.errors import Busy, NoSpace


def failed(password: str) -> Exception:
    try:
        raise ValueError(f"bad\n2026-01-01 forged line {len(password)}")
    except ValueError as error:
        return error


def test_a_line_of_text_cannot_be_forged() -> None:
    out = StringIO()
    log.configure("text", out)
    log.logger.warning("signed\r\nforged", name="x\ny\u2028z")
    logging.getLogger("uvicorn.error").warning("asked for %s", "/a\nforged")
    assert len(out.getvalue().splitlines()) == 2


def test_json_lines_are_json() -> None:
    out = StringIO()
    log.configure("json", out)
    log.logger.info("signed in", name="Ànna\n")
    line = json.loads(out.getvalue())
    assert (line["event"], line["name"], line["level"]) == ("signed in", "Ànna\\n", "info")


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_an_incident_code_leads_to_its_trace_without_local_values(log_format: str) -> None:
    out = StringIO()
    log.configure(log_format, out)
    incident = log.bug(failed("hunter2"), path="/x")
    text = out.getvalue()
    assert incident in text
    assert "ValueError" in text
    assert "hunter2" not in text
    assert not [line for line in text.splitlines() if line.startswith("2026-01-01")]


def test_before_it_is_configured_no_local_value_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger().handlers = []
    log.bug(failed("hunter2"))
    printed = capsys.readouterr()
    assert "hunter2" not in printed.out + printed.err


def test_incident_codes_are_short_and_never_ambiguous() -> None:
    codes = {log.new_incident() for _ in range(1_000)}
    assert len(codes) > 990
    for code in codes:
        assert len(code) == 9
        assert code.startswith("E-")
        assert code[6] == "-"
        assert not set(code[2:]) & set("01OIBS58")


class Refusing(StringIO):
    """A stream on a disk that is full until it is not."""

    full = True

    def write(self, text: str) -> int:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(text)


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_log_that_cannot_be_written_stops_nobody_and_is_told_of_once(
    log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = Refusing()
    log.configure(log_format, out)
    for _ in range(3):
        log.logger.info("lost")
    out.full = False
    for _ in range(2):
        log.logger.info("kept")
    lines = out.getvalue().splitlines()
    assert ["lost" in line for line in lines] == [True, False, False]
    assert "up to 3 lines before this one are lost" in lines[0]
    assert capsys.readouterr().err == ""


def test_a_full_disk_is_expected_and_told_loudly() -> None:
    with capture_logs() as logs:
        assert isinstance(log.expected(OSError(errno.ENOSPC, "No space left on device")), NoSpace)
    assert [line["log_level"] for line in logs] == ["error"]


@pytest.mark.parametrize("error", [OSError(errno.EACCES, "Permission denied"), ValueError("x")])
def test_other_errors_are_not_expected(error: Exception) -> None:
    assert log.expected(error) is None


def test_only_a_full_disk_is_full() -> None:
    errors = [OSError(code, "x") for code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)]
    assert [log.full(error) for error in (*errors, ValueError("x"), None)] == [True] * 3 + [False] * 3


def test_an_expected_error_stays_what_it_is() -> None:
    assert log.expected(busy := Busy()) is busy
