"""The door: signing in and out, and choosing a password by a link."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.errors import ActionRefused, Fault, NotAllowed, RequestRefused, TooManyTries
from brender_farm.service import sign_ins, subjects
from brender_farm.service.passwords import LONGEST, SHORTEST
from brender_farm.service.recognition import farm_has_users
from dashboard import openid
from dashboard.entering import HOME, enter, leave, safe_target, visitor
from dashboard.who import current_person, is_open

pages = Blueprint("sign_in", __name__)

_UNPROCESSABLE = 422
_TOO_MANY = 429
_FORBIDDEN = 403
_BAD_GATEWAY = 502


@pages.after_request
def keep_secret(response: Response) -> Response:
    """Have nobody keep these pages, nor their addresses: one holds a key.

    The origin alone still goes along, for the check of where forms come from over TLS.
    """
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


@pages.get("/login")
def page() -> AnyResponse | str:
    target = safe_target(request.args.get("next"))
    if current_person() is not None:
        return redirect(target)
    return _login(target)


@pages.post("/login")
def send() -> AnyResponse | tuple[str, int] | tuple[str, int, dict[str, str]]:
    target = safe_target(request.form.get("next"))
    name = request.form.get("name", "").strip()[:100]
    try:
        key = sign_ins.sign_in(name, request.form.get("password", ""), visitor())
    except RequestRefused as error:
        return _login(target, name, error.faults), _UNPROCESSABLE
    except TooManyTries as error:
        wait = {"Retry-After": str(error.wait_s)}
        return _login(target, name, trouble=error.message), _TOO_MANY, wait
    enter(key)
    return redirect(target, 303)


@pages.post("/logout")
def out() -> AnyResponse:
    leave()
    if is_open():
        return redirect(HOME, 303)
    flash("You are signed out.")
    return redirect(url_for("sign_in.page"), 303)


@pages.get("/welcome/<key>")
def invitation(key: str) -> str:
    return _welcome(key)


@pages.post("/welcome/<key>")
def choose(key: str) -> AnyResponse | tuple[str, int]:
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _welcome(key, (differ(),)), _UNPROCESSABLE
    try:
        begun = sign_ins.choose_password(key, password, visitor())
    except RequestRefused as error:
        return _welcome(key, error.faults), _UNPROCESSABLE
    enter(begun)
    flash("Your password is set, and you are signed in.")
    return redirect(HOME, 303)


@pages.get("/login/openid", endpoint="openid")
def go_to_provider() -> AnyResponse | tuple[str, int]:
    """Send the browser to the OpenID provider."""
    target, person = safe_target(request.args.get("next")), current_person()
    connecting = openid.means_to_connect()
    if person is not None and (connecting is None or connecting != person.user_id):
        return redirect(target)
    try:
        return openid.begin(target)
    except openid.ProviderTrouble as error:
        return _not_let_in(target, error.message, _BAD_GATEWAY)


@pages.get("/login/openid/back", endpoint="openid_back")
def come_from_provider() -> AnyResponse | tuple[str, int]:
    """Let somebody in, or connect their account, by what the provider sent along."""
    meant = openid.meant()
    target = safe_target(meant.target)
    try:
        vouched = openid.vouched()
        if meant.user_id is not None:
            return _connect(meant.user_id, vouched)
        key = subjects.sign_in_vouched(vouched, openid.newcomers(), visitor())
    except openid.ProviderTrouble as error:
        return _not_let_in(target, error.message, _BAD_GATEWAY)
    except (NotAllowed, ActionRefused) as error:
        return _not_let_in(target, error.message, _FORBIDDEN)
    enter(key)
    return redirect(target, 303)


def _connect(user_id: int, vouched: subjects.Vouched) -> AnyResponse:
    person = current_person()
    if person is None or person.user_id != user_id:
        raise NotAllowed("Whoever began to connect an account here has signed out. Sign in again.")
    subjects.connect_subject(user_id, vouched, actor=person.name)
    flash(f"From now on {openid.provider_name()} lets you in as {person.name}.")
    return redirect(url_for("account.page"), 303)


def _not_let_in(target: str, trouble: str, status: int) -> AnyResponse | tuple[str, int]:
    if current_person() is None:
        return _login(target, trouble=trouble), status
    flash(trouble, "error")  # they are in, and came to connect their account
    return redirect(url_for("account.page"), 303)


def differ() -> Fault:
    """Return the fault of a password that was written differently the second time."""
    return Fault(field="again", message="The two differ.", remedy="Write the same one twice.")


def _login(
    target: str, name: str = "", faults: tuple[Fault, ...] = (), *, trouble: str = ""
) -> str:
    return render_template(
        "sign_in/login.html",
        target=target,
        name=name,
        faults=faults,
        trouble=trouble,
        provider=openid.provider_name(),
        has_users=farm_has_users(),
    )


def _welcome(key: str, faults: tuple[Fault, ...] = ()) -> str:
    return render_template(
        "sign_in/welcome.html",
        key=key,
        name=sign_ins.invited_name(key),
        faults=faults,
        shortest=SHORTEST,
        longest=LONGEST,
    )
