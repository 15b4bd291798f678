"""Stuck and failed: every frame that failed, with what it means and what helps."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from brender_farm.service.failures import failures_tag, list_failures
from dashboard import live

pages = Blueprint("failures", __name__, url_prefix="/failures")


@pages.get("")
def index() -> str:
    return render_template("failures/index.html", found=list_failures())


@pages.get("/live")
def fragment() -> Response:
    return live.fragment(
        failures_tag(), lambda: render_template("failures/_live.html", found=list_failures())
    )
