"""One's own account, as JSON: for a browser that is signed in, never by a token."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.domain.person import Person
from brender_farm.errors import ActionRefused
from brender_farm.service import sign_ins, tokens, users
from dashboard.api.schemas.people import (
    AccountSchema,
    NewTokenSchema,
    TokenAddSchema,
    TokenListSchema,
)
from dashboard.who import current_person

routes = APIBlueprint("account", __name__, url_prefix="/account", tag="Users")


@routes.get("")
@routes.output(AccountSchema)
@routes.doc(summary="Your account, and the browsers that are signed in", responses=[409])
def mine() -> dict[str, Any]:
    user_id, person = _own()
    return {
        "user": users.get_user(user_id),
        "rights": sorted(person.rights),
        "sign_ins": sign_ins.list_sign_ins(user_id),
    }


@routes.get("/tokens")
@routes.output(TokenListSchema)
@routes.doc(summary="Your tokens, newest first", responses=[409])
def list_tokens() -> dict[str, Any]:
    return {"tokens": tokens.list_tokens(_own()[0])}


@routes.post("/tokens")
@routes.input(TokenAddSchema, location="json", arg_name="values")
@routes.output(NewTokenSchema, status_code=201)
@routes.doc(summary="Make a token", responses=[409, 415])
def add_token(values: dict[str, Any]) -> Any:
    user_id, person = _own()
    return tokens.add_token(user_id, **values, actor=person.name)


@routes.delete("/tokens/<int:token_id>")
@routes.output({}, status_code=204, description="Removed")
@routes.doc(summary="Forget a token of yours; it works no more", responses=[404, 409])
def remove_token(token_id: int) -> tuple[str, int]:
    user_id, person = _own()
    tokens.remove_token(token_id, actor=person.name, user_id=user_id)
    return "", 204


@routes.delete("/sign-ins")
@routes.output({}, status_code=204, description="Signed out")
@routes.doc(summary="Sign yourself out of all other browsers", responses=[409])
def end_others() -> tuple[str, int]:
    user_id, person = _own()
    sign_ins.end_all_sign_ins(user_id, actor=person.name, but=person.sign_in_id)
    return "", 204


def _own() -> tuple[int, Person]:
    person = current_person()
    if person is None or person.user_id is None:
        raise ActionRefused("This farm has no users, so there is no account.")
    return person.user_id, person
