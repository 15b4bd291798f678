"""Flower under /flower: it may be looked at through the dashboard, and steers nothing."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template, request

from dashboard.flower import PREFIX, Flower, FlowerAway
from dashboard.security import csrf

pages = Blueprint("flower", __name__, url_prefix=PREFIX)


@pages.get("/", defaults={"path": ""})
@pages.get("/<path:path>")
def page(path: str) -> Response | tuple[str, int]:
    return _answer(path)


@pages.post("/tasks/datatable")
def datatable() -> Response | tuple[str, int]:
    return _answer("tasks/datatable")


csrf.exempt(datatable)  # a query that is too long for an address: it changes nothing


def _answer(path: str) -> Response | tuple[str, int]:
    flower: Flower = current_app.extensions["brender_flower"]
    try:
        said = flower.ask(
            request.method, path, request.query_string.decode(), request.headers, request.get_data()
        )
    except FlowerAway:
        return render_template("errors/flower.html"), 502
    return Response(said.body, said.status, said.headers)
