"""Submitting a shot again, as it was or with changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from brender_farm.db.core import reading
from brender_farm.db.models import Shot
from brender_farm.db.reads.dependencies import comes_after
from brender_farm.db.reads.shots import require_shot
from brender_farm.db.reads.shows import show_name
from brender_farm.domain.picture_size import unscaled
from brender_farm.errors import Fault, RequestRefused
from brender_farm.service.checks import folder_name
from brender_farm.service.presets import NO_PRESET
from brender_farm.service.requests import ShotRequest, Submitted
from brender_farm.service.shot_settings import settings_of
from brender_farm.service.submit import submit
from brender_farm.service.submit_keys import OnceOnly, look_for_answer

_VERSION = re.compile(r"v\d{3,}\Z")
_GB = 10**9
_FIELDS = frozenset(field.name for field in fields(ShotRequest))


def request_like(shot_id: int) -> ShotRequest:
    """Return the request that would submit a shot again, into a folder of its own.

    It takes the .blend as it is now. Notes, and a start time that has passed, are left out. Raises
    NotFound.
    """
    with reading() as session:
        return _request(session, require_shot(session, shot_id))


def submit_again(
    shot_id: int, changes: Mapping[str, Any], *, submitter: str, once: OnceOnly | None = None
) -> Submitted:
    """Submit a shot again with other values for some fields of its request; `once` is a key.

    Raises NotFound, and RequestRefused with every fault.
    """
    strange = sorted(changes.keys() - _FIELDS)
    if strange:
        raise RequestRefused(
            *(
                Fault(field=name, message="A submission has no such field.", remedy="")
                for name in strange
            )
        )
    if once is not None and (made := look_for_answer(once, submitter)) is not None:
        return made  # also when the shot that it was like is gone
    return submit(replace(request_like(shot_id), **changes), submitter=submitter, once=once)


def _request(session: Session, shot: Shot) -> ShotRequest:
    earlier = comes_after(session, shot.id)
    settings = settings_of(shot, earlier)
    width, height = _asked_size(shot)
    has_begun = shot.not_before is None or shot.not_before <= datetime.now(UTC)
    return ShotRequest(
        blend=shot.source_blend or shot.blend,
        frames=shot.frames,
        name=shot.name,
        output=_base_folder(shot),
        priority=shot.priority,
        chunk_size=shot.chunk_size or "auto",
        format=shot.format,
        scene=shot.scene,
        width=width,
        height=height,
        snapshot=shot.source_blend is not None,
        frame_limit_s=shot.frame_limit_s,
        memory_limit_gb=shot.memory_limit_bytes and shot.memory_limit_bytes / _GB,
        tags=settings["tags"] or None,
        min_memory_gb=shot.min_memory_bytes / _GB or None,
        max_nodes=shot.max_nodes,
        pool=shot.pool or None,
        blender=shot.blender or None,
        device=shot.device or None,
        limits=settings["limits"] or None,
        after=[other.id for other, by_frame in earlier if not by_frame],
        after_frames=[other.id for other, by_frame in earlier if by_frame],
        not_before=None if has_begun else shot.not_before,
        race=shot.race,
        show=show_name(session, shot.show_id) or None,
        preset=NO_PRESET,  # what it filled in is among the settings
        **shot.render,
    )


def _asked_size(shot: Shot) -> tuple[int | None, int | None]:
    """Return the size that was asked for, before its percentage."""
    if not shot.size_given:
        return None, None
    share = int(shot.render.get("percentage") or 100)
    return unscaled(shot.width, share), unscaled(shot.height, share)


def _base_folder(shot: Shot) -> str | None:
    """Return where the shot's versions are; None: where a shot goes that names no folder."""
    folder = Path(shot.output_dir)
    base = folder.parent if _VERSION.match(folder.name) else folder
    usual = Path(shot.source_blend or shot.blend).parent / "renders" / folder_name(shot.name)
    return None if shot.show_id is not None or base == usual else str(base)
