"""What Blender said while it rendered a chunk."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from brender_farm.domain.states import LIVE_CHUNK_STATES
from brender_farm.errors import NotFound
from brender_farm.service import files, shots
from dashboard import live
from dashboard.log_tail import Tail, read_tail
from dashboard.paging import whole
from dashboard.sending import send_opened

pages = Blueprint("chunks", __name__, url_prefix="/chunks/<int:chunk_id>/log")

LINE_CHOICES = (200, 1_000, 5_000)


@pages.get("")
def page(chunk_id: int) -> str:
    return render_template("chunk/page.html", **_shown(chunk_id))


@pages.get("/live")
def fragment(chunk_id: int) -> Response:
    shown = _shown(chunk_id)
    return live.fragment(shown["tag"], lambda: render_template("chunk/_live.html", **shown))


@pages.get("/raw")
def raw(chunk_id: int) -> Response:
    log = files.open_log(chunk_id)
    if log is None:
        raise NotFound("This chunk has no log: Blender has not said anything, or it was cleared.")
    opened = files.OpenedFile(f"chunk-{chunk_id}.log", log)
    return send_opened(opened, mimetype="text/plain", as_attachment=True)


def _shown(chunk_id: int) -> dict[str, Any]:
    chunk = shots.get_chunk(chunk_id)
    wanted = whole(request.args.get("lines"), LINE_CHOICES[0])
    lines = wanted if wanted in LINE_CHOICES else LINE_CHOICES[0]
    tail: Tail = read_tail(files.open_log(chunk_id), lines)
    return {
        "chunk": chunk,
        "shot": shots.get_shot(chunk.shot_id).row,
        "tail": tail,
        "lines": lines,
        "line_choices": LINE_CHOICES,
        "following": chunk.state in LIVE_CHUNK_STATES,
        "tag": f"{chunk.state}-{chunk.done_count}-{tail.size_bytes}-{lines}",
    }
