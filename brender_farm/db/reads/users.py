"""Reading users and what proves who they are."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Invitation, SignIn, Token, User
from brender_farm.domain.roles import Role
from brender_farm.errors import NotFound


def has_users(session: Session) -> bool:
    """Whether anybody has an account."""
    return session.scalar(select(User.id).limit(1)) is not None


def require_user(session: Session, user_id: int) -> User:
    """Return a user. Raises NotFound."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound(f"There is no user {user_id}. See: brender users")
    return user


def user_named(session: Session, name: str) -> User | None:
    """Return the user of this name, in any letter case."""
    wanted = _folded(name.strip())
    named = session.execute(select(User.id, User.name))
    found = next((user_id for user_id, known in named if _folded(known) == wanted), None)
    return session.get(User, found) if found is not None else None


def _folded(name: str) -> str:
    """Return a name as it is compared: databases fold no more than ASCII alike."""
    return unicodedata.normalize("NFC", name).casefold()


def user_of_subject(session: Session, subject: str) -> User | None:
    """Return whom the OpenID provider calls so."""
    return session.scalar(select(User).where(User.subject == subject))


def all_users(session: Session) -> list[User]:
    return list(session.scalars(select(User).order_by(func.lower(User.name))))


def admin_count(session: Session) -> int:
    """Return how many enabled admins there are."""
    counted = select(func.count()).select_from(User)
    return session.scalar(counted.where(User.role == Role.ADMIN, User.is_enabled)) or 0


def sign_in_counts(session: Session, now: datetime) -> dict[int, int]:
    """Return how many browsers users are signed in with."""
    counted = select(SignIn.user_id, func.count()).where(SignIn.expires_at > now)
    found = session.execute(counted.group_by(SignIn.user_id))
    return {row[0]: row[1] for row in found}


def token_counts(session: Session) -> dict[int, int]:
    counted = select(Token.user_id, func.count()).group_by(Token.user_id)
    return {row[0]: row[1] for row in session.execute(counted)}


def sign_in_of(session: Session, key_hash: str, now: datetime) -> Row[SignIn, User] | None:
    """Return a sign-in that counts, and whose it is."""
    found = select(SignIn, User).join(User, User.id == SignIn.user_id)
    return session.execute(
        found.where(SignIn.key_hash == key_hash, SignIn.expires_at > now, User.is_enabled)
    ).one_or_none()


def sign_ins_of(session: Session, user_id: int, now: datetime) -> list[SignIn]:
    """Return the browsers a user is signed in with, the one seen last first."""
    found = select(SignIn).where(SignIn.user_id == user_id, SignIn.expires_at > now)
    return list(session.scalars(found.order_by(SignIn.seen_at.desc())))


def token_of(session: Session, key_hash: str) -> Row[Token, User] | None:
    """Return a token of an enabled user, and whose it is; whether it expired is not looked at."""
    found = select(Token, User).join(User, User.id == Token.user_id)
    return session.execute(found.where(Token.key_hash == key_hash, User.is_enabled)).one_or_none()


def tokens_of(session: Session, user_id: int | None) -> list[tuple[Token, str]]:
    """Return a user's tokens (None: everybody's), newest first, with the users' names."""
    found = select(Token, User.name).join(User, User.id == Token.user_id)
    if user_id is not None:
        found = found.where(Token.user_id == user_id)
    return [(token, name) for token, name in session.execute(found.order_by(Token.id.desc()))]


def invitation_of(session: Session, key_hash: str, now: datetime) -> Row[Invitation, User] | None:
    """Return an invitation that counts, and whom it is for."""
    found = select(Invitation, User).join(User, User.id == Invitation.user_id)
    return session.execute(
        found.where(Invitation.key_hash == key_hash, Invitation.expires_at > now, User.is_enabled)
    ).one_or_none()
