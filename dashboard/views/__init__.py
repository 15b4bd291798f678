"""The pages: each view translates a request, calls one service function and renders."""

from __future__ import annotations

from flask import Flask

from dashboard.views import (
    adopt,
    again,
    archive,
    audit,
    bulk,
    chunks,
    compare,
    condition,
    download,
    edit,
    events,
    failures,
    files,
    film,
    filters,
    flower,
    frames,
    logs,
    node,
    nodes,
    notices,
    overview,
    player,
    plots,
    presets,
    queue,
    rules,
    settings,
    shot,
    shots,
    shows,
    statistics,
    status,
    submit,
)

_MODULES = (
    status, overview, statistics, events, shots, shot, edit, queue, adopt, again, audit, frames,
    player, chunks, failures, logs, condition, settings, nodes, node, notices, rules, shows,
    presets, submit, files, archive, bulk, filters, compare, download, film, plots, flower,
)  # fmt: skip


def register_views(app: Flask) -> None:
    for module in _MODULES:
        app.register_blueprint(module.pages)
