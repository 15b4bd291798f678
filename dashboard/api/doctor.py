"""Checking every part of the farm, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import current_app, url_for

from brender_farm.errors import NotFound
from dashboard.api.schemas.doctor import CheckStartSchema, LastCheckSchema, OneCheckSchema
from dashboard.examinations import Examinations
from dashboard.who import current_actor

routes = APIBlueprint("doctor", __name__, url_prefix="/doctor", tag="Farm")

WAIT_S = 5.0


@routes.get("")
@routes.output(LastCheckSchema)
@routes.doc(summary="What the check that goes on, or the last one, has found")
def last() -> dict[str, Any]:
    return {"check": _examinations().last}


@routes.post("")
@routes.input(CheckStartSchema, location="json", arg_name="values")
@routes.output(OneCheckSchema, description="Through, or 202 while it goes on after 5 s")
@routes.doc(
    summary="Check every part of the farm and ask every node; one check at a time",
    responses=[404, 415],
)
def start(values: dict[str, Any]) -> tuple[Any, int, dict[str, str]]:
    check = _examinations().start(**values, actor=current_actor())
    is_over = check.wait(WAIT_S)
    if is_over and check.trouble:
        raise NotFound(check.trouble)
    where = {"Location": url_for("api.doctor.last", _external=True)}
    return (check, 200, {}) if is_over else (check, 202, where)


def _examinations() -> Examinations:
    found: Examinations = current_app.extensions["brender_examinations"]
    return found
