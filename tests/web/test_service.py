from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from core import db, jobs, worker
from core.kit import clock
from core.kit.errors import Busy
from core.settings import settings
from tests.test_db import another_process_writing
from tests.web.conftest import Browser

TOKEN = "metrics-token-of-the-test"


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(settings(), "metrics_token", TOKEN)
    return TOKEN


def test_the_process_is_up_whatever_the_database_does(stranger: Browser) -> None:
    db.use("postgresql+psycopg://portal:secret@127.0.0.1:1/none")
    assert stranger.fetch("/healthz").json() == {"status": "ok"}


def test_ready_when_database_schema_and_worker_are(stranger: Browser) -> None:
    jobs.ran(worker.JOB)
    response = stranger.fetch("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "schema": "ok", "worker": "ok"}


def test_not_ready_before_the_worker_has_run(stranger: Browser) -> None:
    response = stranger.fetch("/readyz")
    assert (response.status_code, response.json()["worker"]) == (503, "never ran")


def test_not_ready_when_the_worker_has_fallen_silent(stranger: Browser) -> None:
    jobs.ran(worker.JOB)
    clock.set_to((datetime.now(UTC) + timedelta(seconds=90)).isoformat())
    response = stranger.fetch("/readyz")
    assert response.status_code == 503
    assert response.json()["worker"].startswith("silent for 9")


def test_a_worker_elsewhere_has_to_be_alive_too(stranger: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "worker", "none")
    response = stranger.fetch("/readyz")
    assert (response.status_code, response.json()["worker"]) == (503, "never ran")
    jobs.ran(worker.JOB)
    assert stranger.fetch("/readyz").status_code == 200


def test_ready_while_another_process_writes(stranger: Browser) -> None:
    jobs.ran(worker.JOB)
    with another_process_writing(), capture_logs() as logs:
        assert stranger.fetch("/readyz").status_code == 200
    assert logs == []


def test_a_busy_database_is_not_ready_and_no_bug(stranger: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_name: str) -> None:
        raise Busy

    monkeypatch.setattr(jobs, "last_run", busy)
    with capture_logs() as logs:
        response = stranger.fetch("/readyz")
    assert (response.status_code, response.json()) == (503, {"status": "not ready", "database": "busy"})
    assert logs == []


def test_not_ready_on_an_empty_database(stranger: Browser, tmp_path: object) -> None:
    db.use(f"sqlite:///{tmp_path}/other.db")
    response = stranger.fetch("/readyz")
    assert (response.status_code, response.json()["schema"]) == (503, "not current")


def test_not_ready_without_a_database_and_the_answer_tells_no_detail(stranger: Browser) -> None:
    db.use("postgresql+psycopg://portal:secret@127.0.0.1:1/none")
    response = stranger.fetch("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "unreachable")
    assert "secret" not in response.text


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", "Basic metrics-token-of-the-test"])
def test_the_metrics_need_their_token(stranger: Browser, token: str, given: str) -> None:
    assert stranger.fetch("/metrics", Authorization=given).status_code == 401


@pytest.mark.parametrize("given", ["", "Bearer "])
def test_without_a_token_configured_nobody_sees_the_metrics(stranger: Browser, given: str) -> None:
    assert stranger.fetch("/metrics", Authorization=given).status_code == 401


def values(browser: Browser) -> dict[str, float]:
    lines = browser.fetch("/metrics", Authorization=f"Bearer {TOKEN}").text.splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def test_the_metrics_count_sign_ins_refusals_and_waiting_mails(anna: object, stranger: Browser, token: str) -> None:
    before = values(stranger)
    stranger.post("/login", username="10093", password="wrong")
    stranger.sign_in()
    after = values(stranger)
    assert after["portal_sign_ins_total"] == before["portal_sign_ins_total"] + 1
    refused = 'portal_refused_total{reason="WrongCredentials"}'
    assert after[refused] == before.get(refused, 0) + 1
    assert after["portal_mails_waiting"] == before["portal_mails_waiting"] + 1
    assert after["portal_worker_silent_seconds"] == -1


def test_a_token_in_the_address_opens_nothing(stranger: Browser, token: str) -> None:
    assert stranger.fetch(f"/metrics?token={TOKEN}").status_code == 401
