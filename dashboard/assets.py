"""Addresses of static files that change with their content, so that browsers keep them for ever."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, request

YEAR_S = 365 * 24 * 3600


def register_assets(app: Flask) -> None:
    """Add `v=<hash>` to every static address, and let what is asked for with it be kept."""
    folder = Path(app.static_folder or "")

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            values["v"] = version_of(folder / values["filename"])

    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 0
    app.get_send_file_max_age = _max_age  # type: ignore[method-assign]


def _max_age(filename: str | None) -> int | None:  # noqa: ARG001 - Flask passes it by name
    return YEAR_S if "v" in request.args else None


def version_of(path: Path) -> str:
    try:
        return _digest(path, path.stat().st_mtime_ns)
    except OSError:
        return "0"


@lru_cache(maxsize=256)
def _digest(path: Path, _mtime_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
