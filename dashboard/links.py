"""Text of the farm in which shots and nodes are links."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask import url_for
from markupsafe import Markup, escape

_SHOT = r"\bshot (?P<shot>\d{1,18})\b"


def linked(text: str, nodes: Iterable[str] = ()) -> Markup:
    """Return a text, escaped, in which `shot 12` and the names of these nodes are links."""
    names = sorted((re.escape(name) for name in nodes), key=len, reverse=True)
    # A name is a whole word: `a` is not to be found in `atlas`, nor `atlas` in `atlas-2`.
    named = rf"|(?<![\w.-])(?P<node>{'|'.join(names)})(?![\w-])" if names else ""
    parts, end = [], 0
    for match in re.finditer(_SHOT + named, text, re.IGNORECASE):
        parts += [escape(text[end : match.start()]), _link(match)]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


def _link(match: re.Match[str]) -> Markup:
    shot = match["shot"]
    if shot is not None:
        where = url_for("shot.page", shot_id=int(shot))
    else:
        where = url_for("node.page", name=match[0])
    return Markup('<a href="{}">{}</a>').format(where, match[0])
