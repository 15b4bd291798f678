"""The pages: each view translates a request, calls one service function and renders."""

from __future__ import annotations

from flask import Flask

from dashboard.views import (
    adopt,
    again,
    audit,
    chunks,
    events,
    failures,
    files,
    flower,
    frames,
    nodes,
    overview,
    player,
    queue,
    rules,
    shot,
    shots,
    statistics,
    status,
    submit,
)

_MODULES = (
    status, overview, statistics, events, shots, shot, queue, adopt, again, audit, frames, player,
    chunks, failures, nodes, rules, submit, files, flower,
)  # fmt: skip


def register_views(app: Flask) -> None:
    for module in _MODULES:
        app.register_blueprint(module.pages)
