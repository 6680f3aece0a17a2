"""The one settings object: `PORTAL_*` environment variables, or the same names in a `.env` file."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.kit.errors import Misconfigured

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / "data" / "local"
DEMO_SECRET = "demo-secret-demo-secret-demo-secret-0"  # noqa: S105 - refused in production
SHORTEST_SECRET = 32
DATABASES = ("sqlite:///", "postgresql://", "postgresql+psycopg://")
SAFE_ROUNDS = 12
PORTS = {"http": 80, "https": 443}
_UNREADABLE = "cannot be read as an address; percent-encode the password in it (@ is %40, / is %2F, # is %23, ? is %3F)"

Seconds = Annotated[int, Field(ge=1)]
Many = Annotated[int, Field(ge=1)]


class Settings(BaseSettings):
    """Every name is documented in `docs/settings.md`; durations are seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(
        env_prefix="PORTAL_", env_file=ROOT / ".env", extra="ignore", hide_input_in_errors=True
    )

    mode: Literal["demo", "production"] = "demo"
    database_url: str = Field(default=f"sqlite:///{LOCAL / 'portal.db'}", repr=False)
    public_url: str = ""
    secret_key: str = Field(default=DEMO_SECRET, repr=False)
    secret_key_previous: str = Field(default="", repr=False)
    smtp_url: str = Field(default="", repr=False)
    mail_from: str = "Aurora Leasing <portale@aurora-leasing.example>"
    files_url: str = (LOCAL / "files").as_uri()
    clock: str = ""
    worker: Literal["inline", "none"] = "inline"
    host: str = "127.0.0.1"
    port: int = Field(default=8501, ge=1, le=65_535)
    metrics_token: str = Field(default="", repr=False)
    trusted_proxies: str = ""
    log_format: Literal["text", "json"] = "text"

    company_name: str = "Aurora Leasing"
    company_legal: str = (
        "Aurora Leasing S.p.A. · Capitale sociale 10.000.000,00 € i.v.\n"
        "C.F. e Registro Imprese 01234560000 · P. IVA 01234560000\n"
        "Albo degli Intermediari Finanziari ex art. 106 D.Lgs. 385/93 n. 000"
    )

    session_idle: Seconds = 15 * 60
    session_absolute: Seconds = 8 * 3600
    session_check: Seconds = 30
    code_digits: int = Field(default=6, ge=6, le=8)
    code_life: Seconds = 10 * 60
    code_attempts: Many = 5
    code_resend_after: int = Field(default=60, ge=0)
    code_resends_per_hour: Many = 5
    signin_account_failures: Many = 5
    signin_account_window: Seconds = 5 * 60
    signin_delay_first: Seconds = 60
    signin_delay_longest: Seconds = 15 * 60
    signin_address_per_minute: Many = 10
    signin_address_per_hour: Many = 100
    password_rounds: int = Field(default=12, ge=4, le=31)
    sdd_return_days: int = Field(default=10, ge=0)
    export_rows_limit: int = Field(default=250_000, ge=1, le=1_000_000)
    export_rows_inline: int = Field(default=5_000, ge=0)
    zip_invoices_limit: Many = 2_000
    zip_mb: Many = 500
    upload_mb: Many = 10

    @field_validator("clock")
    @classmethod
    def _a_date_or_an_instant(cls, value: str) -> str:
        if value:
            datetime.fromisoformat(value)
        return value

    @field_validator("database_url")
    @classmethod
    def _a_database_we_know(cls, value: str) -> str:
        if not value.startswith(DATABASES):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        if not value.startswith("sqlite:"):
            _parts(value)
        return value

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, value: str) -> str:
        if value and (_parts(value).scheme not in {"smtp", "smtps"} or not _parts(value).hostname):
            raise ValueError("must be smtp(s)://user:password@host[:port]")
        return value

    @field_validator("public_url")
    @classmethod
    def _an_origin(cls, value: str) -> str:
        parts = _parts(value)
        if value and (parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/")):
            raise ValueError("must be http(s)://host[:port], without a path")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _ready_for_its_mode(self) -> Self:
        if not self.public_url:
            self.public_url = f"http://127.0.0.1:{self.port}"
        if self.mode == "production":
            reasons = list(self._production_faults())
            if reasons:
                raise ValueError("; ".join(reasons))
        return self

    def _production_faults(self) -> list[str]:
        checks = {
            "PORTAL_SECRET_KEY must be set to a secret of at least 32 characters": (
                self.secret_key == DEMO_SECRET or len(self.secret_key) < SHORTEST_SECRET
            ),
            "PORTAL_PUBLIC_URL must be an https address": urlsplit(self.public_url).scheme != "https",
            "PORTAL_CLOCK is for the demo only": bool(self.clock),
            f"PORTAL_PASSWORD_ROUNDS must be at least {SAFE_ROUNDS}": self.password_rounds < SAFE_ROUNDS,
            "PORTAL_SMTP_URL must be set, or no one-time code can be sent": not self.smtp_url,
        }
        return [reason for reason, at_fault in checks.items() if at_fault]

    @property
    def environment(self) -> dict[str, str]:
        """The variables that give another process the same settings."""
        return {f"PORTAL_{name.upper()}": str(value) for name, value in self.model_dump().items()}

    @property
    def demo(self) -> bool:
        """Whether this installation is the demo."""
        return self.mode == "demo"

    @property
    def https(self) -> bool:
        """Whether browsers reach the portal over https; decides the cookie names and their Secure flag."""
        return urlsplit(self.public_url).scheme == "https"


def _parts(url: str) -> SplitResult:
    """The parts of an address, each of which can be read. Raises ValueError, which never holds a word of it.

    A password with a character that ends it too soon would go on as port, host or path: into errors and the log.
    """
    try:
        parts = urlsplit(url)
        beyond = parts.path + parts.query + parts.fragment
        readable = parts.port != 0 and parts.netloc.count("@") <= 1 and "@" not in beyond
    except ValueError:
        raise ValueError(_UNREADABLE) from None
    if not readable:
        raise ValueError(_UNREADABLE)
    return parts


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once. Raises Misconfigured naming everything that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        raise Misconfigured(reason="; ".join(_said(fault) for fault in error.errors())) from error


def loopback(host: str) -> bool:
    """Whether a name or an address is always of this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _said(fault: Mapping[str, Any]) -> str:
    """One fault in the words of an installation: the name of the variable, what is wrong with it."""
    message = fault["msg"].removeprefix("Value error, ")
    return f"PORTAL_{str(fault['loc'][0]).upper()}: {message}" if fault["loc"] else message
