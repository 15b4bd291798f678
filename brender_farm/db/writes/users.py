"""Changing users and what proves who they are. All of these run inside `writing()`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from brender_farm.db.models import Invitation, SignIn, Token, User
from brender_farm.db.writes.events import add_event

SUBJECT = "user"


def note_user(session: Session, user: User, words: str, *, now: datetime, actor: str) -> None:
    """Store the event."""
    session.flush()
    add_event(
        session,
        at=now,
        actor=actor,
        subject=SUBJECT,
        subject_id=user.id,
        from_state="",
        to_state="",
        reason=words,
    )


def end_sign_ins(session: Session, user_id: int, *, but: int | None = None) -> int:
    """End a user's sign-ins, all but one; return how many."""
    gone = delete(SignIn).where(SignIn.user_id == user_id, SignIn.id != (but or 0))
    return session.execute(gone).rowcount  # type: ignore[attr-defined,no-any-return]


def end_invitations(session: Session, user_id: int) -> None:
    session.execute(delete(Invitation).where(Invitation.user_id == user_id))


def end_tokens(session: Session, user_id: int) -> None:
    session.execute(delete(Token).where(Token.user_id == user_id))


def forget_expired(session: Session, now: datetime) -> None:
    """Remove sign-ins and invitations that count no more; tokens stay to be seen as expired."""
    session.execute(delete(SignIn).where(SignIn.expires_at <= now))
    session.execute(delete(Invitation).where(Invitation.expires_at <= now))
