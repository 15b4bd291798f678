"""Passwords and keys: how they are made, kept and compared. None is ever stored readable."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from brender_farm.errors import Fault, RequestRefused

SHORTEST = 10
LONGEST = 200
"""Characters: hashing a longer one would only cost time."""
TOKEN_MARK = "brd_"  # noqa: S105 - what tokens begin with, so that a leaked one is recognised
_KEY_BYTES = 32

_hasher = PasswordHasher()  # RFC 9106, low-memory profile: 64 MB, 3 passes


def hash_password(password: str, *, name: str = "") -> str:
    """Return what is kept of a password. Raises RequestRefused for one that is easily guessed."""
    if fault := password_fault(password, name=name):
        raise RequestRefused(fault)
    return _hasher.hash(password)


def password_fault(password: str, *, name: str = "") -> Fault | None:
    """Return why this cannot be a password."""
    if len(password) < SHORTEST:
        words = f"The password has {len(password)} characters; {SHORTEST} are the least."
        return _fault(words, "Choose a longer one: three or four words are good.")
    if len(password) > LONGEST:
        return _fault(f"The password has more than {LONGEST} characters.", "Choose a shorter one.")
    if len(set(password)) < 4 or (name and password.casefold() == name.casefold()):
        return _fault("The password is easily guessed.", "Choose another one.")
    return None


def is_password(password: str, kept: str) -> bool:
    """Whether this is the password; it takes as long for a user without one, or for nobody."""
    if len(password) > LONGEST:
        return False
    try:
        _hasher.verify(kept or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


def is_outdated(kept: str) -> bool:
    """Whether a password should be hashed anew, with today's parameters."""
    return _hasher.check_needs_rehash(kept)


def new_key() -> str:
    """Return a key that cannot be guessed: 256 random bits, as text for an address."""
    return secrets.token_urlsafe(_KEY_BYTES)


def hash_key(key: str) -> str:
    """Return what is kept of a key: it is random and long, so a fast hash is enough."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


@cache
def _nobody() -> str:
    """Return a hash that no password fits, for comparing as long as with a real one."""
    return _hasher.hash(new_key())


def _fault(message: str, remedy: str) -> Fault:
    return Fault(field="password", message=message, remedy=remedy)
