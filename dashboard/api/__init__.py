"""The JSON API, version 1, described at /api/v1/openapi.json."""

from __future__ import annotations

from typing import Any, cast

from apiflask import APIBlueprint, APIFlask

from dashboard.api import (
    account,
    adopt,
    again,
    audit,
    blends,
    bulk,
    condition,
    doctor,
    downloads,
    editing,
    etags,
    events,
    farm,
    films,
    filters,
    logs,
    nodes,
    notices,
    presets,
    queue,
    rules,
    settings,
    shots,
    shows,
    stuck,
    users,
    webhooks,
    why,
)
from dashboard.api.bodies import require_readable
from dashboard.api.openapi import complete
from dashboard.api.problems import validation_problem
from dashboard.api.queries import require_known
from dashboard.api.schemas.problems import ProblemSchema, RequestProblemSchema
from dashboard.security import csrf, require_json

PREFIX = "/api/v1"


def register_api(app: APIFlask) -> None:
    api = APIBlueprint("api", __name__, url_prefix=PREFIX)
    api.before_request(require_json)
    api.before_request(require_readable)
    api.before_request(require_known)
    api.after_request(etags.seal)
    modules = (
        farm, shots, downloads, blends, bulk, filters, editing, adopt, again, audit, nodes, rules,
        presets, shows, queue, why, events, stuck, logs, condition, doctor, settings, notices,
        films, webhooks, users, account,
    )  # fmt: skip
    for module in modules:
        api.register_blueprint(module.routes)
    for blueprint in (api, *(module.routes for module in modules)):
        csrf.exempt(blueprint)  # JSON only: no form on another site can send that
    app.register_blueprint(api)
    # Not by app.error_processor(): that would answer the errors of pages as JSON, too.
    app.error_callback = validation_problem
    app.config["HTTP_ERROR_SCHEMA"] = ProblemSchema
    app.config["VALIDATION_ERROR_SCHEMA"] = RequestProblemSchema
    app.spec_processor(lambda document: complete(cast("dict[str, Any]", document), app))
    app.schema_name_resolver = lambda schema: type(schema).__name__.removesuffix("Schema")
