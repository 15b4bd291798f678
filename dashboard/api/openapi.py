"""Completes the OpenAPI document that APIFlask makes of the views: statuses, headers, rights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask

from brender_farm.domain.roles import least_role
from brender_farm.version import VERSION
from dashboard.api.modern_schema import modern
from dashboard.api.problems import KINDS, MEDIA_TYPE
from dashboard.rights import PUBLIC, needed

_METHODS = ("get", "post", "put", "patch", "delete")
_ABOUT = """Everything that the pages of this farm show and do, as JSON.

Say who you are with a token, `Authorization: Bearer …`, made on the page *Account*; a page of the
dashboard that is signed in may call with its cookie. A farm without users on its own machine asks
nobody.

Errors are problem+json (RFC 9457) with a list of `faults`. Times are ISO 8601 in UTC. Every answer
to `GET` has an `ETag`; lists that grow have `next_cursor`.
"""
SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of a person, with the scope read, submit or full.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "brender_session",
        "description": "The cookie of a browser that is signed in.",
    },
}
_TAGS = {
    "Events": "who did what, when and why",
    "Farm": "the farm as a whole, its settings and its condition",
    "Files": "the .blend files that can be submitted",
    "Filters": "filters of the list of shots that one keeps",
    "Nodes": "the machines that render",
    "Notifications": "what one is told of, and where",
    "Presets": "render settings with a name",
    "Queue": "who gets the next slot, and why",
    "Rules": "limits and shares",
    "Shots": "submitting, looking, steering; their frames and chunks",
    "Shows": "productions, with their folders",
    "Users": "who may what",
    "Webhooks": "programs that are told what happens",
}
_HEADERS = {
    "ETag": "Changes when the answer does: send it as If-None-Match, or as If-Match to change it.",
    "Retry-After": "In how many seconds to try again.",
    "Location": "The address of what was made.",
    "WWW-Authenticate": "How to say who you are.",
    "Idempotency-Replayed": "`true`: this was answered before, and nothing was done again.",
}


def complete(document: dict[str, Any], app: Flask) -> dict[str, Any]:
    """Return the document with all that APIFlask cannot know of the views, for OpenAPI 3.1."""
    document["info"] |= {
        "version": VERSION,
        "description": _ABOUT,
        "license": {"name": "GPL-3.0-or-later", "identifier": "GPL-3.0-or-later"},
    }
    document["servers"] = [{"url": "/"}]
    document["security"] = [{name: []} for name in SCHEMES]
    parts = document.setdefault("components", {})
    parts["securitySchemes"] = SCHEMES
    parts["responses"] = {f"Problem{status}": _problem(status) for status in KINDS}
    parts["headers"] = {name: _header(words) for name, words in _HEADERS.items()}
    endpoints = _endpoints(app)
    for path, method, operation in operations(document):
        _complete(operation, method, endpoints[path, method])
    used = {tag for _, _, operation in operations(document) for tag in operation["tags"]}
    document["tags"] = [{"name": tag, "description": _TAGS.get(tag, tag)} for tag in sorted(used)]
    found: dict[str, Any] = modern(document)
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the path, the method and the description of everything that can be called."""
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def _endpoints(app: Flask) -> dict[tuple[str, str], str]:
    return {
        (re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule), method.lower()): rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }


def _complete(operation: dict[str, Any], method: str, endpoint: str) -> None:
    operation["operationId"] = endpoint.removeprefix("api.").replace(".", "_")
    is_open = endpoint in PUBLIC
    words = "Open to everybody." if is_open else _right_words(endpoint, method)
    operation["description"] = f"{operation.get('description', '')}\n\n{words}".strip()
    if is_open:
        operation["security"] = []
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
    _complete_parameters(operation)
    _complete_responses(operation, method, is_open=is_open)


def _right_words(endpoint: str, method: str) -> str:
    right = needed(endpoint, method.upper())
    if right is None:
        return "Nobody may do this yet."
    return f"Needs the right `{right}`, which people have from the role {least_role(right)} on."


def _complete_parameters(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        if parameter["in"] == "path" and schema.get("type") == "integer":
            schema["minimum"] = 0
        if parameter["in"] in {"query", "header"}:  # neither can say null
            schema.pop("nullable", None)
            if schema.get("default", "") is None:
                del schema["default"]


def _complete_responses(operation: dict[str, Any], method: str, *, is_open: bool) -> None:
    responses = operation["responses"]
    named = {status for status in responses if status[0] in "45"}
    for status in sorted(named | _usual_problems(operation, method, is_open=is_open)):
        responses[status] = {"$ref": f"#/components/responses/Problem{status}"}
    if method == "get" and "200" in responses:
        responses["304"] = {"description": "Nothing has changed", "headers": _named("ETag")}
        responses["200"]["headers"] = _named("ETag")
    if "201" in responses:
        replayed = ["Idempotency-Replayed"] if _takes(operation, "Idempotency-Key") else []
        responses["201"]["headers"] = _named("Location", *replayed)
    if _takes(operation, "If-Match"):
        responses["200"]["headers"] = _named("ETag")
    operation["responses"] = dict(sorted(responses.items()))


def _usual_problems(operation: dict[str, Any], method: str, *, is_open: bool) -> set[str]:
    found = {"400"} if is_open else {"400", "401", "403", "422", "429"}
    parameters = operation.get("parameters", ())
    if any(parameter["in"] == "path" for parameter in parameters):
        found.add("404")
    if method in {"post", "put", "patch"}:
        found |= {"413", "415"}
    if _takes(operation, "If-Match"):
        found.add("412")
    return found


def _takes(operation: dict[str, Any], header: str) -> bool:
    return any(parameter["name"] == header for parameter in operation.get("parameters", ()))


def _problem(status: int) -> dict[str, Any]:
    headers = {401: ("WWW-Authenticate",), 412: ("ETag",), 429: ("Retry-After",)}
    return {
        "description": KINDS[status][1],
        "headers": _named(*headers.get(status, ())),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _named(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _header(words: str) -> dict[str, Any]:
    return {"description": words, "schema": {"type": "string"}}
