"""The tables of people: who they are, and by what they prove it. Secrets are stored hashed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, text, true
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import BigId, CleanText, StateText, UtcDateTime
from brender_farm.domain.roles import Role, Scope


class User(db.Model):  # type: ignore[name-defined,misc]
    """A person who may sign in. The name is what shots and events carry."""

    __tablename__ = "users"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    role: Mapped[Role] = mapped_column(StateText(Role))
    password_hash: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    """Argon2, with its parameters and salt; empty: none was chosen yet."""
    subject: Mapped[str | None] = mapped_column(String(400), unique=True)
    """Who they are for the OpenID provider: issuer and subject; None: they do not use it."""
    is_enabled: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignIn(db.Model):  # type: ignore[name-defined,misc]
    """A browser that is signed in; its row's end is its end."""

    __tablename__ = "sign_ins"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the random key that the browser's cookie holds."""
    address: Mapped[str] = mapped_column(String(100))
    browser: Mapped[str] = mapped_column(CleanText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Token(db.Model):  # type: ignore[name-defined,misc]
    """What a program signs in with, as its owner and with no more than its scope."""

    __tablename__ = "tokens"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(CleanText)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scope: Mapped[Scope] = mapped_column(StateText(Scope))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Invitation(db.Model):  # type: ignore[name-defined,misc]
    """A link that works once: whoever opens it chooses the user's password."""

    __tablename__ = "invitations"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
