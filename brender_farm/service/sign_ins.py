"""Signing in with a password or by an invitation, and ending sign-ins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from brender_farm.db.core import reading, writing
from brender_farm.db.models import SignIn, User
from brender_farm.db.reads import users as reads
from brender_farm.db.writes import users as writes
from brender_farm.errors import Fault, NotFound, RequestRefused
from brender_farm.service import sign_in_limits
from brender_farm.service.passwords import (
    hash_key,
    hash_password,
    is_outdated,
    is_password,
    new_key,
)
from brender_farm.service.recognition import forget_known
from brender_farm.service.shapes.people import SignInRow

LASTS = timedelta(days=14)
"""How long a browser stays signed in."""
_MOST_PER_USER = 50
_LONGEST_WORDS = 300
WRONG = "The name or the password is wrong."


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Where somebody comes from."""

    address: str
    browser: str


def sign_in(name: str, password: str, visitor: Visitor) -> str:
    """Return the key of a new sign-in, for the browser's cookie.

    Raises RequestRefused when name and password do not fit, and TooManyTries after too many such.
    """
    with reading() as session:
        user = reads.user_named(session, name)
        is_let_in = user is not None and user.is_enabled
        user_id = user.id if user is not None else 0
        kept = user.password_hash if user is not None and is_let_in else ""
    if not _fits(name, password, kept, visitor):
        if user_id:
            _note_failure(user_id, visitor)
        raise RequestRefused(
            Fault(
                field="password",
                message=WRONG,
                remedy="Try again, or ask an admin for a new link (brender users invite NAME).",
            )
        )
    anew = hash_password(password) if is_outdated(kept) else ""
    with writing() as session:
        found = reads.require_user(session, user_id)
        if anew and found.password_hash == kept:
            found.password_hash = anew
        return begin(session, found, visitor)


def invited_name(key: str) -> str:
    """Return whom a link to choose a password is for. Raises NotFound when it works no more."""
    with reading() as session:
        found = reads.invitation_of(session, hash_key(key), datetime.now(UTC))
        if found is None:
            raise _spent()
        return found[1].name


def choose_password(key: str, password: str, visitor: Visitor) -> str:
    """Set the password of whoever the link is for, end their sign-ins, and begin a new one.

    Returns its key. Raises NotFound when the link works no more, and RequestRefused for a password
    that is easily guessed.
    """
    name = invited_name(key)
    kept = hash_password(password, name=name)
    now = datetime.now(UTC)
    with writing() as session:
        found = reads.invitation_of(session, hash_key(key), now)
        if found is None:
            raise _spent()
        user = found[1]
        user.password_hash = kept
        writes.end_invitations(session, user.id)
        writes.end_sign_ins(session, user.id)
        words = f"{user.name} chose a password."
        writes.note_user(session, user, words, now=now, actor=user.name)
        begun = begin(session, user, visitor)
    forget_known()
    return begun


def change_password(
    user_id: int, old: str, new: str, *, visitor: Visitor, keep: int | None
) -> None:
    """Change one's own password; all sign-ins end but `keep`.

    Raises RequestRefused when the old one is wrong or the new one easily guessed, and TooManyTries.
    """
    with reading() as session:
        user = reads.require_user(session, user_id)
        name, before = user.name, user.password_hash
    if before and not _fits(name, old, before, visitor):
        raise RequestRefused(
            Fault(field="old", message="The old password is wrong.", remedy="Try again.")
        )
    kept, now = hash_password(new, name=name), datetime.now(UTC)
    with writing() as session:
        user = reads.require_user(session, user_id)
        user.password_hash = kept
        ended = writes.end_sign_ins(session, user_id, but=keep)
        words = f"{name} changed their password; {ended} other sign-ins ended."
        writes.note_user(session, user, words, now=now, actor=name)
    forget_known()


def list_sign_ins(user_id: int) -> tuple[SignInRow, ...]:
    """Return the browsers a user is signed in with, the one seen last first."""
    with reading() as session:
        return tuple(
            SignInRow(
                id=row.id,
                address=row.address,
                browser=row.browser,
                created_at=row.created_at,
                seen_at=row.seen_at,
                expires_at=row.expires_at,
            )
            for row in reads.sign_ins_of(session, user_id, datetime.now(UTC))
        )


def end_sign_in(sign_in_id: int, *, user_id: int, actor: str) -> None:
    """End one of a user's sign-ins. Raises NotFound, for somebody else's as well."""
    with writing() as session:
        row = session.get(SignIn, sign_in_id)
        if row is None or row.user_id != user_id:
            raise NotFound(f"There is no sign-in {sign_in_id}: it has ended already.")
        user = reads.require_user(session, user_id)
        session.delete(row)
        words = f"A sign-in of {user.name} was ended."
        writes.note_user(session, user, words, now=datetime.now(UTC), actor=actor)
    forget_known()


def end_all_sign_ins(user_id: int, *, actor: str, but: int | None = None) -> int:
    """End a user's sign-ins, all but one; return how many. Raises NotFound."""
    with writing() as session:
        user = reads.require_user(session, user_id)
        count = writes.end_sign_ins(session, user_id, but=but)
        if count:
            words = f"{count} sign-ins of {user.name} were ended."
            writes.note_user(session, user, words, now=datetime.now(UTC), actor=actor)
    forget_known()
    return count


def begin(session: Session, user: User, visitor: Visitor) -> str:
    """Store a sign-in and return its key; a user's oldest go when there are very many."""
    now = datetime.now(UTC)
    writes.forget_expired(session, now)
    for row in reads.sign_ins_of(session, user.id, now)[_MOST_PER_USER - 1 :]:
        session.delete(row)
    key = new_key()
    session.add(
        SignIn(
            user_id=user.id,
            key_hash=hash_key(key),
            address=visitor.address[:100],
            browser=visitor.browser[:_LONGEST_WORDS],
            created_at=now,
            seen_at=now,
            expires_at=now + LASTS,
        )
    )
    user.seen_at = now
    words = f"{user.name} signed in from {visitor.address[:100]}."
    writes.note_user(session, user, words, now=now, actor=user.name)
    return key


def _fits(name: str, password: str, kept: str, visitor: Visitor) -> bool:
    """Compare a password, outside of any transaction: it takes its time."""
    with sign_in_limits.try_password(name, visitor.address):
        fits = is_password(password, kept)
        if not fits:
            sign_in_limits.count_failure(name, visitor.address)
        return fits


def _note_failure(user_id: int, visitor: Visitor) -> None:
    with writing() as session:
        user = reads.require_user(session, user_id)
        words = f"Somebody at {visitor.address[:100]} tried a wrong password for {user.name}."
        writes.note_user(session, user, words, now=datetime.now(UTC), actor=visitor.address[:100])


def _spent() -> NotFound:
    return NotFound(
        "This link works no more: it was used, is older than three days, or a newer one was made. "
        "Ask an admin for a new one (brender users invite NAME)."
    )
