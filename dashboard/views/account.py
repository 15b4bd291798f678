"""One's own account: who one is, the password, the browsers signed in, and tokens."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.domain.person import Person
from brender_farm.domain.roles import Scope
from brender_farm.errors import ActionRefused, Fault, NotFound, RequestRefused, TooManyTries
from brender_farm.service import sign_ins, subjects, tokens, users
from brender_farm.service.passwords import LONGEST, SHORTEST
from dashboard import openid
from dashboard.entering import farm_url, visitor
from dashboard.people_words import ROLE_WORDS, SCOPE_WORDS, browser_words
from dashboard.who import current_person

pages = Blueprint("account", __name__, url_prefix="/account")

DAYS = (30, 90, 365)
_UNPROCESSABLE = 422
_TOO_MANY = 429


@pages.after_request
def keep_secret(response: Response) -> Response:
    """Have nobody keep these pages: one shows a token."""
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.get("")
def page() -> str:
    person = current_person()
    if person is None or person.user_id is None:
        return render_template("account/open.html", me=person)
    return _page(person.user_id)


@pages.post("/password")
def change_password() -> AnyResponse | tuple[str, int]:
    user_id, person = _own()
    new = request.form.get("password", "")
    if new != request.form.get("again", ""):
        differ = Fault(field="again", message="The two differ.", remedy="Write the same one twice.")
        return _page(user_id, (differ,)), _UNPROCESSABLE
    try:
        sign_ins.change_password(
            user_id,
            request.form.get("old", ""),
            new,
            visitor=visitor(),
            keep=person.sign_in_id,
        )
    except RequestRefused as error:
        return _page(user_id, error.faults), _UNPROCESSABLE
    except TooManyTries as error:
        wait = Fault(field="old", message=error.message, remedy="")
        return _page(user_id, (wait,)), _TOO_MANY
    flash("Your password is changed. All other browsers are signed out.")
    return _back()


@pages.post("/sign-ins/<int:sign_in_id>/end")
def end_sign_in(sign_in_id: int) -> AnyResponse:
    user_id, person = _own()
    sign_ins.end_sign_in(sign_in_id, user_id=user_id, actor=person.name)
    flash("That browser is signed out.")
    return _back()


@pages.post("/sign-ins/end")
def end_others() -> AnyResponse:
    user_id, person = _own()
    sign_ins.end_all_sign_ins(user_id, actor=person.name, but=person.sign_in_id)
    flash("All other browsers are signed out.")
    return _back()


@pages.post("/tokens")
def add_token() -> tuple[str, int]:
    """Make a token and show it, this once: it is kept nowhere."""
    user_id, person = _own()
    name, scope = request.form.get("name", ""), request.form.get("scope", "")
    try:
        made = tokens.add_token(user_id, name, scope, _days(), actor=person.name)
    except RequestRefused as error:
        return _page(user_id, error.faults), _UNPROCESSABLE
    return render_template("account/token.html", made=made, address=farm_url()), 201


@pages.get("/tokens/<int:token_id>/remove")
def confirm_removal(token_id: int) -> str:
    user_id, _ = _own()
    found = next((row for row in tokens.list_tokens(user_id) if row.id == token_id), None)
    if found is None:
        raise NotFound("There is no such token of yours: it may have been removed already.")
    return render_template("account/remove_token.html", token=found, scope_words=SCOPE_WORDS)


@pages.post("/tokens/<int:token_id>/remove")
def remove_token(token_id: int) -> AnyResponse:
    user_id, person = _own()
    row = tokens.remove_token(token_id, actor=person.name, user_id=user_id)
    flash(f"The token {row.name} is removed; it works no more.")
    return _back()


@pages.post("/openid")
def connect() -> str:
    """Say where to, and let a link lead there: no form of ours may be sent to another site."""
    user_id, _ = _own()
    openid.mean_to_connect(user_id)
    return render_template("account/openid.html", provider=openid.provider_name())


@pages.post("/openid/remove")
def disconnect() -> AnyResponse:
    user_id, person = _own()
    try:
        subjects.disconnect_subject(user_id, actor=person.name)
    except ActionRefused as error:
        flash(error.message, "error")
        return _back()
    flash("You sign in by name and password only.")
    return _back()


def _own() -> tuple[int, Person]:
    """Return who asks, with the number of their account. Raises ActionRefused without one."""
    person = current_person()
    if person is None or person.user_id is None:
        raise ActionRefused("This farm has no users, so there is no account to change.")
    return person.user_id, person


def _days() -> int | None:
    text = request.form.get("days", "")
    if text == "never":
        return None
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _back() -> AnyResponse:
    return redirect(url_for("account.page"), 303)


def _page(user_id: int, faults: tuple[Fault, ...] = ()) -> str:
    return render_template(
        "account/page.html",
        me=current_person(),
        user=users.get_user(user_id),
        sign_ins=sign_ins.list_sign_ins(user_id),
        tokens=tokens.list_tokens(user_id),
        faults=faults,
        role_words=ROLE_WORDS,
        scopes={scope: SCOPE_WORDS[scope] for scope in Scope},
        days=DAYS,
        usual_days=tokens.DEFAULT_DAYS,
        browser_words=browser_words,
        provider=openid.provider_name(),
        shortest=SHORTEST,
        longest=LONGEST,
    )
