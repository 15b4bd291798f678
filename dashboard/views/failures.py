"""Stuck and failed: the frames that need somebody, with what it means and what helps."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.errors import ActionRefused
from brender_farm.service import shots
from brender_farm.service.again import rerender_frames
from brender_farm.service.elsewhere import try_elsewhere
from brender_farm.service.failures import failures_tag, list_failures
from brender_farm.service.stuck import list_stuck, slow_frames, stuck_tag
from dashboard import live
from dashboard.keepsakes import keep_before_rerender
from dashboard.paging import whole
from dashboard.who import current_actor

pages = Blueprint("failures", __name__, url_prefix="/failures")


@pages.get("")
def index() -> str:
    return render_template(
        "failures/index.html", found=list_failures(), stuck=list_stuck(), slow=slow_frames()
    )


@pages.get("/live")
def fragment() -> Response:
    return live.fragment(
        failures_tag(), lambda: render_template("failures/_live.html", found=list_failures())
    )


@pages.get("/stuck/live")
def stuck_fragment() -> Response:
    return live.fragment(
        stuck_tag(), lambda: render_template("failures/_stuck.html", stuck=list_stuck())
    )


@pages.post("/chunks/<int:chunk_id>/elsewhere")
def elsewhere(chunk_id: int) -> AnyResponse:
    """Take the frame that somebody saw there from its node."""
    frame = whole(request.form.get("frame"), -1)
    try:
        moved = try_elsewhere(chunk_id, None if frame < 0 else frame, actor=current_actor())
    except ActionRefused as error:
        flash(error.message, "error")
        return _back()
    words = f"Frame {moved.frame} of “{moved.shot.name}” was taken from {moved.node}"
    if moved.has_others:
        flash(f"{words}: another node renders it.")
    else:
        flash(f"{words}. No other node takes work now, so it may come back to it.", "warning")
    return _back()


@pages.post("/shots/<int:shot_id>/pause")
def pause(shot_id: int) -> AnyResponse:
    try:
        shot = shots.act_on_shot(shot_id, "pause", actor=current_actor())
    except ActionRefused as error:
        flash(error.message, "error")
    else:
        flash(f"“{shot.name}” is paused: frames that render are finished, nothing new begins.")
    return _back()


@pages.post("/shots/<int:shot_id>/frames/<int:frame>/rerender")
def rerender(shot_id: int, frame: int) -> AnyResponse:
    keep_before_rerender(shot_id, str(frame))
    try:
        shot, count = rerender_frames(shot_id, str(frame), actor=current_actor())
    except ActionRefused as error:
        flash(error.message, "error")
        return _back()
    if count:
        flash(f"Frame {frame} of “{shot.name}” will be rendered again.")
    else:
        flash(f"Frame {frame} of “{shot.name}” is in line or rendering already.", "warning")
    return _back()


def _back() -> AnyResponse:
    return redirect(url_for("failures.index"))
