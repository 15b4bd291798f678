"""Status: how each part of the farm is, and on top what is wrong and what to do."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template

from brender_farm.service.condition import condition
from dashboard import live
from dashboard.looks import PART_LOOKS

pages = Blueprint("condition", __name__, url_prefix="/status")


@pages.get("")
def page() -> str:
    return render_template("condition/page.html", **_shown())


@pages.get("/live")
def fragment() -> Response:
    """Answer each poll anew: what is shown is measured anew, and costs no query."""
    return live.fragment("", lambda: render_template("condition/_live.html", **_shown()))


def _shown() -> dict[str, Any]:
    return {"seen": condition(), "part_looks": PART_LOOKS}
