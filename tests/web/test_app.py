import asyncio
import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import insert

from core import db, schema
from core.intake.tables import ImportBatch
from core.kit import clock
from core.kit.errors import Misconfigured
from core.settings import settings
from core.web import app, warm
from tests.people import SYSTEM
from tests.web.conftest import TestClient


def started() -> list[str]:
    """The threads of the process while it serves."""

    async def serve() -> list[str]:
        async with app.lifespan(None):
            return [thread.name for thread in threading.enumerate()]

    # In a thread of its own: a browser test of the same process may keep a loop running in this one.
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(lambda: asyncio.run(serve())).result()


def test_the_worker_works_beside_the_server_and_stops_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "_prepare", schema.migrate)
    assert "worker" in started()
    assert "worker" not in [thread.name for thread in threading.enumerate()]


def test_a_worker_elsewhere_means_none_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "_prepare", schema.migrate)
    monkeypatch.setattr(settings(), "worker", "none")
    assert "worker" not in started()


def test_a_process_that_serves_makes_ready_for_its_first_visitors(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(app, "_prepare", schema.migrate)
    monkeypatch.setattr(warm, "make_ready", lambda: made.append("ready"))
    started()
    assert made == ["ready"]


def test_production_does_not_start_on_an_old_schema(production: None) -> None:
    with pytest.raises(Misconfigured, match="run migrate"):
        started()


def test_production_does_not_start_on_the_demos_database(production: None) -> None:
    schema.migrate()
    now = clock.now()
    batch = {"source": "demo", "as_of": clock.today(), "started_at": now, "finished_at": now, "counts": {}}
    with db.transaction(SYSTEM) as connection:
        connection.execute(insert(ImportBatch).values(**batch))
    with pytest.raises(Misconfigured, match="demo"):
        started()


def test_a_misconfigured_portal_says_why_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_MODE", "production")
    settings.cache_clear()
    with pytest.raises(SystemExit, match="PORTAL_SECRET_KEY"):
        app.serve(lambda *_: None)


def test_collections_leave_out_what_was_loaded_before_the_first_visitor(monkeypatch: pytest.MonkeyPatch) -> None:
    done = []
    monkeypatch.setattr(app, "_prepare", lambda: done.append("prepared"))
    monkeypatch.setattr(gc, "freeze", lambda: done.append("frozen"))
    monkeypatch.setattr(app._Announced, "run", lambda _server: done.append("served"))
    app.serve(lambda *_: None)
    assert done == ["prepared", "frozen", "served"]


def test_an_old_schema_ends_the_start_with_what_to_do(production: None) -> None:
    with pytest.raises(SystemExit, match="run migrate"):
        app.serve(lambda *_: None)


async def whose_address(scope: dict, receive: object, send: object) -> None:
    """An application that says which client it sees."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["client"][0].encode()})


@pytest.mark.parametrize(("trusted", "seen"), [("", "10.0.0.9"), ("10.0.0.9", "203.0.113.7"), ("10.0.0.8", "10.0.0.9")])
def test_the_clients_address_comes_from_trusted_proxies_alone(trusted: str, seen: str) -> None:
    config = app.server_config(whose_address, settings().model_copy(update={"trusted_proxies": trusted}))
    config.load()
    client = TestClient(config.loaded_app, client=("10.0.0.9", 1234))
    forged = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
    assert client.get("/", headers=forged).text == seen


def test_the_server_does_not_say_what_it_is() -> None:
    config = app.server_config(whose_address, settings())
    assert not config.server_header
    assert not config.access_log
