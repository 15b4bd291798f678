"""What every template can use."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g

from brender_farm.domain.explain import explain
from brender_farm.service import farm
from brender_farm.service.shapes.farm import FarmGlance
from brender_farm.service.trouble import glance_trouble
from dashboard import links, looks, navigation
from dashboard.guard import can
from dashboard.live import glance_tag
from dashboard.who import current_person


def register_context(app: Flask) -> None:
    app.jinja_env.filters["linked"] = links.linked
    app.jinja_env.globals.update(
        shot_looks=looks.SHOT_LOOKS,
        chunk_looks=looks.CHUNK_LOOKS,
        frame_looks=looks.FRAME_LOOKS,
        retry_look=looks.RETRY_LOOK,
        stuck_look=looks.STUCK_LOOK,
        slow_look=looks.SLOW_LOOK,
        explain=explain,
        shot_action_looks=looks.SHOT_ACTION_LOOKS,
        shot_offer_looks=looks.SHOT_OFFER_LOOKS,
        node_action_looks=looks.NODE_ACTION_LOOKS,
        node_look=looks.node_look,
        audit_look=looks.audit_look,
        reason_tone=looks.reason_tone,
        free_slots=looks.free_slots,
        shot_segments=looks.shot_segments,
        header=header,
        can=can,
        person=current_person,
        nav_bar=navigation.bar,
        nav_menu=navigation.menu,
        nav_in_menu=navigation.is_in_menu,
    )


def glance_once() -> FarmGlance:
    """Return the farm in one line, read once for a request."""
    if "glance" not in g:
        g.glance = farm.glance()
    found: FarmGlance = g.glance
    return found


def header() -> dict[str, Any]:
    """Return what the header shows. Called by the layout, so that fragments do not pay for it."""
    glance = glance_once()
    return {
        "glance": glance,
        "tag": glance_tag(glance),
        "warning": glance_trouble(glance, current_app.extensions["brender_settings"]),
    }
