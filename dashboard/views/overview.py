"""The overview: the farm on one page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, render_template

from brender_farm.service.disks import DiskWatch
from brender_farm.service.overview import overview, overview_tag
from dashboard import live
from dashboard.context import glance_once

pages = Blueprint("overview", __name__)


@pages.get("/")
def page() -> str:
    return render_template("overview/page.html", **_shown())


@pages.get("/overview/live")
def fragment() -> Response:
    return live.fragment(overview_tag(), lambda: render_template("overview/_live.html", **_shown()))


def _shown() -> dict[str, Any]:
    disks: DiskWatch = current_app.extensions["brender_disks"]
    return {"found": overview(), "now": glance_once(), "disks": disks.rooms()}
