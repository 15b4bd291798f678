"""Shows, as JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from apiflask import APIBlueprint

from brender_farm.service import show_changes, shows
from brender_farm.service.edit_tags import show_tag
from brender_farm.service.shapes.shows import ShowRequest, ShowRow
from dashboard.api import etags
from dashboard.api.schemas.shows import (
    OneShowSchema,
    ShowAddSchema,
    ShowChangeSchema,
    ShowListSchema,
)
from dashboard.api.schemas.words import NothingSchema
from dashboard.who import current_actor

routes = APIBlueprint("shows", __name__, tag="Shows", url_prefix="/shows")


@routes.get("")
@routes.output(ShowListSchema)
@routes.doc(summary="The shows, and what there is of each")
def list_shows() -> dict[str, Any]:
    return {"shows": shows.list_shows()}


@routes.post("")
@routes.input(ShowAddSchema, location="json", arg_name="values")
@routes.output(OneShowSchema, status_code=201)
@routes.doc(summary="Add a show", responses=[415, 422])
def add_show(values: dict[str, Any]) -> Any:
    return show_changes.add_show(ShowRequest(**values), actor=current_actor())


@routes.get("/<int:show_id>")
@routes.output(OneShowSchema)
@routes.doc(summary="One show", responses=[404])
def get_show(show_id: int) -> Any:
    return _tagged(shows.get_show(show_id))


@routes.patch("/<int:show_id>")
@routes.input(ShowChangeSchema, location="json", arg_name="values")
@routes.input(etags.IfMatchSchema, location="headers", arg_name="headers")
@routes.output(OneShowSchema)
@routes.doc(summary="Change a show; its shots keep their paths", responses=[404, 415, 422])
def change_show(show_id: int, values: dict[str, Any], headers: dict[str, Any]) -> Any:
    asked = replace(shows.get_show(show_id).as_request(), **values)
    tag = etags.seen_tag(headers)
    return _tagged(show_changes.change_show(show_id, asked, actor=current_actor(), tag=tag))


@routes.delete("/<int:show_id>")
@routes.output({}, status_code=204, description="Deleted")
@routes.doc(summary="Delete a show; its shots and files stay", responses=[404])
def delete_show(show_id: int) -> tuple[str, int]:
    show_changes.delete_show(show_id, actor=current_actor())
    return "", 204


@routes.put("/<int:show_id>/active")
@routes.input(NothingSchema, location="json", arg_name="_values")
@routes.output(OneShowSchema)
@routes.doc(summary="Make it the active show", responses=[404, 415])
def activate(show_id: int, _values: dict[str, Any]) -> Any:
    return show_changes.activate_show(show_id, actor=current_actor())


@routes.delete("/active")
@routes.output({}, status_code=204, description="None is active")
@routes.doc(summary="Have no active show")
def deactivate() -> tuple[str, int]:
    show_changes.deactivate_shows(actor=current_actor())
    return "", 204


def _tagged(show: ShowRow) -> ShowRow:
    etags.mark(edit=show_tag(show))
    return show
