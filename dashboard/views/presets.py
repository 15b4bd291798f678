"""The presets: what each sets; adding, changing, duplicating and deleting them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.domain.formats import EXR_CODECS, FORMATS
from brender_farm.errors import RequestRefused
from brender_farm.service import preset_actions, presets
from brender_farm.service.needs import DEVICES
from brender_farm.service.render_words import ENGINE_WORDS
from brender_farm.service.shapes.presets import PresetRow
from dashboard.preset_form import PresetForm
from dashboard.who import current_actor

pages = Blueprint("presets", __name__, url_prefix="/presets")

_UNPROCESSABLE = 422


@pages.get("")
def index() -> str:
    return render_template("presets/index.html", presets=presets.list_presets())


@pages.get("/new")
def new() -> str:
    """Show an empty form, or with `like` one filled from another preset."""
    like = request.args.get("like", type=int)
    form = PresetForm() if like is None else PresetForm.copy_of(presets.get_preset(like))
    return _form(form)


@pages.post("/new")
def add() -> AnyResponse | tuple[str, int]:
    form = PresetForm.typed(request.form)
    try:
        row = preset_actions.add_preset(form.name, form.values, actor=current_actor())
    except RequestRefused as error:
        return _form(PresetForm.typed(request.form, error.faults)), _UNPROCESSABLE
    flash(f"Preset {row.name} is added.")
    return _to_list()


@pages.get("/<int:preset_id>")
def edit(preset_id: int) -> str:
    row = presets.get_preset(preset_id)
    return _form(PresetForm.of(row), row)


@pages.post("/<int:preset_id>")
def change(preset_id: int) -> AnyResponse | tuple[str, int]:
    row, form = presets.get_preset(preset_id), PresetForm.typed(request.form)
    try:
        row = preset_actions.change_preset(preset_id, form.name, form.values, actor=current_actor())
    except RequestRefused as error:
        return _form(PresetForm.typed(request.form, error.faults), row), _UNPROCESSABLE
    flash(f"Preset {row.name} is saved.")
    return _to_list()


@pages.get("/<int:preset_id>/delete")
def confirm_delete(preset_id: int) -> str:
    return render_template("presets/delete.html", preset=presets.get_preset(preset_id))


@pages.post("/<int:preset_id>/delete")
def delete(preset_id: int) -> AnyResponse:
    row = preset_actions.remove_preset(preset_id, actor=current_actor())
    flash(f"Preset {row.name} is deleted.")
    return _to_list()


def _to_list() -> AnyResponse:
    return redirect(url_for("presets.index"))


def _form(form: PresetForm, preset: PresetRow | None = None) -> str:
    """Show the form; with a preset it changes that one."""
    depths = sorted({depth for fmt in FORMATS.values() for depth in fmt.depths}, key=int)
    return render_template(
        "presets/form.html",
        form=form,
        preset=preset,
        engines=tuple(ENGINE_WORDS.items()),
        devices=tuple((device, device.upper()) for device in DEVICES),
        formats=tuple((name, name) for name in FORMATS),
        depths=tuple((depth, depth) for depth in depths),
        codecs=tuple((codec, codec) for codec in EXR_CODECS),
    )
