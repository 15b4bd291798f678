"""Changing a shot that exists, and submitting it again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.errors import FarmError, Fault, RequestRefused
from brender_farm.service import shot_edit, shots
from brender_farm.service.edit_request import understand
from brender_farm.service.shot_settings import LABELS, differences
from dashboard.keepsakes import keep_before_rerender
from dashboard.submit_form import FIELD_WORDS, SubmitForm
from dashboard.views.submit import choices, facts_if_readable, faults_of
from dashboard.who import current_actor

pages = Blueprint("edit", __name__, url_prefix="/shots/<int:shot_id>")


@pages.get("/edit")
def form(shot_id: int) -> str:
    """Ask what is to be changed."""
    seen = shot_edit.shot_settings(shot_id)
    layers = shots.get_shot(shot_id).render.get("view_layers", [])
    return _form(shot_id, SubmitForm.of_shot(seen, layers), seen)


@pages.post("/edit")
def save(shot_id: int) -> AnyResponse | tuple[str, int]:
    typed, seen = SubmitForm.typed(request.form, edits=True), _seen()
    changes, again = typed.changes(seen), "again" in request.form
    if again:
        keep_before_rerender(shot_id, None)
    try:
        shot = shot_edit.edit_shot(shot_id, changes, actor=current_actor(), seen=seen, again=again)
    except RequestRefused as refusal:
        return _refused(shot_id, replace(typed, faults=refusal.faults), seen), 422
    what = ", ".join(LABELS.get(name, "the order") for name in changes)
    if changes or again:
        flash(f"“{shot.name}” is changed: {what or 'all its frames are rendered again'}.")
    else:
        flash("Nothing was changed.", "warning")
    return redirect(url_for("shot.page", shot_id=shot_id))


@pages.post("/edit/preview")
def preview(shot_id: int) -> str:
    """Say what the form would change, as it is typed."""
    typed, seen = SubmitForm.typed(request.form, edits=True), _seen()
    changes = typed.changes(seen)
    try:
        understand(shot_id, changes)
    except FarmError as error:
        return _preview(faults=faults_of(error))
    lines = differences(seen, seen | {name: typed.values[name] for name in changes if name in seen})
    if "first" in changes:
        lines.append(f"rendered first: {changes['first']}")
    return _preview(lines)


@pages.post("/notes")
def write_notes(shot_id: int) -> AnyResponse:
    """Keep what is written on the shot's page."""
    seen = {"notes": request.form["seen"]} if "seen" in request.form else {}
    try:
        shot_edit.edit_shot(
            shot_id, {"notes": request.form.get("notes", "")}, actor=current_actor(), seen=seen
        )
    except RequestRefused as refusal:
        flash(" ".join(f"{fault.message} {fault.remedy}" for fault in refusal.faults), "error")
    else:
        flash("The notes are kept.")
    return redirect(url_for("shot.page", shot_id=shot_id, _anchor="notes"))


@pages.get("/clone")
def clone(shot_id: int) -> AnyResponse:
    """Lead to the submit form, filled from this shot."""
    shots.shot_tag(shot_id)  # raises NotFound
    return redirect(url_for("submit.page", like=shot_id))


def _preview(lines: Sequence[str] = (), faults: tuple[Fault, ...] = ()) -> str:
    return render_template(
        "edit/_preview.html", lines=lines, faults=faults, field_words=FIELD_WORDS
    )


def _seen() -> dict[str, str]:
    """Return the settings that the form was filled from; what is no such thing is nothing."""
    try:
        found = json.loads(request.form.get("seen", "{}"))
    except ValueError:
        return {}
    return (
        {name: str(found[name]) for name in LABELS if name in found}
        if isinstance(found, dict)
        else {}
    )


def _refused(shot_id: int, typed: SubmitForm, seen: Mapping[str, str]) -> str:
    """Show the form again: what somebody else has changed meanwhile is seen now."""
    now = shot_edit.shot_settings(shot_id)
    own = {name: typed.values[name] for name in typed.changes(seen) if name in now}
    values = typed.values | now | own
    return _form(shot_id, replace(typed, values=values), now)


def _form(shot_id: int, typed: SubmitForm, seen: Mapping[str, str]) -> str:
    detail = shots.get_shot(shot_id)
    facts = facts_if_readable(detail.source_blend or detail.blend)
    context: dict[str, Any] = {
        "form": typed,
        "seen": json.dumps(seen, ensure_ascii=False),
        "detail": detail,
        "shot": detail.row,
        "facts": facts,
    }
    scene = facts.scene(detail.scene) if facts else None
    return render_template("edit/form.html", **context, **choices(scene))
