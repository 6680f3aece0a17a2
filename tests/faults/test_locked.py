"""F09: who finds the database locked by somebody else waits a little, is told to try again, and leaves no trace."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from core import cli, db, worker
from core.identity import actions
from core.intake import actions as intake
from core.kit.errors import Busy
from core.locale import translations
from tests.faults.conftest import SYSTEM, require_sound, snapshot
from tests.intake.books import small, write
from tests.people import Person
from tests.test_db import another_process_writing
from tests.web.conftest import PASSWORD, Browser, new_browser

SAID = translations("it-IT").gettext(Busy.message)
BUSY = "the database was busy for too long"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for long here; test_db has the one test that does."""
    monkeypatch.setattr(db, "WAIT_SECONDS", 0.2)
    monkeypatch.setattr(intake, "LONGEST_WAIT_SECONDS", 0.2)


@pytest.fixture
def browser(database: str) -> Browser:
    """A browser before the sign-in page, of somebody with an account."""
    Person("10093", "Anna")
    actions.set_password(SYSTEM, "10093", PASSWORD)
    return new_browser()


def test_a_visitor_is_told_to_try_again_and_can(browser: Browser) -> None:
    before = snapshot()
    with another_process_writing("limit_bucket"), capture_logs() as logs:
        answer = browser.post("/login", username="10093", password=PASSWORD)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert SAID in answer.text
    assert [(line["event"], "exc_info" in line) for line in logs] == [(BUSY, False)]
    assert snapshot() == before
    assert browser.sign_in().status_code == 303


def test_a_signed_in_visitor_reads_on(browser: Browser) -> None:
    browser.sign_in()
    with another_process_writing("web_session"):
        assert browser.get("/").status_code == 200


@pytest.mark.parametrize(
    ("command", "table"),
    [(["import", "book"], "import_batch"), (["account", "language", "10093", "es"], "account")],
    ids=["import", "account"],
)
def test_a_command_says_in_one_line_that_the_portal_is_busy(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], table: str
) -> None:
    monkeypatch.chdir(write(tmp_path, small()).parent)
    before = snapshot()
    with another_process_writing(table):
        refused = CliRunner().invoke(cli.portal, command)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert [line for line in refused.stderr.splitlines() if BUSY not in line] == [f"Error: {Busy.message}"]
    assert snapshot() == before
    assert CliRunner().invoke(cli.portal, command).exit_code == 0
    require_sound()


def test_the_worker_looks_again_later(database: str) -> None:
    with another_process_writing("job_lease"), capture_logs() as logs:
        assert worker._round() is False
    assert [(line["event"], "exc_info" in line) for line in logs] == [(BUSY, False)]
