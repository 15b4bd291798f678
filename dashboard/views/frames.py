"""One frame: its page, its picture in two sizes, and its file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)

from brender_farm.domain.frames import frame_list
from brender_farm.domain.states import may_rerender
from brender_farm.errors import NotFound
from brender_farm.service import files, frame_versions, shots
from brender_farm.service.frame_versions import TAG_SIGNS, EarlierPicture
from brender_farm.service.shapes.frames import FrameCell
from brender_farm.service.shapes.shots import ShotDetail
from dashboard import live
from dashboard.picture_store import PictureStore
from dashboard.placeholders import picture_placeholder
from dashboard.sending import send_opened
from dashboard.thumbnails import WIDTHS, Wanted, earlier_picture, is_tag, thumbnail

pages = Blueprint("frames", __name__, url_prefix="/shots/<int:shot_id>")

FOR_EVER = "private, max-age=31536000, immutable"
FOR_A_WHILE = "private, max-age=600"
SHOWN_BY_BROWSERS = ("PNG", "JPEG", "WEBP")
"""Formats of which the file itself can be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """A frame with those before and after it, in rendering order."""

    before: FrameCell | None
    cell: FrameCell
    after: FrameCell | None
    position: int


@pages.get("/frames/<int:frame>")
def page(shot_id: int, frame: int) -> str:
    return render_template("frame/page.html", **_shown(shot_id, frame))


@pages.get("/frames/<int:frame>/live")
def fragment(shot_id: int, frame: int) -> Response:
    shown = _shown(shot_id, frame)
    return live.fragment(shown["tag"], lambda: render_template("frame/_live.html", **shown))


@pages.get("/frames/<int:frame>/<kind>.jpg")
def picture(shot_id: int, frame: int, kind: str) -> Response:
    """Give the frame's picture; `v` is its tag, so that browsers keep it until it changes."""
    tag = request.args.get("v", "")
    if kind not in WIDTHS or not is_tag(tag):
        raise NotFound("There is no such picture.")
    return _picture(Wanted(shot_id=shot_id, frame=frame, tag=tag, kind=kind), FOR_EVER)


@pages.get("/poster.jpg")
def poster(shot_id: int) -> Response:
    """Give the picture of the shot's first finished frame, small or of another `kind`."""
    kind = request.args.get("kind", "thumb")
    found = shots.shot_frames(shot_id, limit=1, state="done").cells
    if not found or not is_tag(found[0].tag) or kind not in WIDTHS:
        return picture_placeholder("")
    first = Wanted(shot_id=shot_id, frame=found[0].frame, tag=found[0].tag, kind=kind)
    return _picture(first, FOR_A_WHILE)


@pages.get("/frames/<int:frame>/file")
def file(shot_id: int, frame: int) -> Response:
    return send_opened(files.open_frame(shot_id, frame))


@pages.get("/frames/<int:frame>/files/<path:name>")
def extra_file(shot_id: int, frame: int, name: str) -> Response:
    """Give what was published beside the picture; always as a download, whatever it is."""
    return send_opened(files.open_extra(shot_id, frame, name), as_attachment=True)


def _picture(wanted: Wanted, caching: str) -> Response:
    store: PictureStore = current_app.extensions["brender_pictures"]
    kept = wanted.path(store.folder)
    if not kept.exists():  # a kept one needs no question to the database
        source, digest = files.recorded_picture(wanted.shot_id, wanted.frame)
        if wanted.tag != digest[:TAG_SIGNS]:
            return _earlier_picture(wanted, store, digest[:TAG_SIGNS])
        made = thumbnail(wanted, source, store.folder)
        if made is None:
            gone = not source.exists()
            words = "File is gone" if gone else "Cannot be shown"
            return picture_placeholder(words, large=wanted.kind != "thumb")
        kept = made
        store.count_one()
    return _jpeg(kept, caching)


def _earlier_picture(wanted: Wanted, store: PictureStore, now: str) -> Response:
    """Give what was kept of a picture that was replaced; of a page that is old, what is there now.

    The file of now is never kept under the tag of another.
    """
    kept = earlier_picture(wanted, store.folder)
    if kept is not None:
        return _jpeg(kept, FOR_A_WHILE)
    earlier = frame_versions.earlier_pictures(wanted.shot_id, wanted.frame)
    if wanted.tag in {version.tag for version in earlier} or not now:
        return picture_placeholder("No preview was kept", large=wanted.kind != "thumb")
    where = url_for(
        "frames.picture", shot_id=wanted.shot_id, frame=wanted.frame, kind=wanted.kind, v=now
    )
    response = redirect(where, code=302)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]


def _jpeg(kept: Path, caching: str) -> Response:
    response = send_file(kept, mimetype="image/jpeg", conditional=True)
    response.headers["Cache-Control"] = caching
    return response


def _around(detail: ShotDetail, frame: int) -> Neighbours:
    position = frame_list(detail.frames).position(frame)
    if position is None:
        raise NotFound(f"“{detail.row.name}” has no frame {frame}: its frames are {detail.frames}.")
    offset = max(0, position - 1)
    cells = shots.shot_frames(detail.row.id, offset=offset, limit=3).cells
    here = position - offset
    return Neighbours(
        before=cells[here - 1] if here else None,
        cell=cells[here],
        after=cells[here + 1] if here + 1 < len(cells) else None,
        position=position,
    )


def full_url(detail: ShotDetail, cell: FrameCell) -> str:
    """Return where a frame's picture is with all its pixels, in a form that browsers show."""
    if detail.format in SHOWN_BY_BROWSERS:
        return url_for("frames.file", shot_id=detail.row.id, frame=cell.frame, v=cell.tag)
    return url_for(
        "frames.picture", shot_id=detail.row.id, frame=cell.frame, kind="full", v=cell.tag
    )


def _earlier(shot_id: int, cell: FrameCell) -> tuple[EarlierPicture, ...]:
    return frame_versions.earlier_pictures(shot_id, cell.frame) if cell.state != "pending" else ()


def _shown(shot_id: int, frame: int) -> dict[str, Any]:
    detail = shots.get_shot(shot_id)
    around = _around(detail, frame)
    again = may_rerender(detail.row.state, around.cell.state)
    earlier = _earlier(shot_id, around.cell)
    shown = repr((around.cell, again, earlier)).encode()
    return {
        "detail": detail,
        "shot": detail.row,
        "around": around,
        "earlier": earlier,
        "full_url": full_url(detail, around.cell),
        "may_rerender": again,
        "tag": hashlib.sha256(shown).hexdigest()[:16],
    }
