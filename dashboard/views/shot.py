"""One shot: its page, and what may be done to it."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.domain.states import FrameState
from brender_farm.errors import ActionRefused, RequestRefused
from brender_farm.service import deletion, shots
from brender_farm.service.audit_result import AuditResult
from brender_farm.service.film_store import film_mark, film_state
from brender_farm.service.foresight import forecast_stamp
from brender_farm.service.latest import latest_frame
from brender_farm.service.shapes.shots import ShotDetail
from brender_farm.service.show_paths import paths_of
from dashboard import live
from dashboard.audits import Audits
from dashboard.formatting import plural
from dashboard.frame_map import map_of
from dashboard.looks import SHOT_ACTION_LOOKS
from dashboard.paging import Slice, whole
from dashboard.who import current_actor

pages = Blueprint("shot", __name__, url_prefix="/shots/<int:shot_id>")

FRAMES_PER_PAGE = 120
CHUNKS_SHOWN = 12
CHUNKS_IN_ALL = 200


@pages.get("")
def page(shot_id: int) -> str:
    return render_template("shot/page.html", **_shown(shot_id))


@pages.get("/live")
def fragment(shot_id: int) -> Response:
    tag = _tag(shot_id)
    return live.fragment(tag, lambda: render_template("shot/_live.html", **_shown(shot_id)))


@pages.get("/actions/<action>")
def confirm(shot_id: int, action: str) -> str:
    """Ask before something that cannot be taken back, naming what it will stop."""
    shot = shots.get_shot(shot_id).row
    if action not in shot.actions:
        raise ActionRefused(
            f"“{shot.name}” is {shot.state}: “{action}” is not possible now.", allowed=shot.actions
        )
    return render_template("shot/confirm.html", shot=shot, action=action)


@pages.post("/actions/<action>")
def act(shot_id: int, action: str) -> AnyResponse:
    reason = request.form.get("reason", "").strip()
    shot = shots.act_on_shot(shot_id, action, actor=current_actor(), reason=reason)
    word = SHOT_ACTION_LOOKS[action].word if action in SHOT_ACTION_LOOKS else action
    flash(f"{word}: “{shot.name}” is now {shot.state}.")
    return redirect(url_for("shot.page", shot_id=shot_id))


@pages.post("/priority")
def prioritise(shot_id: int) -> AnyResponse:
    text = request.form.get("priority", "").strip()
    try:
        shot = shots.set_priority(shot_id, whole(text, -1), actor=current_actor())
    except RequestRefused as error:
        flash(error.message, "error")
    else:
        flash(f"“{shot.name}” now has priority {shot.priority}.")
    return redirect(url_for("shot.page", shot_id=shot_id))


@pages.get("/delete")
def confirm_deletion(shot_id: int) -> str:
    """Ask first, naming what will be stopped, what is forgotten and what stays."""
    detail = shots.get_shot(shot_id)
    return render_template("shot/delete.html", detail=detail, shot=detail.row)


@pages.post("/delete")
def delete(shot_id: int) -> AnyResponse:
    detail = shots.get_shot(shot_id)
    deletion.delete_shot(shot_id, actor=current_actor())
    flash(
        f"“{detail.row.name}” was deleted. "
        f"{plural(detail.row.done_count, 'finished frame')} left in {detail.output_dir}."
    )
    return redirect(url_for("shots.index"))


def _tag(shot_id: int) -> str:
    """Return a tag that changes with the shot, its time left, and how far an audit of it is."""
    audit = _audits().of(shot_id)
    tag = f"{shots.shot_tag(shot_id)}-{forecast_stamp()}{film_mark(shot_id)}"
    return tag if audit is None else f"{tag}-{audit.checked_count}"


def _audits() -> Audits:
    audits: Audits = current_app.extensions["brender_audits"]
    return audits


def _audit_news(detail: ShotDetail) -> AuditResult | None:
    """Return what the last audit found, if someone should know and it is not mended since."""
    audit, finished_at = detail.audit, detail.row.finished_at
    if audit is None or audit.is_well:
        return None
    mended = finished_at is not None and finished_at > audit.at
    return None if mended else audit


def _shown(shot_id: int) -> dict[str, Any]:
    # The tag is read first: what changes meanwhile is then fetched again, never missed.
    tag = _tag(shot_id)
    detail = shots.get_shot(shot_id)
    wanted = request.args.get("frames", "")
    state = wanted if wanted in set(FrameState) else ""
    number = max(1, whole(request.args.get("page"), 1))
    offset = (number - 1) * FRAMES_PER_PAGE
    frames = shots.shot_frames(shot_id, offset=offset, limit=FRAMES_PER_PAGE, state=state)
    chunk_limit = CHUNKS_IN_ALL if request.args.get("chunks") == "all" else CHUNKS_SHOWN
    return {
        "tag": tag,
        "detail": detail,
        "shot": detail.row,
        "frames": frames,
        "frame_state": state,
        "part": Slice(number, FRAMES_PER_PAGE, frames.total),
        "frame_map": map_of(detail, FRAMES_PER_PAGE),
        "output_paths": paths_of(detail.output_dir),
        "latest": latest_frame(shot_id) if detail.row.done_count else None,
        "film": film_state(shot_id) if film_mark(shot_id) else None,
        "chunks": shots.shot_chunks(shot_id, limit=chunk_limit),
        "chunk_limit": chunk_limit,
        "all_chunks": chunk_limit == CHUNKS_IN_ALL,
        "auditing": _audits().of(shot_id),
        "audit_news": _audit_news(detail),
        "events": shots.shot_events(shot_id, limit=30),
    }
