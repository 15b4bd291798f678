"""What is known of users, their tokens and the browsers they are signed in with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from brender_farm.domain.roles import Role, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow:
    """A user as lists show them."""

    id: int
    name: str
    role: Role
    is_enabled: bool
    has_password: bool
    """Whether they have chosen one."""
    uses_openid: bool
    created_at: datetime
    seen_at: datetime | None
    sign_in_count: int
    token_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRow:
    """A browser that is signed in."""

    id: int
    address: str
    browser: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """A token, without what proves it."""

    id: int
    user: str
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    is_expired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token that was just made."""

    token: TokenRow
    text: str
    """What programs send. It is not kept anywhere: this is the only time it is seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """A user, and the key of a link that lets whoever has it choose their password, once."""

    user: UserRow
    key: str
    expires_at: datetime
