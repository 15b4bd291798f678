"""The users: who there are, adding them, and what each may."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.domain.roles import Role
from brender_farm.domain.shot_filter import ARCHIVED_TOO
from brender_farm.errors import Fault, RequestRefused
from brender_farm.service import shots, sign_ins, users
from brender_farm.service.first_user import add_anyone
from brender_farm.service.recognition import farm_has_users
from brender_farm.service.shapes.people import Invited
from brender_farm.service.shapes.shots import Page
from dashboard.entering import farm_url
from dashboard.people_words import ROLE_WORDS, browser_words
from dashboard.who import current_actor, current_person, local_account

pages = Blueprint("users", __name__, url_prefix="/users")

_UNPROCESSABLE = 422


@pages.after_request
def keep_secret(response: Response) -> Response:
    """Have nobody keep these pages: one shows a link that lets somebody in."""
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.get("")
def index() -> str:
    return _index()


@pages.post("")
def add() -> AnyResponse | tuple[str, int]:
    """Add a user and show their link. The farm's first one goes on to choose the password."""
    name, role, is_first = *_asked(), not farm_has_users()
    try:
        invited = add_anyone(name, role, actor=current_actor())
    except RequestRefused as error:
        return _index(name, role, error.faults), _UNPROCESSABLE
    if is_first:  # whoever adds them is nobody from now on
        return redirect(url_for("sign_in.invitation", key=invited.key), 303)
    return _link(invited), 201


@pages.get("/<int:user_id>")
def page(user_id: int) -> str:
    return render_template(
        "users/page.html",
        user=users.get_user(user_id),
        me=current_person(),
        sign_ins=sign_ins.list_sign_ins(user_id),
        role_words=ROLE_WORDS,
        browser_words=browser_words,
    )


@pages.post("/<int:user_id>/role")
def change_role(user_id: int) -> AnyResponse:
    row = users.change_role(user_id, request.form.get("role", ""), actor=current_actor())
    flash(f"{row.name} is {row.role} now.")
    return _to(user_id)


@pages.post("/<int:user_id>/invite")
def invite(user_id: int) -> tuple[str, int]:
    return _link(users.invite(user_id, actor=current_actor())), 201


@pages.post("/<int:user_id>/enable")
def enable(user_id: int) -> AnyResponse:
    row = users.set_enabled(user_id, True, actor=current_actor())
    flash(f"{row.name} may sign in again.")
    return _to(user_id)


@pages.post("/<int:user_id>/disable")
def disable(user_id: int) -> AnyResponse:
    row = users.set_enabled(user_id, False, actor=current_actor())
    flash(f"{row.name} is disabled: signed out everywhere, and their tokens do not work.")
    return _to(user_id)


@pages.post("/<int:user_id>/end-sign-ins")
def end_sign_ins(user_id: int) -> AnyResponse:
    row = users.get_user(user_id)
    count = sign_ins.end_all_sign_ins(user_id, actor=current_actor())
    flash(f"{row.name} is signed out everywhere ({count}).")
    return _to(user_id)


@pages.get("/<int:user_id>/remove")
def confirm_removal(user_id: int) -> str:
    """Ask first, naming what goes with them and what stays."""
    row = users.get_user(user_id)
    kept = shots.list_shots(Page(submitter=row.name, archived=ARCHIVED_TOO, size=1))
    return render_template("users/remove.html", user=row, shot_count=kept.total)


@pages.post("/<int:user_id>/remove")
def remove(user_id: int) -> AnyResponse:
    row = users.remove_user(user_id, actor=current_actor())
    flash(f"{row.name} is removed; their shots and the history stay.")
    return redirect(url_for("users.index"), 303)


def _asked() -> tuple[str, str]:
    return request.form.get("name", ""), request.form.get("role", "")


def _to(user_id: int) -> AnyResponse:
    return redirect(url_for("users.page", user_id=user_id), 303)


def _link(invited: Invited) -> str:
    link = farm_url() + url_for("sign_in.invitation", key=invited.key)
    return render_template("users/link.html", invited=invited, link=link)


def _index(name: str = "", role: str = "", faults: tuple[Fault, ...] = ()) -> str:
    found = users.list_users()
    return render_template(
        "users/index.html",
        users=found,
        me=current_person(),
        name=name or ("" if found else local_account()),
        role=role or Role.ARTIST,
        faults=faults,
        role_words=ROLE_WORDS,
    )
