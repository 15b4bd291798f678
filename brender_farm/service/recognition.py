"""Recognising who sends a request: by a browser's sign-in, or by a token."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flask import current_app

from brender_farm.db.core import reading, writing
from brender_farm.db.models import SignIn, Token, User
from brender_farm.db.reads import users as reads
from brender_farm.domain.person import Person
from brender_farm.service.known import Known
from brender_farm.service.passwords import TOKEN_MARK, hash_key

_NOTED_EVERY = timedelta(minutes=5)
"""When somebody was last seen is stored so often at most: it costs a write."""

_EXTENSION = "brender_known"


def farm_has_users() -> bool:
    """Whether anybody must sign in: the farm has a user. Told from memory for two seconds."""
    return _known().has_users.get("", _ask_users)


def person_of_sign_in(key: str) -> Person | None:
    """Return whose browser this is, by the key in its cookie; None: nobody's any more."""
    key_hash = hash_key(key)
    return _known().by_sign_in.get(key_hash, lambda: _recognise_browser(key_hash))


def person_of_token(text: str) -> Person | None:
    """Return whose token this is; None: nobody's, or it has expired."""
    if not text.startswith(TOKEN_MARK):
        return None
    key_hash = hash_key(text)
    return _known().by_token.get(key_hash, lambda: _recognise_token(key_hash))


def forget_known() -> None:
    """Ask the database anew about everybody: something about users has changed."""
    memory = _known()
    for known in (memory.has_users, memory.by_sign_in, memory.by_token):
        known.forget()


@dataclass(frozen=True, slots=True)
class _Memory:
    """What one app knows for a moment."""

    has_users: Known[bool] = field(default_factory=Known)
    by_sign_in: Known[Person | None] = field(default_factory=Known)
    by_token: Known[Person | None] = field(default_factory=Known)


def _known() -> _Memory:
    found: _Memory = current_app.extensions.setdefault(_EXTENSION, _Memory())
    return found


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
