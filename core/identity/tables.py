"""Customers, accounts, web sessions, one-time codes, known devices."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import BIG, Base, Instant

ADDRESS_LENGTH = 45
BROWSER_LENGTH = 200
_LIVE_FEED = "revoked_at is null"


class Customer(Base):
    """A lessee. `address` is one line of text, as it is printed on an invoice."""

    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    tax_code: Mapped[str | None] = mapped_column(String(16))
    vat_no: Mapped[str | None] = mapped_column(String(11))
    pec: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(Text)


class Account(Base):
    """A person who signs in. Staff have no customer; a sub-user has a parent."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("role in ('customer', 'sub_user', 'desk', 'analyst', 'admin')", name="role"),
        CheckConstraint(
            "(customer_id is null) = (role in ('desk', 'analyst', 'admin'))", name="staff_have_no_customer"
        ),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    role: Mapped[str] = mapped_column(String(10))
    customer_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("customer.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"), index=True)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    first_name: Mapped[str | None] = mapped_column(String(80))
    last_name: Mapped[str | None] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254))
    email2: Mapped[str | None] = mapped_column(String(254))
    lang: Mapped[str] = mapped_column(String(5), default="it-IT")
    password_hash: Mapped[str] = mapped_column(String(200))
    password_scheme: Mapped[str] = mapped_column(String(40))
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)


class WebSession(Base):
    """A signed-in browser. The cookie's value is never stored, only its SHA-256."""

    __tablename__ = "web_session"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id"), index=True)
    lang: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    address: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    browser: Mapped[str] = mapped_column(String(BROWSER_LENGTH))


class Challenge(Base):
    """A one-time code waiting to be typed, bound to the browser that asked for it."""

    __tablename__ = "challenge"
    __table_args__ = (Index("ix_challenge_account_created", "account_id", "created_at"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    account_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id"))
    browser_hash: Mapped[str] = mapped_column(String(64), index=True)
    salt: Mapped[str] = mapped_column(String(32))
    code_hash: Mapped[str] = mapped_column(String(64))
    next_path: Mapped[str] = mapped_column(Text, default="/")
    lang: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class CalendarFeed(Base):
    """The private address of an account's calendar, kept as a digest; at most one of an account is not revoked."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        Index(
            "ix_calendar_feed_live",
            "account_id",
            unique=True,
            sqlite_where=text(_LIVE_FEED),
            postgresql_where=text(_LIVE_FEED),
        ),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    account_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class KnownDevice(Base):
    """A browser on which the account has signed in before; it keeps its own sign-in limit."""

    __tablename__ = "known_device"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    account_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
