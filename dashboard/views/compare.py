"""Two pictures beside or over each other: two frames, two shots, or before and after."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for

from brender_farm.domain.frames import FrameList, frame_list
from brender_farm.errors import NotFound
from brender_farm.service import frame_versions, shots
from brender_farm.service.alike import AlikeShot, shots_alike
from brender_farm.service.frame_versions import EarlierPicture
from brender_farm.service.shapes.frames import FrameCell
from brender_farm.service.shapes.shots import ShotDetail
from dashboard.paging import whole
from dashboard.views.frames import full_url

pages = Blueprint("compare", __name__, url_prefix="/compare")

MODES = {"side": "Side by side", "wipe": "Wipe", "difference": "Difference"}
GAINS = (1, 4, 16)
BEFORE = "before"
"""The newest earlier picture of a frame, whichever that is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two pictures."""

    detail: ShotDetail
    cell: FrameCell
    earlier: tuple[EarlierPicture, ...]
    version: EarlierPicture | None
    """The earlier picture that is shown; None: the one that is there now."""

    @property
    def tag(self) -> str:
        """The picture's tag; empty when there is none."""
        return self.version.tag if self.version else self.cell.tag

    @property
    def place(self) -> dict[str, Any]:
        """What names this side in the page's address."""
        return {
            "shot": self.detail.row.id,
            "frame": self.cell.frame,
            "version": self.version.tag if self.version else None,
        }

    @property
    def url(self) -> str:
        return url_for(
            "frames.picture",
            shot_id=self.detail.row.id,
            frame=self.cell.frame,
            kind="large",
            v=self.tag,
        )

    @property
    def full_url(self) -> str:
        """Where all its pixels are; of an earlier picture only the preview is left."""
        return "" if self.version else full_url(self.detail, self.cell)


@pages.get("")
def page() -> str:
    args = request.args
    one = _side(whole(args.get("shot"), 0), whole(args.get("frame"), -1), args.get("version", ""))
    alike = shots_alike(one.detail.row.id)
    other = _other(one, alike)
    mode = args.get("mode", "")
    gain = whole(args.get("gain"), 1)
    return render_template(
        "compare/page.html",
        one=one,
        other=other,
        alike=alike,
        modes=MODES,
        mode=mode if mode in MODES else "side",
        gains=GAINS,
        gain=gain if gain in GAINS else 1,
        link=_Links(one, other),
    )


def _other(one: Side, alike: tuple[AlikeShot, ...]) -> Side:
    """Return what was asked for, else what is most worth looking at beside it."""
    args = request.args
    asked = re.match(r"\s*#?(\d+)", args.get("with_shot", ""))
    shot_id, frame = one.detail.row.id, one.cell.frame
    if asked or "with_frame" in args:
        other_id = int(asked[1]) if asked else shot_id
        return _side(other_id, whole(args.get("with_frame"), frame), args.get("with_version", ""))
    if one.earlier:
        return _side(shot_id, frame, one.earlier[0].tag)
    for shot in alike:
        if frame_list(shot.frames).position(frame) is not None:
            return _side(shot.id, frame, "")
    order = frame_list(one.detail.frames)
    return _side(shot_id, _stepped(order, frame, 1) or _stepped(order, frame, -1) or frame, "")


def _side(shot_id: int, frame: int, version: str) -> Side:
    """Return a side; a version that is not known means what is there now.

    Raises NotFound for a frame that is not of the shot.
    """
    detail = shots.get_shot(shot_id)
    position = frame_list(detail.frames).position(frame)
    if position is None:
        raise NotFound(f"“{detail.row.name}” has no frame {frame}: its frames are {detail.frames}.")
    cell = shots.shot_frames(shot_id, offset=position, limit=1).cells[0]
    earlier = frame_versions.earlier_pictures(shot_id, frame)
    shown = next((each for each in earlier if version in (each.tag, BEFORE)), None)
    return Side(detail=detail, cell=cell, earlier=earlier, version=shown)


def _stepped(order: FrameList, frame: int, step: int) -> int | None:
    """Return the frame so many places further on in a shot's order; None: there is none."""
    position = order.position(frame)
    if position is None or not 0 <= position + step < len(order):
        return None
    return order[position + step]


class _Links:
    """Addresses of the same comparison, but for something."""

    def __init__(self, one: Side, other: Side) -> None:
        self._one, self._other = one, other

    def __call__(self, **changes: Any) -> str:
        kept = {name: request.args.get(name) for name in ("mode", "gain")}
        return url_for("compare.page", **(_places(self._one, self._other) | kept | changes))

    def swapped(self) -> str:
        kept = {name: request.args.get(name) for name in ("mode", "gain")}
        return url_for("compare.page", **(_places(self._other, self._one) | kept))

    def stepped(self, step: int) -> str | None:
        """Return the same with both sides so many frames further on; None at an end."""
        frames = [
            _stepped(frame_list(side.detail.frames), side.cell.frame, step)
            for side in (self._one, self._other)
        ]
        if None in frames:
            return None
        return self(
            frame=frames[0],
            version=BEFORE if self._one.version else None,
            with_frame=frames[1],
            with_version=BEFORE if self._other.version else None,
        )


def _places(one: Side, other: Side) -> dict[str, Any]:
    return one.place | {f"with_{name}": value for name, value in other.place.items()}
