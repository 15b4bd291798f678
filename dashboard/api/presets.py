"""Presets, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import url_for

from brender_farm.service import preset_actions, presets
from brender_farm.service.edit_tags import preset_tag
from brender_farm.service.shapes.presets import PresetRow
from dashboard.api import etags
from dashboard.api.schemas.presets import (
    OnePresetSchema,
    PresetListSchema,
    PresetPartSchema,
    PresetSetSchema,
)
from dashboard.who import current_actor

routes = APIBlueprint("presets", __name__, url_prefix="/presets", tag="Presets")


@routes.get("")
@routes.output(PresetListSchema)
@routes.doc(summary="The presets, and what each sets")
def index() -> dict[str, Any]:
    return {"presets": presets.list_presets()}


@routes.get("/<int:preset_id>")
@routes.output(OnePresetSchema)
@routes.doc(summary="One preset", responses=[404])
def one(preset_id: int) -> Any:
    return _tagged(presets.get_preset(preset_id))


@routes.post("")
@routes.input(PresetSetSchema, location="json", arg_name="values")
@routes.output(OnePresetSchema, status_code=201)
@routes.doc(summary="Add a preset", responses=[415])
def add(values: dict[str, Any]) -> tuple[Any, int, dict[str, str]]:
    row = preset_actions.add_preset(**values, actor=current_actor())
    where = url_for("api.presets.one", preset_id=row.id, _external=True)
    return row, 201, {"Location": where}


@routes.patch("")
@routes.input(PresetPartSchema, location="json", arg_name="values")
@routes.output(OnePresetSchema)
@routes.doc(
    summary="Change single settings of the preset of this name, or add it", responses=[415, 422]
)
def change_some(values: dict[str, Any]) -> Any:
    name, changes = values["name"], values["settings"]
    return preset_actions.set_preset(name, changes, actor=current_actor())


@routes.put("/<int:preset_id>")
@routes.input(PresetSetSchema, location="json", arg_name="values")
@routes.input(etags.IfMatchSchema, location="headers", arg_name="headers")
@routes.output(OnePresetSchema)
@routes.doc(
    summary="Give a preset this name and exactly these settings; shots keep theirs",
    responses=[404, 415],
)
def change(preset_id: int, values: dict[str, Any], headers: dict[str, Any]) -> Any:
    tag = etags.seen_tag(headers)
    return _tagged(
        preset_actions.change_preset(preset_id, **values, actor=current_actor(), tag=tag)
    )


@routes.delete("/<int:preset_id>")
@routes.output({}, status_code=204, description="Removed")
@routes.doc(summary="Forget a preset; shows that use it have none then", responses=[404])
def remove(preset_id: int) -> tuple[str, int]:
    preset_actions.remove_preset(preset_id, actor=current_actor())
    return "", 204


def _tagged(preset: PresetRow) -> PresetRow:
    etags.mark(edit=preset_tag(preset))
    return preset
