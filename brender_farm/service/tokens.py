"""Tokens: what programs sign in with, as their owner and with no more than their scope."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Token, User
from brender_farm.db.reads import users as reads
from brender_farm.db.writes.users import note_user
from brender_farm.domain.roles import Scope
from brender_farm.errors import Fault, NotFound, RequestRefused
from brender_farm.service.passwords import TOKEN_MARK, hash_key, new_key
from brender_farm.service.recognition import forget_known
from brender_farm.service.shapes.people import NewToken, TokenRow

MAX_TOKENS = 100
"""Of one user."""
DEFAULT_DAYS = 90
_MAX_DAYS = 3650
_LONGEST_NAME = 100


def list_tokens(user_id: int | None = None) -> tuple[TokenRow, ...]:
    """Return a user's tokens (None: everybody's), newest first."""
    now = datetime.now(UTC)
    with reading() as session:
        return tuple(_row(token, user, now) for token, user in reads.tokens_of(session, user_id))


def add_token(
    user_id: int, name: str, scope: str, days: int | None = DEFAULT_DAYS, *, actor: str
) -> NewToken:
    """Make a token of a user that works for so many days; None: until it is removed.

    Raises NotFound, and RequestRefused with every fault.
    """
    now, text = datetime.now(UTC), TOKEN_MARK + new_key()
    with writing() as session:
        user = reads.require_user(session, user_id)
        if faults := _faults(session, user, name.strip(), scope, days):
            raise RequestRefused(*faults)
        token = Token(
            user_id=user.id,
            name=name.strip(),
            key_hash=hash_key(text),
            scope=Scope(scope),
            created_at=now,
            expires_at=None if days is None else now + timedelta(days=days),
        )
        session.add(token)
        words = f"A token {token.name} of {user.name} was made, to {_SCOPE_WORDS[token.scope]}."
        note_user(session, user, words, now=now, actor=actor)  # gives the token its number as well
        return NewToken(token=_row(token, user.name, now), text=text)


def remove_token(token_id: int, *, actor: str, user_id: int | None = None) -> TokenRow:
    """Forget a token; it works no more. With `user_id` only one of that user's.

    Returns what it was. Raises NotFound.
    """
    now = datetime.now(UTC)
    with writing() as session:
        token = session.get(Token, token_id)
        if token is None or user_id not in (None, token.user_id):
            raise NotFound(f"There is no token {token_id}. See: brender tokens")
        user = reads.require_user(session, token.user_id)
        row = _row(token, user.name, now)
        session.delete(token)
        words = f"The token {row.name} of {user.name} was removed."
        note_user(session, user, words, now=now, actor=actor)
    forget_known()
    return row


_SCOPE_WORDS = {
    Scope.READ: "look only",
    Scope.SUBMIT: "submit and steer their shots",
    Scope.FULL: "do all that they may",
}


def _faults(session: Session, user: User, name: str, scope: str, days: int | None) -> list[Fault]:
    faults = []
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        words = "A token needs a name." if not name else f"{name[:40]!r} cannot be its name."
        remedy = f"Say what it is for, in 1 to {_LONGEST_NAME} printable characters."
        faults.append(Fault(field="name", message=words, remedy=remedy))
    if scope not in tuple(Scope):
        remedy = f"Choose one of {', '.join(Scope)}."
        faults.append(Fault(field="scope", message=f"{scope[:40]!r} is no scope.", remedy=remedy))
    if days is not None and not 1 <= days <= _MAX_DAYS:
        faults.append(
            Fault(
                field="days",
                message=f"{days} days are not possible.",
                remedy=f"Give a number from 1 to {_MAX_DAYS}.",
            )
        )
    if len(reads.tokens_of(session, user.id)) >= MAX_TOKENS:
        remedy = "Remove some that are not used any more."
        words = f"{user.name} has {MAX_TOKENS} tokens."
        faults.append(Fault(field="name", message=words, remedy=remedy))
    return faults


def _row(token: Token, user: str, now: datetime) -> TokenRow:
    return TokenRow(
        id=token.id,
        user=user,
        name=token.name,
        scope=token.scope,
        created_at=token.created_at,
        expires_at=token.expires_at,
        used_at=token.used_at,
        is_expired=token.expires_at is not None and token.expires_at <= now,
    )
