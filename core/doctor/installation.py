"""Checks of what stands around the data: Python, packages, settings, room on the disks, the paper printer."""

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from core import db
from core.doctor.findings import Finding
from core.documents import invoice
from core.kit import clock
from core.kit.errors import Misconfigured
from core.settings import PORTS, ROOT, loopback, settings

OLDEST_PYTHON = (3, 11)
REQUIREMENTS = ROOT / "requirements.txt"
MEGABYTE = 1024 * 1024
LEAST_ROOM = 500 * MEGABYTE
LEAST_CHARACTERS = 10
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)( *;)?", re.MULTILINE)


def python() -> Iterator[Finding]:
    """A Python that the portal is written for."""
    if sys.version_info < OLDEST_PYTHON:
        yield Finding(f"this is Python {sys.version.split()[0]}", "Install Python 3.11 or newer, then run make install")


def packages() -> Iterator[Finding]:
    """The packages of requirements.txt, in the versions that were tested. A line with a marker may not be for us."""
    pins: dict[str, set[str]] = {}
    optional = set()
    for name, version, marker in _PIN.findall(REQUIREMENTS.read_text()):
        pins.setdefault(name, set()).add(version)
        if marker:
            optional.add(name)
    for name, versions in pins.items():
        installed = _installed(name)
        if installed is None and name not in optional:
            yield Finding(f"{name} is not installed", "Run make install")
        elif installed is not None and installed not in versions:
            yield Finding(f"{name} is at {installed}, tested with {' or '.join(sorted(versions))}", "Run make install")


def sound_settings() -> Iterator[Finding]:
    """Settings the portal would start with; from here on its clock is theirs."""
    try:
        clock.set_to(settings().clock)
    except Misconfigured as error:
        yield Finding(str(error.params["reason"]), "Mend it in the environment or in .env, see docs/settings.md")


def secret() -> Iterator[Finding]:
    """A secret that looks drawn at random. Production has refused a short one already."""
    if not settings().demo and len(set(settings().secret_key)) < LEAST_CHARACTERS:
        yield Finding(
            f"PORTAL_SECRET_KEY has fewer than {LEAST_CHARACTERS} different characters",
            "Make one: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
        )


def public_address() -> Iterator[Finding]:
    """An address at which browsers find this server, and which keeps cookies to themselves."""
    parts = urlsplit(settings().public_url)
    here = loopback(parts.hostname or "")
    port = parts.port or PORTS[parts.scheme]
    if here and port != settings().port:
        yield Finding(
            f"PORTAL_PUBLIC_URL says port {port}, the server listens on {settings().port}",
            "Set PORTAL_PORT to the same port, or leave PORTAL_PUBLIC_URL unset",
        )
    if not here and parts.scheme == "http":
        yield Finding(
            f"passwords and cookies travel unencrypted to {settings().public_url}",
            "Put a proxy with TLS in front and make PORTAL_PUBLIC_URL its https address",
        )


def room() -> Iterator[Finding]:
    """Free space where the portal writes."""
    for what, folder in _folders().items():
        there = next(path for path in (folder, *folder.parents) if path.is_dir())
        free = shutil.disk_usage(there).free
        if free < LEAST_ROOM:
            yield Finding(
                f"{free // MEGABYTE} MB are free for {what} in {there}, {LEAST_ROOM // MEGABYTE} MB are wanted",
                "Make space; the portal goes on by itself once there is some",
            )


def temporary_files() -> None:
    """A folder for temporary files that takes them: large exports and imports pass through it. Raises OSError."""
    with tempfile.TemporaryFile() as file:
        file.write(bytes(MEGABYTE))


def papers() -> Iterator[Finding]:
    """Invoices can be drawn: the compiler and its fonts are there."""
    day = clock.today()
    line = invoice.Line("0", "Canone", 1, day, "SDD", 100, 0, 2200, 22)
    sheet = invoice.InvoiceSheet("0", day, invoice.Recipient("-"), [line], "-", "-")
    if not invoice.draw(sheet).startswith(b"%PDF-"):
        yield Finding("an invoice was drawn that is not a PDF", "Run make install")


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _folders() -> dict[str, Path]:
    """Where the portal writes on this machine."""
    folders = {"temporary files": Path(tempfile.gettempdir())}
    files, database = urlsplit(settings().files_url), db.database()
    if files.scheme == "file":
        folders["documents"] = Path(files.path)
    if database.sqlite and database.url.database:
        folders["the database"] = Path(database.url.database).resolve().parent
    return folders
