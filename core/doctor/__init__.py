"""What is wrong with an installation, and how to mend it. It works when everything is broken, and never raises."""

from collections.abc import Iterator
from dataclasses import dataclass

from core import files
from core.doctor import data, installation, running
from core.doctor.findings import Finding, Look

_SETTINGS, _DATABASE, _SCHEMA = ("settings",), ("settings", "database"), ("settings", "database", "schema")


@dataclass(frozen=True, slots=True)
class Check:
    """One check; `mend` is the advice where it fails with an error instead of a finding.

    It is left out where one that it `needs` has found something wrong, or was left out itself.
    """

    name: str
    look: Look
    needs: tuple[str, ...] = ()
    mend: str = "Mend what this says, then ask the doctor again"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A check with what it found: nothing, where all is well; `for_want_of` names what it was left out for."""

    check: Check
    findings: tuple[Finding, ...] = ()
    for_want_of: str = ""

    @property
    def well(self) -> bool:
        """Whether the check was made and found nothing."""
        return not self.findings and not self.for_want_of


CHECKS = (
    Check("python", installation.python),
    Check("packages", installation.packages),
    Check("settings", installation.sound_settings),
    Check("secret", installation.secret, _SETTINGS),
    Check("public address", installation.public_address, _SETTINGS),
    Check("room on disks", installation.room, _SETTINGS),
    Check("temporary files", installation.temporary_files, mend="Make space, or name another folder in TMPDIR"),
    Check("invoice papers", installation.papers, mend="Run make install"),
    Check("database", data.reachable, _SETTINGS, "Check PORTAL_DATABASE_URL, and that its server or disk is there"),
    Check("integrity", data.intact, _DATABASE, data.RESTORE),
    Check("journal", data.journal, _DATABASE),
    Check("clock", data.clocks, _DATABASE),
    Check("schema", data.revision, _DATABASE),
    Check("file store", files.probe, _SETTINGS, "Check PORTAL_FILES_URL, the folder's owner and its disk"),
    Check("unfinished files", data.unfinished, (*_SETTINGS, "file store")),
    Check("documents", data.documents, (*_SCHEMA, "file store")),
    Check("mail server", running.mail_server, _SETTINGS, "Check PORTAL_SMTP_URL; no code can be sent"),
    Check("outbox", running.outbox, _SCHEMA),
    Check("worker", running.worker, _SCHEMA),
)


def examine() -> Iterator[Verdict]:
    """Make every check in turn."""
    well: set[str] = set()
    for check in CHECKS:
        missing = [name for name in check.needs if name not in well]
        verdict = Verdict(check, for_want_of=missing[0]) if missing else Verdict(check, _found(check))
        if verdict.well:
            well.add(check.name)
        yield verdict


def _found(check: Check) -> tuple[Finding, ...]:
    try:
        return tuple(check.look() or ())
    except Exception as error:  # a broken installation fails in ways nobody foresees, and each is a finding
        return (Finding(_said(error), check.mend),)


def _said(error: Exception) -> str:
    """The first line of an error; its type alone where it may hold an address, and with it a piece of a password."""
    name = type(error).__name__
    said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    return name if isinstance(error, ValueError) or "@" in said or "://" in said else f"{name}: {said}"
