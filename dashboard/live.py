"""Fragments that pages poll: each carries a tag, and an unchanged tag is answered with 304."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import astuple
from typing import TYPE_CHECKING

from flask import Response, make_response, request

if TYPE_CHECKING:
    from brender_farm.service.shapes.farm import FarmGlance


def fragment(tag: str, render: Callable[[], str]) -> Response:
    """Answer a poll: 304 if the page already shows what `tag` stands for, else the fragment."""
    unchanged = request.args.get("tag") == tag
    response = Response(status=304) if unchanged else make_response(render())
    # Browsers must neither store fragments nor turn our 304 into a stored 200.
    response.headers["Cache-Control"] = "no-store"
    return response


def glance_tag(glance: FarmGlance) -> str:
    """Return a tag that changes with what the header shows, not with every scheduler pass."""
    parts = [part for part in astuple(glance) if not hasattr(part, "year")]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
