"""Putting a shot that is over away, and back into the list."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.service import archive
from dashboard.who import current_actor

pages = Blueprint("archive", __name__, url_prefix="/shots/<int:shot_id>")


@pages.post("/archive")
def put_away(shot_id: int) -> AnyResponse:
    shot = archive.archive_shot(shot_id, actor=current_actor())
    flash(f"“{shot.name}” is archived: it is out of the list, and nothing of it is lost.")
    return redirect(url_for("shot.page", shot_id=shot_id))


@pages.post("/unarchive")
def take_out(shot_id: int) -> AnyResponse:
    shot = archive.unarchive_shot(shot_id, actor=current_actor())
    flash(f"“{shot.name}” is in the list again.")
    return redirect(url_for("shot.page", shot_id=shot_id))
