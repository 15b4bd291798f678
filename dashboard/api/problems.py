"""Errors of the API, after RFC 9457: what happened, and each fault with its remedy."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from apiflask.exceptions import HTTPError
from flask import Response, json

from brender_farm.errors import Fault

MEDIA_TYPE = "application/problem+json"
_FIELD_REMEDY = "See the shapes in /api/v1/openapi.json."


def problem(
    status: int,
    detail: str,
    *,
    faults: Iterable[Fault] = (),
    allowed: tuple[str, ...] | None = None,
) -> Response:
    """Answer with a problem: `faults` name fields, `allowed` what would have been possible."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "faults": [
            {"field": fault.field, "message": fault.message, "remedy": fault.remedy}
            for fault in faults
        ],
    }
    if allowed is not None:
        body["allowed"] = list(allowed)
    return Response(json.dumps(body), status=status, mimetype=MEDIA_TYPE)


def validation_problem(error: HTTPError) -> Response:
    """Turn what APIFlask found wrong with a request's shape into faults."""
    places = error.detail if isinstance(error.detail, dict) else {}
    faults = [
        Fault(field=str(name), message=" ".join(_texts(messages)), remedy=_FIELD_REMEDY)
        for fields in places.values()
        if isinstance(fields, dict)
        for name, messages in fields.items()
    ]
    detail = error.message or HTTPStatus(error.status_code).phrase
    return problem(error.status_code, detail, faults=faults)


def _texts(messages: Any) -> list[str]:
    if isinstance(messages, dict):
        return [text for inner in messages.values() for text in _texts(inner)]
    return [str(message) for message in messages] if isinstance(messages, list) else [str(messages)]
