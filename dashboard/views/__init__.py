"""The pages: each view translates a request, calls one service function and renders."""

from __future__ import annotations

from flask import Flask

from dashboard.views import (
    adopt,
    again,
    audit,
    chunks,
    files,
    frames,
    nodes,
    shot,
    shots,
    status,
    submit,
)


def register_views(app: Flask) -> None:
    for module in (status, shots, shot, adopt, again, audit, frames, chunks, nodes, submit, files):
        app.register_blueprint(module.pages)
