"""Users, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import url_for

from brender_farm.service import sign_ins, users
from brender_farm.service.edit_tags import user_tag
from brender_farm.service.first_user import add_anyone
from brender_farm.service.shapes.people import Invited, UserRow
from dashboard.api import etags
from dashboard.api.schemas.people import (
    InvitedSchema,
    OneUserSchema,
    UserAddSchema,
    UserChangeSchema,
    UserListSchema,
)
from dashboard.api.schemas.words import NothingSchema
from dashboard.entering import farm_url
from dashboard.who import current_actor

routes = APIBlueprint("users", __name__, url_prefix="/users", tag="Users")


@routes.get("")
@routes.output(UserListSchema)
@routes.doc(summary="The users, and what each may")
def index() -> dict[str, Any]:
    return {"users": users.list_users()}


@routes.post("")
@routes.input(UserAddSchema, location="json", arg_name="values")
@routes.output(InvitedSchema, status_code=201)
@routes.doc(
    summary="Add a user, who chooses a password by the link",
    description="With the first one the farm needs a login, from everybody.",
    responses=[415],
)
def add(values: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    invited = add_anyone(**values, actor=current_actor())
    where = url_for("api.users.one", user_id=invited.user.id, _external=True)
    return _told(invited), 201, {"Location": where}


@routes.get("/<int:user_id>")
@routes.output(OneUserSchema)
@routes.doc(summary="One user", responses=[404])
def one(user_id: int) -> Any:
    return _tagged(users.get_user(user_id))


@routes.patch("/<int:user_id>")
@routes.input(UserChangeSchema, location="json", arg_name="values")
@routes.input(etags.IfMatchSchema, location="headers", arg_name="headers")
@routes.output(OneUserSchema)
@routes.doc(summary="Change a user's role, or whether they may come in", responses=[404, 409, 415])
def change(user_id: int, values: dict[str, Any], headers: dict[str, Any]) -> Any:
    tag = etags.seen_tag(headers)
    return _tagged(users.change_user(user_id, **values, actor=current_actor(), tag=tag))


@routes.delete("/<int:user_id>")
@routes.output({}, status_code=204, description="Removed")
@routes.doc(summary="Forget a user; their shots and the history stay", responses=[404, 409])
def remove(user_id: int) -> tuple[str, int]:
    users.remove_user(user_id, actor=current_actor())
    return "", 204


@routes.post("/<int:user_id>/invite")
@routes.input(NothingSchema, location="json", arg_name="_values")
@routes.output(InvitedSchema, status_code=201)
@routes.doc(
    summary="Make a new link to choose a password; older ones end", responses=[404, 409, 415]
)
def invite(user_id: int, _values: dict[str, Any]) -> tuple[dict[str, Any], int]:
    return _told(users.invite(user_id, actor=current_actor())), 201


@routes.delete("/<int:user_id>/sign-ins")
@routes.output({}, status_code=204, description="Signed out")
@routes.doc(summary="Sign a user out of every browser", responses=[404])
def end_sign_ins(user_id: int) -> tuple[str, int]:
    sign_ins.end_all_sign_ins(user_id, actor=current_actor())
    return "", 204


def _told(invited: Invited) -> dict[str, Any]:
    link = farm_url() + url_for("sign_in.invitation", key=invited.key)
    return {"user": invited.user, "url": link, "expires_at": invited.expires_at}


def _tagged(user: UserRow) -> UserRow:
    etags.mark(edit=user_tag(user.role, user.is_enabled))
    return user
