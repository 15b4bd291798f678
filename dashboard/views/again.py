"""Asking for frames once more, and giving banned nodes another chance."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.errors import ActionRefused, RequestRefused
from brender_farm.service import again, shots
from brender_farm.service.shapes.shots import ShotDetail
from dashboard.formatting import plural
from dashboard.keepsakes import keep_before_rerender
from dashboard.who import current_actor

pages = Blueprint("again", __name__, url_prefix="/shots/<int:shot_id>")


@pages.get("/rerender")
def form(shot_id: int) -> str:
    """Ask which frames, and why."""
    detail = shots.get_shot(shot_id)
    shot = detail.row
    if "rerender" not in shot.offers:
        raise ActionRefused(
            f"“{shot.name}” is {shot.state}: its frames cannot be asked for again now.",
            allowed=shot.actions,
        )
    return _form(detail, frames=request.args.get("frames", detail.frames))


@pages.post("/rerender")
def rerender(shot_id: int) -> AnyResponse | tuple[str, int]:
    frames = request.form.get("frames", "").strip()
    reason = request.form.get("reason", "").strip()
    try:
        _rerender(shot_id, frames, reason)
    except RequestRefused as error:
        wrong = " ".join(f"{fault.message} {fault.remedy}".strip() for fault in error.faults)
        detail = shots.get_shot(shot_id)
        return _form(detail, frames=frames, reason=reason, fault=wrong), 422
    return redirect(url_for("shot.page", shot_id=shot_id))


@pages.post("/frames/<int:frame>/rerender")
def rerender_one(shot_id: int, frame: int) -> AnyResponse:
    _rerender(shot_id, str(frame), "")
    return redirect(url_for("frames.page", shot_id=shot_id, frame=frame))


@pages.post("/bans/clear")
def clear_bans(shot_id: int) -> AnyResponse:
    shot = again.clear_bans(shot_id, actor=current_actor())
    flash(f"Every node may render “{shot.name}” again.")
    return redirect(url_for("shot.page", shot_id=shot_id))


def _rerender(shot_id: int, frames: str, reason: str) -> None:
    keep_before_rerender(shot_id, frames)
    shot, count = again.rerender_frames(shot_id, frames, actor=current_actor(), reason=reason)
    if count:
        flash(f"{plural(count, 'frame')} of “{shot.name}” will be rendered again.")
    else:
        flash("Nothing to render again: those frames are pending or rendering already.", "warning")


def _form(detail: ShotDetail, *, frames: str, reason: str = "", fault: str = "") -> str:
    return render_template(
        "shot/rerender.html",
        detail=detail,
        shot=detail.row,
        frames=frames,
        reason=reason,
        fault=fault,
    )
