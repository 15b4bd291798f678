"""Sending a file that is open already: by its descriptor, whatever its name leads to by now."""

from __future__ import annotations

import mimetypes
import os
import re
import unicodedata
from urllib.parse import quote

from flask import Response, request
from werkzeug.wsgi import wrap_file

from brender_farm.service.files import OpenedFile

_UNKNOWN = "application/octet-stream"
_QUOTED = re.compile(r'["\\;%\x00-\x1f\x7f]')
_FREE = "!#$&+-.^_`|~"
"""What RFC 8187 lets stand in a name as it is."""


def send_opened(
    opened: OpenedFile, *, as_attachment: bool = False, mimetype: str | None = None
) -> Response:
    """Answer with an open file, or the part of it that was asked for, and close it then.

    Browsers ask each time whether it is still the same.
    """
    status = os.fstat(opened.file.fileno())
    response = Response(
        wrap_file(request.environ, opened.file),
        mimetype=mimetype or mimetypes.guess_type(opened.name)[0] or _UNKNOWN,
        direct_passthrough=True,
    )
    response.call_on_close(opened.file.close)
    response.content_length = status.st_size
    response.last_modified = status.st_mtime  # type: ignore[assignment]  # it takes seconds, too
    response.set_etag(f"{status.st_mtime_ns:x}-{status.st_size:x}-{status.st_ino:x}")
    name_file(response, opened.name, "attachment" if as_attachment else "inline")
    response.headers["Cache-Control"] = "no-cache"
    try:
        response.make_conditional(
            request.environ, accept_ranges=True, complete_length=status.st_size
        )
    except BaseException:  # there is no such part
        response.close()
        raise
    return response


def name_file(response: Response, name: str, kind: str = "attachment") -> None:
    """Say what a file is called, in any script, so that every server can send the header.

    Two ways stand beside each other (RFC 6266): letters that all know, and all letters.
    """
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    plain = _QUOTED.sub("_", letters).strip() or "file"
    words = f'{kind}; filename="{plain}"'
    if plain != name:
        words += f"; filename*=UTF-8''{quote(name, safe=_FREE)}"
    response.headers["Content-Disposition"] = words
