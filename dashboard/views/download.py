"""Taking a shot's frames along: as one ZIP that is made while it is sent, or as a film."""

from __future__ import annotations

import threading

from flask import Blueprint, Response, abort, current_app, render_template, request

from brender_farm.errors import RequestRefused
from brender_farm.service import shots
from brender_farm.service.download import download_facts, frame_download
from brender_farm.service.film_store import film_state
from brender_farm.service.frame_archive import FrameArchive
from dashboard.sending import name_file

pages = Blueprint("download", __name__, url_prefix="/shots/<int:shot_id>")

AT_ONCE = 3
"""Archives sent at a time: each holds one of the threads that answer everybody."""
_EXTENSION = "brender_archives"


@pages.get("/download")
def page(shot_id: int) -> str | tuple[str, int]:
    """Offer the film and the frames; say what is wrong with frames that were asked for."""
    detail = shots.get_shot(shot_id)
    frames, fault = request.args.get("frames", ""), ""
    if frames:
        try:
            frame_download(shot_id, frames)
        except RequestRefused as error:
            fault = error.faults[0].message
    shown = render_template(
        "download/page.html",
        detail=detail,
        shot=detail.row,
        facts=download_facts(shot_id),
        film=film_state(shot_id),
        frames=frames,
        fault=fault,
    )
    return (shown, 422) if fault else shown


@pages.get("/frames.zip")
def frames_zip(shot_id: int) -> Response:
    """Send finished frames (`frames`: notation) as a ZIP; `files=all`: with all beside them.

    Nothing is compressed: pictures are already. The length is known ahead, so a connection that
    breaks, or a file that changes while it is sent, is seen by the browser.
    """
    wanted = frame_download(
        shot_id, request.args.get("frames", ""), beside=request.args.get("files") == "all"
    )
    turns: threading.BoundedSemaphore = current_app.extensions.setdefault(
        _EXTENSION, threading.BoundedSemaphore(AT_ONCE)
    )
    if not turns.acquire(blocking=False):
        abort(503, description=f"{AT_ONCE} archives are being sent now. Try again when one is.")
    try:
        archive = FrameArchive(wanted)
        size = len(archive)
    except BaseException:
        turns.release()
        raise
    response = Response(iter(archive), mimetype="application/zip")
    response.call_on_close(turns.release)
    response.content_length = size
    name_file(response, f"{wanted.name}.zip")
    response.headers["Cache-Control"] = "no-store"
    return response
