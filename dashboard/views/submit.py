"""Submitting shots: choose .blend files, look over what they say, send them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.blendfile.facts import BlendFacts, inspect
from brender_farm.blendfile.scenes import SceneFacts
from brender_farm.domain.formats import EXR_CODECS, FORMATS
from brender_farm.domain.paths import confine
from brender_farm.errors import BlendFileError, FarmError, Fault, RequestRefused
from brender_farm.service.clone import request_like
from brender_farm.service.outlook import Outlook, outlook
from brender_farm.service.presets import NO_PRESET, list_presets
from brender_farm.service.render_values import ENGINES
from brender_farm.service.requests import Existing
from brender_farm.service.shapes.shots import ShotRow
from brender_farm.service.shows import list_shows
from brender_farm.service.submit import submit
from dashboard.blend_browser import shown_folder
from dashboard.submit_form import FIELD_WORDS, SubmitForm, format_of
from dashboard.who import current_actor

pages = Blueprint("submit", __name__, url_prefix="/submit")

MOST_FILES = 100


@pages.get("")
def page() -> str:
    scene = request.args.get("scene")
    if like := request.args.get("like", type=int):
        return _form_like(like, scene)
    files = list(dict.fromkeys(request.args.getlist("file")))[:MOST_FILES]
    if len(files) > 1:
        return _form(SubmitForm.for_files([str(_confined(file)) for file in files]))
    if files:
        return _filled_form(files[0], scene)
    return render_template("submit/browse.html", **shown_folder(request.args, _roots()))


@pages.post("")
def send() -> AnyResponse | str | tuple[str, int]:
    form = SubmitForm.typed(request.form)
    if "check" in request.form:
        return _form(form, shown=_shown_outlook(form))
    return _send_several(form) if form.files else _send_one(form)


@pages.post("/preview")
def preview() -> str:
    """Say what the form stands for as it is typed."""
    return render_template("submit/_preview.html", **_shown_outlook(SubmitForm.typed(request.form)))


def faults_of(error: FarmError) -> tuple[Fault, ...]:
    if isinstance(error, RequestRefused):
        return error.faults
    return (Fault(field="blend", message=error.message, remedy=""),)


def choices(scene: SceneFacts | None) -> dict[str, Any]:
    """Return what can be chosen from in the form."""
    return {
        "scene": scene,
        "scene_format": format_of(scene),
        "field_words": FIELD_WORDS,
        "formats": FORMATS,
        "policies": tuple(Existing),
        "engines": ENGINES,
        "codecs": EXR_CODECS,
        "presets": list_presets(),
        "no_preset": NO_PRESET,
        "shows": list_shows(),
    }


def facts_if_readable(blend: str) -> BlendFacts | None:
    try:
        return inspect(_confined(blend))
    except FarmError:
        return None


def _send_one(form: SubmitForm) -> AnyResponse | tuple[str, int]:
    try:
        submitted = submit(form.to_request(), submitter=current_actor())
    except FarmError as error:
        return _form(replace(form, faults=faults_of(error))), 422
    flash(f"“{submitted.shot.name}” is submitted. Its frames go to {submitted.output_dir}.")
    for warning in submitted.warnings:
        flash(warning, "warning")
    return redirect(url_for("shot.page", shot_id=submitted.shot.id))


def _send_several(form: SubmitForm) -> AnyResponse | tuple[str, int]:
    """Submit file by file; what is refused stays in the form with its faults."""
    sent: list[ShotRow] = []
    refused: dict[str, tuple[Fault, ...]] = {}
    for file in form.files[:MOST_FILES]:
        try:
            submitted = submit(form.to_request(file), submitter=current_actor())
        except FarmError as error:
            refused[file] = faults_of(error)
            continue
        sent.append(submitted.shot)
        for warning in submitted.warnings:
            flash(f"{submitted.shot.name}: {warning}", "warning")
    if not refused:
        flash(f"{len(sent)} shots are submitted, a shot for each file.")
        return redirect(url_for("shots.index"))
    left = replace(form, files=tuple(refused), faults=_shared(form, refused))
    return _form(left, sent=sent, refused=refused), 422


def _shared(form: SubmitForm, refused: dict[str, tuple[Fault, ...]]) -> tuple[Fault, ...]:
    """Return the faults of fields that the files share, each once."""
    faults = dict.fromkeys(fault for each in refused.values() for fault in each)
    return tuple(fault for fault in faults if fault.field != "blend" and form.has(fault.field))


def _shown_outlook(form: SubmitForm) -> dict[str, Any]:
    looks: dict[str, Outlook] = {}
    faults: dict[str, tuple[Fault, ...]] = {}
    for blend in form.files or (form.values["blend"],):
        try:
            looks[blend] = outlook(form.to_request(blend), submitter=current_actor())
        except FarmError as error:
            faults[blend] = faults_of(error)
    return {
        "looks": looks,
        "faults": faults,
        "several": bool(form.files),
        "field_words": FIELD_WORDS,
    }


def _form_like(shot_id: int, scene: str | None) -> str:
    like = request_like(shot_id)
    if scene is not None:
        like = replace(like, scene=scene, camera=None, view_layers=None)
    return _form(SubmitForm.from_request(like), like=shot_id)


def _filled_form(file: str, scene_name: str | None) -> str:
    facts = inspect(_confined(file))
    scene = facts.scene(scene_name) or facts.scene()
    if scene is None:
        raise BlendFileError(f"There is no scene in {file}. Open it in Blender and add one.")
    return _form(SubmitForm.from_facts(facts, scene), facts)


def _form(
    form: SubmitForm,
    facts: BlendFacts | None = None,
    *,
    shown: dict[str, Any] | None = None,
    like: int | None = None,
    sent: list[ShotRow] | None = None,
    refused: dict[str, tuple[Fault, ...]] | None = None,
) -> str:
    if not form.files:
        facts = facts or facts_if_readable(form.values["blend"])
    scene = facts.scene(form.values["scene"]) if facts else None
    return render_template(
        "submit/form.html",
        form=form,
        facts=facts,
        shown=shown,
        like=like,
        sent=sent or [],
        refused=refused or {},
        **choices(scene),
    )


def _confined(path: str) -> Path:
    return confine(path, _roots(), "blend")


def _roots() -> tuple[Path, ...]:
    roots: tuple[Path, ...] = current_app.extensions["brender_settings"].roots
    return roots
