"""The door: every request passes here, and goes no further without the right it needs."""

from __future__ import annotations

from typing import NoReturn

from flask import Flask, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.domain.person import Person
from brender_farm.domain.roles import Right, least_role, rights_of
from brender_farm.errors import NotAllowed, NotFound, SignInNeeded
from brender_farm.service.ownership import submitter_of_chunk, submitter_of_shot
from dashboard.rights import PUBLIC, READING, needed
from dashboard.who import bearer_token, current_person

_DEEDS = {
    Right.LOOK: "look at the farm",
    Right.SELF: "keep filters and notifications",
    Right.ACCOUNT: "change an account: sign in with a password for that",
    Right.SUBMIT: "submit shots",
    Right.SHOT: "steer shots",
    Right.ALL_SHOTS: "steer what others submitted",
    Right.NODES: "steer nodes",
    Right.RULES: "set limits, shares and presets",
    Right.FARM: "manage users, shows and settings",
}
_PAGES = ("api_docs.page",)
"""What people look at although it is below the API's address."""
_ELSEWHERE = ("cross-site", "same-site")
"""Where a browser says a request comes from that another site's page sent."""


def watch_the_door(app: Flask) -> None:
    app.before_request(check)


def check() -> AnyResponse | None:
    """Let the request through, send a browser to the login, or refuse."""
    _refuse_other_sites()
    endpoint = request.endpoint
    if endpoint in PUBLIC:
        return None
    person = current_person()
    if person is None:
        return _ask_to_sign_in()
    if endpoint is not None:  # else there is no such page, and the answer says so
        _require(person, endpoint)
    return None


def can(endpoint: str, submitter: str | None = None) -> bool:
    """Whether the person at this page is let through to another: for what leads there.

    `submitter` is whose shot it is about, where it is about one.
    """
    person, right = current_person(), needed(endpoint, "GET")
    if person is None or right is None:
        return False
    if right is Right.SHOT and submitter is not None:
        return person.may_steer(submitter)
    return person.may(right)


def _require(person: Person, endpoint: str) -> None:
    right = needed(endpoint, request.method)
    if right is None:
        raise NotAllowed("Nobody may do this: it is missing in the table of rights.")
    if not person.may(right):
        _refuse(person, right)
    if right is Right.SHOT and not person.may(Right.ALL_SHOTS):
        _require_own(person)


def _require_own(person: Person) -> None:
    """Refuse what is about another person's shot. What names many shots is looked at later."""
    args = request.view_args or {}
    if "shot_id" in args:
        submitter = submitter_of_shot(args["shot_id"])
    elif "chunk_id" in args:
        submitter = submitter_of_chunk(args["chunk_id"])
    else:
        return
    if submitter is None:
        raise NotFound("There is no such shot: it may have been deleted.")
    if submitter != person.name:
        raise NotAllowed(
            f"This shot is {submitter}'s. You ({person.name}) are {person.role} and may steer your "
            "own; ask a wrangler."
        )


def _refuse(person: Person, right: Right) -> NoReturn:
    if person.scope is not None and right in rights_of(person.role):
        raise NotAllowed(
            f"This token's scope is {person.scope!s}, which is not enough to {_DEEDS[right]}. "
            "Make one with a wider scope."
        )
    role = least_role(right)
    article = "an" if role.startswith("a") else "a"
    raise NotAllowed(
        f"You ({person.name}) are {person.role}; to {_DEEDS[right]} takes {article} {role}."
    )


def _ask_to_sign_in() -> AnyResponse:
    is_page = not request.path.startswith(("/api/", "/metrics")) or request.endpoint in _PAGES
    if not is_page or bearer_token() is not None:
        raise SignInNeeded(
            "This token is not known, or has expired. Make a new one on your account's page."
            if bearer_token() is not None
            else "Sign in, or send a token: Authorization: Bearer brd_…"
        )
    if request.method not in READING or request.headers.get("HX-Request"):
        raise SignInNeeded("You are not signed in any more. Load the page again and sign in.")
    target = request.full_path.rstrip("?")
    return redirect(url_for("sign_in.page", next=None if target == "/" else target))


def _refuse_other_sites() -> None:
    """Refuse changes that a page of another site asks for, whatever else protects from them."""
    if request.method in READING or bearer_token() is not None:
        return
    if request.headers.get("Sec-Fetch-Site") in _ELSEWHERE:
        abort(403, description="Another site's page sent this. Use the farm's own pages.")
