"""Limits and shares, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.errors import NotFound
from brender_farm.service import rules
from brender_farm.service.edit_tags import limit_tag, share_tag
from dashboard.api import etags
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


@routes.get("/limits/<name>")
@routes.output(OneLimitSchema)
@routes.doc(summary="One limit", responses=[404])
def limit(name: str) -> Any:
    row = next((row for row in rules.list_rules().limits if row.name == name), None)
    if row is None:
        raise NotFound(f"There is no limit {name!r}. See: brender limits")
    etags.mark(edit=limit_tag(row))
    return row


@routes.put("/limits/<name>")
@routes.input(LimitSetSchema, location="json", arg_name="values")
@routes.input(etags.IfMatchSchema, location="headers", arg_name="headers")
@routes.output(OneLimitSchema)
@routes.doc(summary="Set how many chunks may have a limit at a time", responses=[415, 422])
def set_limit(name: str, values: dict[str, Any], headers: dict[str, Any]) -> Any:
    tag = etags.seen_tag(headers)
    row = rules.set_limit(name, values["slots"], actor=current_actor(), tag=tag)
    etags.mark(edit=limit_tag(row))
    return row


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


@routes.get("/shares/<path:submitter>")
@routes.output(OneShareSchema)
@routes.doc(summary="One submitter's share", responses=[404])
def share(submitter: str) -> Any:
    row = next((row for row in rules.list_rules().shares if row.submitter == submitter), None)
    if row is None:
        raise NotFound(f"{submitter!r} has neither a share nor unfinished shots.")
    etags.mark(edit=share_tag(row))
    return row


@routes.put("/shares/<path:submitter>")
@routes.input(ShareSetSchema, location="json", arg_name="values")
@routes.input(etags.IfMatchSchema, location="headers", arg_name="headers")
@routes.output(OneShareSchema)
@routes.doc(summary="Set a submitter's weight beside others", responses=[415, 422])
def set_share(submitter: str, values: dict[str, Any], headers: dict[str, Any]) -> Any:
    tag = etags.seen_tag(headers)
    row = rules.set_share(submitter, values["weight"], actor=current_actor(), tag=tag)
    etags.mark(edit=share_tag(row))
    return row


@routes.delete("/shares/<path:submitter>")
@routes.output({}, status_code=204, description="Removed")
@routes.doc(summary="Give a submitter the weight of everybody, 1", responses=[404])
def remove_share(submitter: str) -> tuple[str, int]:
    rules.remove_share(submitter, actor=current_actor())
    return "", 204
