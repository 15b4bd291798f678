"""The .blend files that shots were submitted from last."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from brender_farm.blendfile.browse import BlendEntry
from brender_farm.db.core import reading
from brender_farm.db.reads.recent import latest_blends
from brender_farm.domain.paths import resolve_roots

MOST = 6


def recent_blends(roots: tuple[Path, ...]) -> tuple[BlendEntry, ...]:
    """Return the files used last that are still there and under the roots, the newest first."""
    with reading() as session:
        paths = [Path(text) for text in latest_blends(session, limit=3 * MOST)]
    real_roots = resolve_roots(roots)
    inside = [path for path in paths if any(path.is_relative_to(root) for root in real_roots)]
    found = (entry for path in inside if (entry := _entry(path)) is not None)
    return tuple(entry for entry, _ in zip(found, range(MOST), strict=False))


def _entry(path: Path) -> BlendEntry | None:
    try:
        status = path.stat()
    except OSError:
        return None
    if not os.access(path, os.R_OK):
        return None
    return BlendEntry(
        name=path.name,
        path=path,
        size_bytes=status.st_size,
        modified_at=datetime.fromtimestamp(status.st_mtime, UTC),
    )
