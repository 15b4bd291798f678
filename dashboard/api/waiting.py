"""Answering only once something has changed: `?wait=30`, and the tag that the caller has."""

from __future__ import annotations

from typing import Any

from apiflask import Schema, fields
from apiflask.validators import Length, Range
from flask import abort, current_app, request

from brender_farm.errors import NotFound
from brender_farm.service.changes import current_tags
from dashboard.api import etags
from dashboard.change_watch import ChangeWatch

LONGEST_S = 60
_RETRY_AFTER_S = 5


class WaitQuery(Schema):
    """What every resource that can be waited for takes."""

    wait = fields.Integer(
        load_default=0,
        validate=Range(min=0, max=LONGEST_S),
        metadata={
            "description": "With If-None-Match or `tag`: for how many seconds to wait for a "
            "change; 304 if there is none."
        },
    )
    tag = fields.String(
        load_default="",
        validate=Length(max=100),
        metadata={"description": "The `tag` of the answer that you have: 304 while it is so."},
    )


def fresh_tag(subject: str, query: dict[str, Any]) -> str:
    """Return a subject's tag; to whoever has it already, 304, once they have waited as asked.

    Takes `wait` and `tag` out of the query. Raises NotFound for a shot that is not there.
    """
    wait_s = query.pop("wait")
    query.pop("tag")
    tag = _tag(subject)
    if etags.has_seen(tag):
        tag = _changed_tag(subject, tag, wait_s)
    etags.mark(state=tag)
    return tag


def has_an_answer(query: dict[str, Any]) -> bool:
    """Whether the caller names the tag of an answer that they have."""
    return bool(query["tag"] or request.if_none_match)


def _changed_tag(subject: str, tag: str, wait_s: int) -> str:
    watch: ChangeWatch = current_app.extensions["brender_changes"]
    changed = watch.wait(subject, tag, wait_s) if wait_s else False
    new = _tag(subject) if changed else tag
    if new == tag:
        response = etags.unchanged(tag)
        if changed is None:
            response.headers["Retry-After"] = str(_RETRY_AFTER_S)
        abort(response)
    return new


def _tag(subject: str) -> str:
    tag = current_tags([subject]).get(subject)
    if tag is None:
        raise NotFound(f"There is no {subject.replace(':', ' ')}.")
    return tag
