"""People whom the OpenID provider vouches for: who they are here, and what they become."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from brender_farm.db.core import writing
from brender_farm.db.models import User
from brender_farm.db.reads import users as reads
from brender_farm.db.writes import users as writes
from brender_farm.domain.roles import Role
from brender_farm.errors import ActionRefused, NotAllowed
from brender_farm.service.recognition import forget_known
from brender_farm.service.sign_ins import Visitor, begin
from brender_farm.service.users import name_fault

_LONGEST_NAME = 60
_LONGEST_SUBJECT = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """What the provider has proven of somebody."""

    issuer: str
    sub: str
    names: tuple[str, ...]
    """What they are called there, the best first."""

    @property
    def subject(self) -> str:
        """Who they are for ever; names may change and be given to somebody else."""
        return f"{self.issuer} {self.sub}"


def sign_in_vouched(vouched: Vouched, newcomers: Role | None, visitor: Visitor) -> str:
    """Return the key of a new sign-in; who comes for the first time becomes a user of this role.

    A name that somebody has here already is never taken over. Raises NotAllowed where newcomers are
    not let in (None), the user is disabled or the farm has no users; ActionRefused for a name that
    is taken or cannot be used.
    """
    _require_subject(vouched)
    now = datetime.now(UTC)
    with writing() as session:
        user = reads.user_of_subject(session, vouched.subject)
        if user is None:
            user = _welcome(session, vouched, newcomers, now)
        if not user.is_enabled:
            raise NotAllowed(f"{user.name} is disabled on this farm. Ask an admin.")
        begun = begin(session, user, visitor)
    forget_known()
    return begun


def connect_subject(user_id: int, vouched: Vouched, *, actor: str) -> None:
    """Let a user sign in by the provider from now on.

    Raises NotFound, and ActionRefused when another user does so already.
    """
    _require_subject(vouched)
    with writing() as session:
        user = reads.require_user(session, user_id)
        other = reads.user_of_subject(session, vouched.subject)
        if other is not None and other.id != user.id:
            raise ActionRefused(f"{other.name} signs in with this account of the provider already.")
        user.subject = vouched.subject
        words = f"{user.name} may sign in by {vouched.issuer}."
        writes.note_user(session, user, words, now=datetime.now(UTC), actor=actor)


def disconnect_subject(user_id: int, *, actor: str) -> None:
    """Let a user sign in by password only. Raises NotFound, and ActionRefused without one."""
    with writing() as session:
        user = reads.require_user(session, user_id)
        if user.subject is None:
            return
        if not user.password_hash:
            raise ActionRefused(
                f"{user.name} has no password and could not sign in any more. Choose one first."
            )
        user.subject = None
        words = f"{user.name} signs in by password only."
        writes.note_user(session, user, words, now=datetime.now(UTC), actor=actor)


def usable_name(names: tuple[str, ...]) -> str | None:
    """Return the first of these names that a user can have, made fit where little is amiss."""
    for name in names:
        kept = "".join(sign if _is_usable(sign) else "-" for sign in name)[:_LONGEST_NAME]
        fit = unicodedata.normalize("NFC", kept).strip(" ._-+@'")
        if name_fault(fit) is None:
            return fit
    return None


def _welcome(session: Session, vouched: Vouched, role: Role | None, now: datetime) -> User:
    name = usable_name(vouched.names)
    if not reads.has_users(session):
        raise NotAllowed(
            "This farm has no users yet. On its machine: brender users add NAME --role admin"
        )
    if role is None:
        raise NotAllowed(
            f"{name or 'Whoever you are'} has no account on this farm. Ask an admin for one; then "
            "sign in with its password, and connect it on your account's page."
        )
    if name is None:
        raise ActionRefused(
            "The provider gives no name that a user can have here. Ask an admin to add you; then "
            "sign in with the password, and connect it on your account's page."
        )
    if reads.user_named(session, name) is not None:
        raise ActionRefused(
            f"There is a user {name} already. If that is you, sign in with the password, and "
            "connect this way on your account's page. Else ask an admin to add you."
        )
    user = User(name=name, role=role, subject=vouched.subject, created_at=now)
    session.add(user)
    words = f"User {name} came by {vouched.issuer} and was added as {role}."
    writes.note_user(session, user, words, now=now, actor=name)
    return user


def _require_subject(vouched: Vouched) -> None:
    if not vouched.sub or len(vouched.subject) > _LONGEST_SUBJECT:
        raise NotAllowed("The provider does not say who you are in a way that can be kept.")


def _is_usable(sign: str) -> bool:
    return name_fault(f"a{sign}a") is None
