"""What is shown where there is no picture: a quiet frame with a few words."""

from __future__ import annotations

from flask import Response
from markupsafe import escape

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180" viewBox="{view}">'
    '<g fill="none" stroke="#7d8793" stroke-width="3" stroke-linejoin="round">'
    '<path d="M126 62h68v44h-68zM134 98l16-18 12 12 8-8 16 14"/></g>'
    '<text x="160" y="138" fill="#7d8793" font-family="sans-serif" font-size="15" '
    'text-anchor="middle">{words}</text></svg>'
)


def picture_placeholder(words: str, *, large: bool = False) -> Response:
    """Answer with a drawn placeholder that browsers do not keep; `large`: for a wide place."""
    view = "-320 -180 960 540" if large else "0 0 320 180"
    drawn = _SVG.format(words=escape(words), view=view)
    response = Response(drawn, mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "no-store"
    return response
