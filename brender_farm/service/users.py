"""Users: who there are, what they may, and the links by which they choose their password."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Invitation, User
from brender_farm.db.reads import users as reads
from brender_farm.db.writes import users as writes
from brender_farm.domain.roles import Role
from brender_farm.errors import ActionRefused, Fault, NotFound, RequestRefused
from brender_farm.service.edit_tags import require_unchanged, user_tag
from brender_farm.service.passwords import hash_key, new_key
from brender_farm.service.recognition import forget_known
from brender_farm.service.shapes.people import Invited, UserRow

INVITED_FOR = timedelta(days=3)
"""How long a link to choose a password works."""
_LONGEST_NAME = 60
_LETTERS = ("L", "M", "N")
_ALSO = " ._-+@'"


def list_users() -> tuple[UserRow, ...]:
    """Return all users by name."""
    with reading() as session:
        return _rows(session, reads.all_users(session))


def get_user(user_id: int) -> UserRow:
    """Return one user. Raises NotFound."""
    with reading() as session:
        return user_row(session, reads.require_user(session, user_id))


def find_user(name: str) -> UserRow:
    """Return the user of this name, in any letter case. Raises NotFound."""
    with reading() as session:
        user = reads.user_named(session, name)
        if user is None:
            raise NotFound(f"There is no user {name[:100]!r}. See: brender users")
        return user_row(session, user)


def add_user(name: str, role: str, *, actor: str) -> Invited:
    """Add a user, who chooses a password by the link. Raises RequestRefused with every fault."""
    now = datetime.now(UTC)
    chosen, text = _read_role(role), name.strip()
    fault = name_fault(text)
    with writing() as session:
        if fault is None and reads.user_named(session, text) is not None:
            fault = Fault(
                field="name",
                message=f"There is a user {text} already.",
                remedy="Choose another name.",
            )
        if fault is not None or isinstance(chosen, Fault):
            raise RequestRefused(*(each for each in (fault, chosen) if isinstance(each, Fault)))
        user = User(name=text, role=chosen, created_at=now)
        session.add(user)
        words = f"User {text} was added as {chosen}."
        writes.note_user(session, user, words, now=now, actor=actor)
        invited = _invite(session, user, now)
    forget_known()
    return invited


def invite(user_id: int, *, actor: str) -> Invited:
    """Return a new link by which the user chooses a password; older ones end. Raises NotFound."""
    now = datetime.now(UTC)
    with writing() as session:
        user = reads.require_user(session, user_id)
        if not user.is_enabled:
            raise ActionRefused(f"{user.name} is disabled. Enable them first.")
        words = f"User {user.name} was given a new link to choose a password."
        writes.note_user(session, user, words, now=now, actor=actor)
        return _invite(session, user, now)


def change_role(user_id: int, role: str, *, actor: str) -> UserRow:
    """Make a user what is asked for, at once. Raises NotFound, RequestRefused, ActionRefused."""
    return change_user(user_id, role=role, actor=actor)


def set_enabled(user_id: int, enabled: bool, *, actor: str) -> UserRow:
    """Let a user in again, or not any more: their sign-ins end, their tokens do not work.

    Raises NotFound, and ActionRefused for the last admin.
    """
    return change_user(user_id, is_enabled=enabled, actor=actor)


def change_user(
    user_id: int,
    *,
    actor: str,
    role: str | None = None,
    is_enabled: bool | None = None,
    tag: str = "",
) -> UserRow:
    """Change what is given, at once; with a tag only if it is still the user's.

    Raises NotFound, RequestRefused, ActionRefused for the last admin, and ChangedMeanwhile.
    """
    now, chosen = datetime.now(UTC), _read_role(role) if role is not None else None
    if isinstance(chosen, Fault):
        raise RequestRefused(chosen)
    with writing() as session:
        user = reads.require_user(session, user_id)
        require_unchanged(tag, user_tag(user.role, user.is_enabled))
        if chosen is not None and chosen != user.role:
            _set_role(session, user, chosen, now=now, actor=actor)
        if is_enabled is not None and is_enabled != user.is_enabled:
            _set_enabled(session, user, is_enabled, now=now, actor=actor)
        row = user_row(session, user)
    forget_known()
    return row


def remove_user(user_id: int, *, actor: str) -> UserRow:
    """Forget a user with their tokens and sign-ins; their shots and the history stay.

    Returns what they were. Raises NotFound, and ActionRefused for the last admin.
    """
    now = datetime.now(UTC)
    with writing() as session:
        user = reads.require_user(session, user_id)
        _keep_an_admin(session, user, becomes=None)
        row = user_row(session, user)
        words = f"User {user.name} was removed."
        writes.note_user(session, user, words, now=now, actor=actor)
        session.delete(user)
    forget_known()
    return row


def user_row(session: Session, user: User) -> UserRow:
    return _rows(session, [user])[0]


def name_fault(name: str) -> Fault | None:
    """Return why nobody can be called so: names stand in lists, histories and file paths."""
    good = 0 < len(name) <= _LONGEST_NAME and all(
        sign in _ALSO or unicodedata.category(sign)[0] in _LETTERS for sign in name
    )
    if good and name[0] not in _ALSO and name[-1] != " ":
        return None
    return Fault(
        field="name",
        message=f"{name[:80]!r} cannot be a user's name.",
        remedy=f"Use 1 to {_LONGEST_NAME} letters and digits, with . _ - + @ ' and spaces between.",
    )


def _read_role(text: str) -> Role | Fault:
    if text in tuple(Role):
        return Role(text)
    return Fault(
        field="role",
        message=f"{text[:40]!r} is no role.",
        remedy=f"Choose one of {', '.join(Role)}.",
    )


def _invite(session: Session, user: User, now: datetime) -> Invited:
    writes.forget_expired(session, now)
    writes.end_invitations(session, user.id)
    key, until = new_key(), now + INVITED_FOR
    session.add(Invitation(user_id=user.id, key_hash=hash_key(key), expires_at=until))
    session.flush()
    return Invited(user=user_row(session, user), key=key, expires_at=until)


def _set_role(session: Session, user: User, role: Role, *, now: datetime, actor: str) -> None:
    _keep_an_admin(session, user, becomes=role)
    words = f"User {user.name} is {role} now, not {user.role} any more."
    user.role = role
    writes.note_user(session, user, words, now=now, actor=actor)


def _set_enabled(
    session: Session, user: User, is_enabled: bool, *, now: datetime, actor: str
) -> None:
    if not is_enabled:
        _keep_an_admin(session, user, becomes=None)
        writes.end_sign_ins(session, user.id)
        writes.end_invitations(session, user.id)
    user.is_enabled = is_enabled
    words = f"User {user.name} was {'enabled' if is_enabled else 'disabled'}."
    writes.note_user(session, user, words, now=now, actor=actor)


def _keep_an_admin(session: Session, user: User, *, becomes: Role | None) -> None:
    """Refuse what would leave the farm without an admin while it has users."""
    is_admin = user.role is Role.ADMIN and user.is_enabled
    if is_admin and becomes is not Role.ADMIN and reads.admin_count(session) < 2:
        raise ActionRefused(
            f"{user.name} is the only admin: nobody could manage users any more. "
            "Make somebody else an admin first."
        )


def _rows(session: Session, users: list[User]) -> tuple[UserRow, ...]:
    sign_ins = reads.sign_in_counts(session, datetime.now(UTC))
    tokens = reads.token_counts(session)
    return tuple(
        UserRow(
            id=user.id,
            name=user.name,
            role=user.role,
            is_enabled=user.is_enabled,
            has_password=bool(user.password_hash),
            uses_openid=user.subject is not None,
            created_at=user.created_at,
            seen_at=user.seen_at,
            sign_in_count=sign_ins.get(user.id, 0),
            token_count=tokens.get(user.id, 0),
        )
        for user in users
    )
