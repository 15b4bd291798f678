"""The farm's settings, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint
from flask import current_app

from brender_farm.errors import Fault, RequestRefused
from brender_farm.service.edit_tags import settings_tag
from brender_farm.service.environment import environment
from brender_farm.service.farm_settings import KINDS, all_settings, change_settings
from dashboard.api import etags
from dashboard.api.schemas.settings import SettingChangesSchema, SettingListSchema
from dashboard.who import current_actor

routes = APIBlueprint("settings", __name__, tag="Farm")


@routes.get("/settings")
@routes.output(SettingListSchema)
@routes.doc(summary="What is set for the whole farm, and what the dashboard's environment says")
def index() -> dict[str, Any]:
    return _told()


@routes.patch("/settings")
@routes.input(SettingChangesSchema, location="json", arg_name="values")
@routes.input(etags.IfMatchSchema, location="headers", arg_name="headers")
@routes.output(SettingListSchema)
@routes.doc(summary="Change settings of the farm, by name", responses=[404, 415, 422])
def change(values: dict[str, Any], headers: dict[str, Any]) -> dict[str, Any]:
    for name, value in values.items():
        if not isinstance(value, bool | int | float | str):
            raise RequestRefused(
                Fault(field=name, message="This is no value.", remedy="Give a number or a word.")
            )
    change_settings(values, actor=current_actor(), tag=etags.seen_tag(headers))
    return _told()


def _told() -> dict[str, Any]:
    values = all_settings()
    etags.mark(edit=settings_tag(values))
    return {
        "settings": [asdict(kind) | {"value": values[kind.name]} for kind in KINDS],
        "environment": environment(current_app.extensions["brender_settings"]),
    }
