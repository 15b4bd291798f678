"""The header Idempotency-Key: a submission that is sent twice makes one shot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import Schema, fields
from flask import url_for

from brender_farm.service.requests import Submitted
from brender_farm.service.submit_keys import FIELD, OnceOnly, once_only


class IdempotencySchema(Schema):
    """A key that a program makes for one submission, and sends again with the same one."""

    key = fields.String(
        data_key=FIELD,
        load_default=None,
        metadata={
            "description": "1 to 200 printable ASCII characters, such as a UUID. The same key with "
            "the same request makes no other shot for 48 hours: the answer is that of the first.",
            "minLength": 1,
            "maxLength": 200,
            "pattern": "^[ -~]+$",
        },
    )


def once_of(headers: Mapping[str, Any], asked: Mapping[str, Any]) -> OnceOnly | None:
    """Return the key of this request, None without one. Raises RequestRefused."""
    return once_only(headers["key"], asked) if headers["key"] is not None else None


def answer(submitted: Submitted) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Return a submission's answer: 201, and where the shot is."""
    shot_id = submitted.shot.id
    headers = {"Location": url_for("api.shots.one", shot_id=shot_id, _external=True)}
    if submitted.is_replayed:
        headers["Idempotency-Replayed"] = "true"
    body = {
        "shot": submitted.shot,
        "output_dir": submitted.output_dir,
        "warnings": submitted.warnings,
        "url": url_for("shot.page", shot_id=shot_id, _external=True),
    }
    return body, 201, headers
