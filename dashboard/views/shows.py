"""The shows: what there is of each; adding, changing, deleting and activating them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.errors import RequestRefused
from brender_farm.service import presets, shots, show_changes, shows
from brender_farm.service.shapes.shots import Page
from brender_farm.service.shapes.shows import ShowRow
from brender_farm.service.show_nodes import SEEN_DAYS, show_roots_on_nodes
from brender_farm.service.show_paths import show_example
from brender_farm.service.statistics import days_of_show
from dashboard.show_form import ShowForm
from dashboard.who import current_actor

pages = Blueprint("shows", __name__, url_prefix="/shows")

_NEWEST_SHOTS = 6
_UNPROCESSABLE = 422


@pages.get("")
def index() -> str:
    return render_template("shows/index.html", shows=shows.list_shows())


@pages.get("/new")
def new() -> str:
    return _form(ShowForm.typed({}))


@pages.post("/new")
def add() -> AnyResponse | tuple[str, int]:
    form = ShowForm.typed(request.form)
    try:
        show = show_changes.add_show(form.to_request(), actor=current_actor())
    except RequestRefused as error:
        return _form(ShowForm.typed(request.form, error.faults)), _UNPROCESSABLE
    flash(f"Show {show.name} is added.")
    return _to(show.id)


@pages.post("/preview")
def preview() -> str:
    """Show what the typed roots and pattern make of an example's paths."""
    return render_template("shows/_example.html", example=_example(ShowForm.typed(request.form)))


@pages.get("/<int:show_id>")
def page(show_id: int) -> str:
    show = shows.get_show(show_id)
    newest = shots.list_shots(Page(show_id=show_id, size=_NEWEST_SHOTS))
    return render_template(
        "shows/page.html",
        show=show,
        shots=newest.rows,
        roots=show_roots_on_nodes(show_id),
        week=days_of_show(show_id, SEEN_DAYS),
        days=SEEN_DAYS,
        example=_example(ShowForm.of(show)),
    )


@pages.get("/<int:show_id>/change")
def edit(show_id: int) -> str:
    show = shows.get_show(show_id)
    return _form(ShowForm.of(show), show)


@pages.post("/<int:show_id>/change")
def change(show_id: int) -> AnyResponse | tuple[str, int]:
    show, form = shows.get_show(show_id), ShowForm.typed(request.form)
    try:
        changed = show_changes.change_show(show_id, form.to_request(), actor=current_actor())
    except RequestRefused as error:
        return _form(ShowForm.typed(request.form, error.faults), show), _UNPROCESSABLE
    flash(f"Show {changed.name} is saved.")
    return _to(show_id)


@pages.get("/<int:show_id>/delete")
def confirm_delete(show_id: int) -> str:
    """Ask first, naming what the show takes along and what stays."""
    return render_template(
        "shows/delete.html",
        show=shows.get_show(show_id),
        subscriptions=shows.subscriptions_to_show(show_id),
    )


@pages.post("/<int:show_id>/delete")
def delete(show_id: int) -> AnyResponse:
    show = show_changes.delete_show(show_id, actor=current_actor())
    flash(f"Show {show.name} is deleted; its shots and files are where they were.")
    return redirect(url_for("shows.index"))


@pages.post("/<int:show_id>/activate")
def activate(show_id: int) -> AnyResponse:
    show = show_changes.activate_show(show_id, actor=current_actor())
    flash(f"{show.name} is the active show.")
    return _to(show_id)


@pages.post("/<int:show_id>/deactivate")
def deactivate(show_id: int) -> AnyResponse:
    show_changes.deactivate_shows(actor=current_actor())
    flash("No show is active now.")
    return _to(show_id)


def _to(show_id: int) -> AnyResponse:
    return redirect(url_for("shows.page", show_id=show_id))


def _example(form: ShowForm) -> object:
    return show_example(form.to_request(), user=current_actor())


def _form(form: ShowForm, show: ShowRow | None = None) -> str:
    """Show the form; with a show it changes that one."""
    return render_template(
        "shows/form.html",
        form=form,
        show=show,
        presets=presets.list_presets(),
        example=_example(form),
    )
