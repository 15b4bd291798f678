"""Submitting a shot: choose a .blend, look over what it says, send it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.blendfile.browse import list_folder
from brender_farm.blendfile.facts import BlendFacts, inspect
from brender_farm.domain.formats import FORMATS
from brender_farm.domain.paths import confine
from brender_farm.errors import BlendFileError, FarmError, Fault, RequestRefused
from brender_farm.service.check import check
from brender_farm.service.requests import Existing
from brender_farm.service.submit import submit
from dashboard.submit_form import SubmitForm
from dashboard.who import current_actor

pages = Blueprint("submit", __name__, url_prefix="/submit")


@pages.get("")
def page() -> str:
    if "file" in request.args:
        return _filled_form(request.args["file"], request.args.get("scene"))
    return _browser(request.args.get("folder"))


@pages.post("")
def send() -> AnyResponse | tuple[str, int]:
    form = SubmitForm.typed(request.form)
    try:
        submitted = submit(form.to_request(), submitter=current_actor())
    except FarmError as error:
        return _form(SubmitForm.typed(request.form, faults_of(error))), 422
    flash(f"“{submitted.shot.name}” is submitted. Its frames go to {submitted.output_dir}.")
    for warning in submitted.warnings:
        flash(warning, "warning")
    return redirect(url_for("shot.page", shot_id=submitted.shot.id))


@pages.post("/preview")
def preview() -> str:
    """Say what the form stands for as it is typed."""
    try:
        checked = check(SubmitForm.typed(request.form).to_request())
    except FarmError as error:
        return render_template("submit/_preview.html", faults=faults_of(error), checked=None)
    return render_template("submit/_preview.html", faults=(), checked=checked)


def faults_of(error: FarmError) -> tuple[Fault, ...]:
    if isinstance(error, RequestRefused):
        return error.faults
    return (Fault(field="blend", message=error.message, remedy=""),)


def _browser(folder: str | None) -> str:
    roots = _roots()
    if folder is None and len(roots) == 1:
        folder = str(roots[0])
    listing = list_folder(Path(folder) if folder else None, roots)
    word = request.args.get("search", "").strip().casefold()
    return render_template(
        "submit/browse.html",
        listing=listing,
        folders=[item for item in listing.folders if word in item.name.casefold()],
        blends=[item for item in listing.blends if word in item.name.casefold()],
        search=request.args.get("search", ""),
        crumbs=crumbs(listing.path, roots),
    )


def _filled_form(file: str, scene_name: str | None) -> str:
    facts = inspect(confine(file, _roots(), "blend"))
    scene = facts.scene(scene_name) or facts.scene()
    if scene is None:
        raise BlendFileError(f"There is no scene in {file}. Open it in Blender and add one.")
    return _form(SubmitForm.from_facts(facts, scene), facts)


def _form(form: SubmitForm, facts: BlendFacts | None = None) -> str:
    facts = facts or _facts_if_readable(form.values["blend"])
    scene = facts.scene(form.values["scene"]) if facts else None
    return render_template("submit/form.html", form=form, facts=facts, scene=scene, **_choices())


def _choices() -> dict[str, Any]:
    return {"formats": tuple(FORMATS), "policies": tuple(Existing)}


def _facts_if_readable(blend: str) -> BlendFacts | None:
    try:
        return inspect(confine(blend, _roots(), "blend"))
    except FarmError:
        return None


def _roots() -> tuple[Path, ...]:
    roots: tuple[Path, ...] = current_app.extensions["brender_settings"].roots
    return roots


def crumbs(path: Path | None, roots: tuple[Path, ...]) -> list[tuple[str, Path]]:
    """Return the folders from a root down to `path`, each with the name it is shown by."""
    if path is None:
        return []
    steps = [path, *path.parents]
    inside = [step for step in steps if any(step.is_relative_to(root) for root in roots)]
    inside.reverse()
    return [(str(step) if index == 0 else step.name, step) for index, step in enumerate(inside)]
