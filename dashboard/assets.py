"""Addresses of static files that change with their content, so that browsers keep them for ever."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import brotli
from flask import Flask, Response, request

YEAR_S = 365 * 24 * 3600
OK = 200
_TEXT = (".css", ".js", ".svg")
_LARGE_BYTES = 100_000


def register_assets(app: Flask) -> None:
    """Add `v=<hash>` to every static address, and let what is asked for with it be kept."""
    folder = Path(app.static_folder or "")

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            values["v"] = version_of(folder / values["filename"])

    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 0
    app.get_send_file_max_age = _max_age  # type: ignore[method-assign]
    app.view_functions["static"] = lambda filename: _send(app, folder, filename)


def _send(app: Flask, folder: Path, filename: str) -> Response:
    """Send a static file, packed if the browser reads Brotli and it is text."""
    sent = app.send_static_file(filename)
    path = folder / filename
    sent.headers["Vary"] = "Accept-Encoding"
    if sent.status_code != OK or path.suffix not in _TEXT or not request.accept_encodings["br"]:
        return sent
    sent.close()
    packed = Response(_packed(path, path.stat().st_mtime_ns), headers=sent.headers)
    packed.content_encoding = "br"
    packed.content_length = len(packed.data)
    packed.set_etag(f"{sent.get_etag()[0]}-br")
    return packed


def _max_age(filename: str | None) -> int | None:  # noqa: ARG001 - Flask passes it by name
    return YEAR_S if "v" in request.args else None


def version_of(path: Path) -> str:
    try:
        return _digest(path, path.stat().st_mtime_ns)
    except OSError:
        return "0"


@lru_cache(maxsize=64)
def _packed(path: Path, _mtime_ns: int) -> bytes:
    content = path.read_bytes()
    # The best there is takes half a second for Bootstrap: nobody's first page waits for that.
    return bytes(brotli.compress(content, quality=11 if len(content) < _LARGE_BYTES else 9))


@lru_cache(maxsize=256)
def _digest(path: Path, _mtime_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
