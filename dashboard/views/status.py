"""The farm at a glance, for every page's header; and whether the dashboard lives and is ready."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, render_template

from brender_farm.service.readiness import readiness
from dashboard import live
from dashboard.api.problems import problem
from dashboard.api.schemas.health import HealthSchema, ReadinessSchema
from dashboard.context import header

pages = APIBlueprint("status", __name__, tag="Farm")


@pages.get("/glance")
@pages.doc(hide=True)
def glance() -> Response:
    shown = header()
    return live.fragment(shown["tag"], lambda: render_template("_glance.html", **shown))


@pages.get("/healthz")
@pages.output(HealthSchema)
@pages.doc(summary="Whether the dashboard's process lives; asks nothing of any other")
def healthz() -> dict[str, str]:
    return {"status": "ok"}


@pages.get("/readyz")
@pages.output(ReadinessSchema)
@pages.doc(
    summary="Whether the dashboard can serve: 503 while its database does not answer or is older",
    responses=[503],
)
def readyz() -> dict[str, Any] | Response:
    found = readiness()
    if found.faults:
        response = problem(503, "The dashboard cannot serve now.", faults=found.faults)
        response.headers["Retry-After"] = "5"
        return response
    return {
        "status": "ready",
        "broker_answers": found.broker_answers,
        "scheduler_answers": found.scheduler_answers,
    }
