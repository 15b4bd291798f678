"""Settings: what is set for the whole farm, and what its environment says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.errors import RequestRefused
from brender_farm.service.environment import environment, strange_variables
from brender_farm.service.farm_settings import KINDS, Kind, all_settings, change_settings
from brender_farm.service.shows import list_shows
from dashboard.who import current_actor

pages = Blueprint("settings", __name__, url_prefix="/settings")


@pages.get("")
def page() -> str:
    return render_template("settings/page.html", **_shown(all_settings(), {}))


@pages.post("")
def change() -> AnyResponse | tuple[str, int]:
    """Change what differs; if anything is refused, nothing is changed."""
    before, asked = all_settings(), {kind.name: _asked(kind) for kind in KINDS}
    try:
        now = change_settings(asked, actor=current_actor())
    except RequestRefused as error:
        faults = {fault.field: f"{fault.message} {fault.remedy}" for fault in error.faults}
        return render_template("settings/page.html", **_shown(asked, faults)), 422
    changed = [kind.title for kind in KINDS if now[kind.name] != before[kind.name]]
    flash(f"Changed: {', '.join(changed)}." if changed else "Nothing was changed.")
    return redirect(url_for("settings.page"))


def _asked(kind: Kind) -> bool | str:
    if isinstance(kind.default, bool):
        return kind.name in request.form
    return request.form.get(kind.name, "").strip()


def _shown(values: Mapping[str, Any], faults: Mapping[str, str]) -> dict[str, Any]:
    settings = current_app.extensions["brender_settings"]
    return {
        "kinds": KINDS,
        "values": values,
        "faults": faults,
        "shows": list_shows(),
        "environment": environment(settings),
        "strangers": strange_variables(settings),
    }
