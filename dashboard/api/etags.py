"""Tags of answers: whoever has the newest is not sent it again, and changes only what they saw.

An ETag has two parts, `"<edit tag>.<state tag>"`. The first changes with what people change of the
thing and is compared with If-Match; the second with all that the answer says, and is compared with
If-None-Match. Frames that finish meanwhile so refuse nobody's edit.
"""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Any

from apiflask import Schema, fields
from flask import Response, g, request
from werkzeug.http import parse_etags, quote_etag

IF_MATCH = "If-Match"
_SIGNS = 20
_NO_TAG = "-"
"""Stands for a tag that is none of ours: nothing has it."""


class IfMatchSchema(Schema):
    """The header of a change that is to be made only if nobody else has made one."""

    if_match = fields.String(
        data_key=IF_MATCH,
        load_default="",
        metadata={
            "description": "The ETag of what you saw, or its part before the point: with any "
            "other now, 412, and nothing is changed."
        },
    )


def seen_tag(headers: dict[str, Any]) -> str:
    """Return the edit tags that If-Match names, with spaces between; empty: any will do."""
    text = headers["if_match"].strip()
    if not text or text == "*":
        return ""
    found = [_plain(tag).partition(".")[0] or _NO_TAG for tag in _read(text)]
    return " ".join(found) or _NO_TAG


def mark(*, edit: str = "", state: str = "") -> None:
    """Say what this answer's tag is made of; without a state the answer itself is summed up."""
    g.etag_parts = edit, state


def has_seen(state: str) -> bool:
    """Whether the caller has an answer with this state tag already."""
    text = request.headers.get("If-None-Match", "")
    known = {_plain(tag).rpartition(".")[2] for tag in _read(text)}
    return state in known or request.args.get("tag") == state


def seal(response: Response) -> Response:
    """Give an answer its ETag; a caller who has it already gets 304."""
    edit, state = g.pop("etag_parts", ("", ""))
    if response.status_code != HTTPStatus.OK or not response.is_json:
        return response
    if request.method not in {"GET", "HEAD"}:
        if edit:
            response.set_etag(edit)
        return response
    summed = state or hashlib.blake2b(response.get_data()).hexdigest()[:_SIGNS]
    response.headers["Cache-Control"] = "no-cache"
    if has_seen(summed):
        return unchanged(summed, edit=edit)
    response.set_etag(_joined(edit, summed))
    return response


def unchanged(state: str, *, edit: str = "") -> Response:
    """Answer that nothing has changed."""
    response = Response(status=304)
    response.headers["ETag"] = quote_etag(_joined(edit, state))
    response.headers["Cache-Control"] = "no-cache"
    return response


def _read(text: str) -> list[str]:
    """Read the tags of a header, weak ones and such without quotes as well."""
    return [tag or "" for tag in parse_etags(text).as_set(include_weak=True)]


def _joined(edit: str, state: str) -> str:
    return f"{edit}.{state}" if edit else state


def _plain(tag: str) -> str:
    """Take off what the compression puts behind a tag."""
    return tag.partition(":")[0]
