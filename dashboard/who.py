"""Who is acting: by a token, by a browser's sign-in, or at the farm's own machine."""

from __future__ import annotations

import getpass

from flask import g, request, session

from brender_farm.config import LOOPBACK_HOSTS
from brender_farm.domain.person import Person
from brender_farm.domain.roles import Right, Role
from brender_farm.service.recognition import (
    farm_has_users,
    person_of_sign_in,
    person_of_token,
)

SIGN_IN = "sign_in"
"""Where the session cookie holds the key of its sign-in."""
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")


def current_person() -> Person | None:
    """Return who sent this request; None: nobody who is known. Found out once a request."""
    if "person" not in g:
        g.person = _recognise()
    found: Person | None = g.person
    return found


def current_actor() -> str:
    """Return the name that goes into the history."""
    person = current_person()
    return person.name if person is not None else (request.remote_addr or "unknown")


def only_of() -> str | None:
    """Return whose shots alone they may steer; None: anybody's."""
    person = current_person()
    if person is not None and person.may(Right.ALL_SHOTS):
        return None
    return person.name if person is not None else ""


def is_open() -> bool:
    """Whether this request needs no login: no users yet, and it comes from this machine itself.

    What a proxy passed on from elsewhere comes from elsewhere.
    """
    return (
        request.remote_addr in LOOPBACK_HOSTS
        and not any(name in request.headers for name in _FORWARDED)
        and not farm_has_users()
    )


def bearer_token() -> str | None:
    """Return the token that the request carries, whatever it is worth."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else None


def _recognise() -> Person | None:
    token = bearer_token()
    if token is not None:  # never a cookie instead: a program must learn that its token is wrong
        return person_of_token(token)
    key = session.get(SIGN_IN)
    if isinstance(key, str) and (person := person_of_sign_in(key)) is not None:
        return person
    return Person(name=local_account(), role=Role.ADMIN) if is_open() else None


def local_account() -> str:
    """Return the name of the account that the dashboard runs under."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user without a name
        return "local"
