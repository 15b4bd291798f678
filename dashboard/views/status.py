"""The farm at a glance, for every page's header; and whether the dashboard is well."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template

from brender_farm.service import farm
from dashboard import live
from dashboard.context import header

pages = Blueprint("status", __name__)


@pages.get("/glance")
def glance() -> Response:
    shown = header()
    return live.fragment(shown["tag"], lambda: render_template("_glance.html", **shown))


@pages.get("/healthz")
def healthz() -> Response:
    """Answer 200 while the dashboard can read its database; the rest is for people to judge."""
    seen = farm.glance()
    return jsonify(
        status="ok",
        scheduler_silent=seen.scheduler_silent,
        broker_trouble=seen.broker_trouble,
        nodes_online=seen.nodes_online,
    )
