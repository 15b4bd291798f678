"""Limits and shares, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.service import rules
from dashboard.api.schemas.rules import (
    LimitListSchema,
    LimitSetSchema,
    OneLimitSchema,
    OneShareSchema,
    ShareListSchema,
    ShareSetSchema,
)
from dashboard.who import current_actor

routes = APIBlueprint("rules", __name__, tag="Rules")


@routes.get("/limits")
@routes.output(LimitListSchema)
@routes.doc(summary="The farm-wide limits, and what is in use of each")
def limits() -> dict[str, Any]:
    return {"limits": rules.list_rules().limits}


@routes.put("/limits/<name>")
@routes.input(LimitSetSchema, location="json", arg_name="values")
@routes.output(OneLimitSchema)
@routes.doc(summary="Set how many chunks may have a limit at a time", responses=[415, 422])
def set_limit(name: str, values: dict[str, Any]) -> Any:
    return rules.set_limit(name, values["slots"], actor=current_actor())


@routes.delete("/limits/<name>")
@routes.output({}, status_code=204, description="Removed")
@routes.doc(summary="Forget a limit that no unfinished shot names", responses=[404, 409])
def remove_limit(name: str) -> tuple[str, int]:
    rules.remove_limit(name, actor=current_actor())
    return "", 204


@routes.get("/shares")
@routes.output(ShareListSchema)
@routes.doc(summary="How submitters share the farm")
def shares() -> dict[str, Any]:
    return {"shares": rules.list_rules().shares}


@routes.put("/shares/<path:submitter>")
@routes.input(ShareSetSchema, location="json", arg_name="values")
@routes.output(OneShareSchema)
@routes.doc(summary="Set a submitter's weight beside others", responses=[415, 422])
def set_share(submitter: str, values: dict[str, Any]) -> Any:
    return rules.set_share(submitter, values["weight"], actor=current_actor())


@routes.delete("/shares/<path:submitter>")
@routes.output({}, status_code=204, description="Removed")
@routes.doc(summary="Give a submitter the weight of everybody, 1", responses=[404])
def remove_share(submitter: str) -> tuple[str, int]:
    rules.remove_share(submitter, actor=current_actor())
    return "", 204
