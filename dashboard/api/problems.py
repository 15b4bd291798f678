"""Errors of the API, after RFC 9457: what happened, and each fault with its remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

from apiflask.exceptions import HTTPError
from flask import Response, json

from brender_farm.errors import Fault

MEDIA_TYPE = "application/problem+json"
_FIELD_REMEDY = "See the shapes in /api/v1/openapi.json."
KINDS: dict[int, tuple[str, str]] = {
    400: ("unreadable", "The request cannot be read: its body is no JSON, or its host is unknown."),
    401: ("not-signed-in", "It was not said who is asking, or the token or sign-in is not valid."),
    403: ("not-allowed", "Who is asking may not do this."),
    404: ("not-found", "There is no such thing on this farm."),
    405: ("method-not-allowed", "The address has no such method; Allow names those it has."),
    409: ("conflict", "Its state, or something else on the farm, does not allow this now."),
    412: ("changed-meanwhile", "It is not what If-Match says any more; ETag is its tag now."),
    413: ("too-large", "The body is larger than 256 KiB."),
    415: ("not-json", "The body has to be JSON, with Content-Type: application/json."),
    416: ("no-such-part", "The file is shorter than the part that Range asks for."),
    422: ("faults", "It was understood and cannot be done as it is; faults say what is wrong."),
    429: ("too-many-requests", "Too much was asked for; Retry-After says when to ask again."),
    500: ("failure", "The dashboard failed; its log says more."),
    503: ("not-ready", "A part of the farm does not answer, or is busy; try again."),
}
"""Each status that is answered with a problem: the name of its kind, and what it means."""


def kind_of(status: int) -> str:
    """Return the address (a URN) that stands for this kind of problem, the same for ever."""
    known = KINDS.get(status)
    return f"urn:brender:problem:{known[0]}" if known else "about:blank"


def problem(
    status: int,
    detail: str,
    *,
    faults: Iterable[Fault] = (),
    allowed: tuple[str, ...] | None = None,
) -> Response:
    """Answer with a problem: `faults` name fields, `allowed` what would have been possible."""
    body: dict[str, Any] = {
        "type": kind_of(status),
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
    response = Response(json.dumps(body), status=status, mimetype=MEDIA_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Brender"'
    return response


def validation_problem(error: HTTPError) -> Response:
    """Turn what APIFlask found wrong with a request's shape into faults."""
    places = error.detail if isinstance(error.detail, dict) else {}
    faults = [
        Fault(field=field, message=message, remedy=_FIELD_REMEDY)
        for fields in places.values()
        for field, message in _found(fields)
    ]
    detail = error.message or HTTPStatus(error.status_code).phrase
    return problem(error.status_code, detail, faults=faults)


def _found(messages: Any, within: str = "") -> Iterator[tuple[str, str]]:
    """Yield each field that is wrong, such as `settings.samples` or `ids.0`, and why."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            inside = within if name == "_schema" else f"{within}.{name}".lstrip(".")
            yield from _found(inner, inside)
    else:
        texts = messages if isinstance(messages, list) else [messages]
        yield within or "body", " ".join(map(str, texts))
