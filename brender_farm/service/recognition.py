"""Recognising who sends a request: by a browser's sign-in, or by a token."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from brender_farm.db.core import reading, writing
from brender_farm.db.models import SignIn, Token, User
from brender_farm.db.reads import users as reads
from brender_farm.domain.person import Person
from brender_farm.service.known import known
from brender_farm.service.passwords import TOKEN_MARK, hash_key

_NOTED_EVERY = timedelta(minutes=5)
"""When somebody was last seen is stored so often at most: it costs a write."""

_HAS_USERS, _BY_SIGN_IN, _BY_TOKEN = "users", "sign-ins", "tokens"


def farm_has_users() -> bool:
    """Whether anybody must sign in: the farm has a user. Told from memory for two seconds."""
    has_users: bool = known(_HAS_USERS).get("", _ask_users)
    return has_users


def person_of_sign_in(key: str) -> Person | None:
    """Return whose browser this is, by the key in its cookie; None: nobody's any more."""
    key_hash = hash_key(key)
    found: Person | None = known(_BY_SIGN_IN).get(key_hash, lambda: _recognise_browser(key_hash))
    return found


def person_of_token(text: str) -> Person | None:
    """Return whose token this is; None: nobody's, or it has expired."""
    if not text.startswith(TOKEN_MARK):
        return None
    key_hash = hash_key(text)
    found: Person | None = known(_BY_TOKEN).get(key_hash, lambda: _recognise_token(key_hash))
    return found


def forget_known() -> None:
    """Ask the database anew about everybody: something about users has changed."""
    for name in (_HAS_USERS, _BY_SIGN_IN, _BY_TOKEN):
        known(name).forget()


def _ask_users() -> bool:
    with reading() as session:
        return reads.has_users(session)


def _recognise_browser(key_hash: str) -> Person | None:
    now = datetime.now(UTC)
    with reading() as session:
        found = reads.sign_in_of(session, key_hash, now)
        if found is None:
            return None
        sign_in, user = found
        person = Person(name=user.name, role=user.role, user_id=user.id, sign_in_id=sign_in.id)
        is_noted = now - sign_in.seen_at < _NOTED_EVERY
    if not is_noted:
        _note_browser(sign_in_id=person.sign_in_id, now=now)
    return person


def _recognise_token(key_hash: str) -> Person | None:
    now = datetime.now(UTC)
    with reading() as session:
        found = reads.token_of(session, key_hash)
        if found is None:
            return None
        token, user = found
        if token.expires_at is not None and token.expires_at <= now:
            return None
        person = Person(name=user.name, role=user.role, user_id=user.id, scope=token.scope)
        token_id = token.id
        is_noted = token.used_at is not None and now - token.used_at < _NOTED_EVERY
    if not is_noted:
        _note_token(token_id, now)
    return person


def _note_browser(sign_in_id: int | None, now: datetime) -> None:
    with writing() as session:
        sign_in = session.get(SignIn, sign_in_id)
        if sign_in is not None:
            sign_in.seen_at = now
            _note_user(session.get(User, sign_in.user_id), now)


def _note_token(token_id: int, now: datetime) -> None:
    with writing() as session:
        token = session.get(Token, token_id)
        if token is not None:
            token.used_at = now
            _note_user(session.get(User, token.user_id), now)


def _note_user(user: User | None, now: datetime) -> None:
    if user is not None:
        user.seen_at = now
