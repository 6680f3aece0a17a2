"""An installation that runs, and what the doctor finds wrong with it."""

import pytest
from click.testing import CliRunner, Result

from core import cli, doctor, worker
from core.access import Access
from core.doctor.findings import Finding
from core.settings import settings

SYSTEM = Access.system("test")


def run() -> Result:
    result = CliRunner().invoke(cli.portal, ["doctor"], prog_name="python -m core")
    assert isinstance(result.exception, SystemExit | None)
    return result


def wrong() -> dict[str, tuple[Finding, ...]]:
    """What is wrong, by the name of its check."""
    return {verdict.check.name: verdict.findings for verdict in doctor.examine() if verdict.findings}


def words(name: str) -> str:
    return " ".join(f"{found.wrong}. {found.mend}" for found in wrong()[name])


def configured(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"PORTAL_{name.upper()}", value)
    settings.cache_clear()


@pytest.fixture
def well(database: str) -> None:
    """An installation that runs."""
    worker.beat()
