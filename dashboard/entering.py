"""Letting somebody in and out: where they come from, what their browser keeps, where they go."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

from flask import current_app, g, request, session

from brender_farm.config import Settings
from brender_farm.errors import NotFound
from brender_farm.service import sign_ins
from brender_farm.service.sign_ins import Visitor
from dashboard.who import SIGN_IN, current_person

HOME = "/"
_LONGEST = 2000
_NO_PAGES = ("/api/", "/login", "/logout", "/welcome/", "/static/")


def visitor() -> Visitor:
    """Return where this request comes from."""
    return Visitor(
        address=request.remote_addr or "unknown", browser=request.headers.get("User-Agent", "")
    )


def enter(key: str) -> None:
    """Sign this browser in. Nothing of what it held before stays, whoever put it there."""
    leave()
    session[SIGN_IN] = key
    session.permanent = True
    g.pop("person", None)


def leave() -> None:
    """End this browser's sign-in, if it has one."""
    person = current_person()
    if person is not None and person.sign_in_id is not None and person.user_id is not None:
        with suppress(NotFound):  # it was ended meanwhile, from elsewhere
            sign_ins.end_sign_in(person.sign_in_id, user_id=person.user_id, actor=person.name)
    session.clear()
    g.pop("person", None)


def farm_url() -> str:
    """Return the farm's address for links that are sent on: as it is set, else as it was opened."""
    farm: Settings = current_app.extensions["brender_settings"]
    return farm.public_url or request.host_url.rstrip("/")


def safe_target(text: str | None) -> str:
    r"""Return a page of this farm to go to after signing in: the one asked for, else the first.

    Browsers take `//host`, `/\host` and what has control characters in it for other sites.
    """
    if not text or len(text) > _LONGEST or not text.startswith("/") or text.startswith("//"):
        return HOME
    if "\\" in text or not text.isprintable() or text.startswith(_NO_PAGES):
        return HOME
    try:
        parts = urlsplit(text)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc else text
