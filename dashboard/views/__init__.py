"""The pages: each view translates a request, calls one service function and renders."""

from __future__ import annotations

from flask import Flask

from dashboard.views import (
    account,
    adopt,
    again,
    api_docs,
    archive,
    audit,
    bulk,
    chunks,
    compare,
    condition,
    doctor,
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
    metrics,
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
    sign_in,
    statistics,
    status,
    submit,
    users,
    webhooks,
)

_MODULES = (
    status, overview, statistics, events, shots, shot, edit, queue, adopt, again, audit, frames,
    player, chunks, failures, logs, condition, doctor, settings, nodes, node, notices, rules, shows,
    presets, submit, files, archive, api_docs, bulk, filters, compare, download, film, plots,
    flower, sign_in, account, users, webhooks, metrics,
)  # fmt: skip


def register_views(app: Flask) -> None:
    for module in _MODULES:
        app.register_blueprint(module.pages)
