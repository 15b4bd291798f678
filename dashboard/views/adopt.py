"""What the shot page offers when the .blend was changed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.errors import RequestRefused
from brender_farm.service.blend_change import Scope, adopt_blend
from dashboard.keepsakes import keep_before_rerender
from dashboard.who import current_actor

pages = Blueprint("adopt", __name__, url_prefix="/shots/<int:shot_id>/adopt")


@pages.post("")
def act(shot_id: int) -> AnyResponse:
    scope = request.form.get("scope", "")
    if scope == Scope.ALL:
        keep_before_rerender(shot_id, None)
    try:
        shot = adopt_blend(shot_id, scope, actor=current_actor())
    except RequestRefused as error:
        for fault in error.faults:
            flash(f"{fault.message} {fault.remedy}".strip(), "error")
    else:
        flash(f"“{shot.name}” renders the changed .blend; it is now {shot.state}.")
    return redirect(url_for("shot.page", shot_id=shot_id))
