"""Submitting a shot: the one way in, behind the Python API, the CLI, the form and the API."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from brender_farm.db.core import writing
from brender_farm.db.models import Frame, Shot
from brender_farm.db.reads.shots import taken_folders
from brender_farm.db.writes.events import add_event
from brender_farm.db.writes.shots import roll_up, set_pending, touch
from brender_farm.domain.frames import FrameList, Spans
from brender_farm.domain.states import FrameState, ShotState
from brender_farm.errors import Fault, RequestRefused
from brender_farm.service.check import check
from brender_farm.service.existing import SoundFrame, sound_frames
from brender_farm.service.messages import announce
from brender_farm.service.requests import Checked, Existing, ShotRequest, Submitted
from brender_farm.service.views import shot_row

_RACES = 20
PADDING = 4
"""Digits of the frame number in a file's name; larger numbers simply take more."""


def submit(request: ShotRequest, *, submitter: str) -> Submitted:
    """Check and store a shot, then nudge the scheduler. Its cost does not grow with its frames.

    Never waits for the broker. Raises RequestRefused with every fault found; then nothing is
    stored.
    """
    for _ in range(_RACES):
        try:
            return _submit_checked(check(request), submitter)
        except _FasterOne:
            continue  # checked anew, it gets the next version, or is told who has the folder
    raise RequestRefused(
        Fault(
            field="output",
            message="Other submissions keep taking its folder.",
            remedy="Give each shot an output folder of its own.",
        )
    )


class _FasterOne(Exception):
    """Another submission has taken the output folder since the check."""


def _submit_checked(checked: Checked, submitter: str) -> Submitted:
    _make_folder(Path(checked.output_dir))
    found = sound_frames(checked, PADDING) if checked.existing is Existing.MISSING else ()
    now = datetime.now(UTC)
    with writing() as session:
        if checked.output_dir in taken_folders(session):
            raise _FasterOne
        shot = _store(session, checked, submitter, now)
        _store_found(session, shot, found, now)
        roll_up(session, shot, now=now)
        touch(session, shot)
        row = shot_row(shot, 0)
    announce()
    return Submitted(shot=row, output_dir=checked.output_dir, warnings=checked.warnings)


def _make_folder(folder: Path) -> None:
    """Make the output folder and prove that it can be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".brender-"):
            pass
    except OSError as error:
        raise RequestRefused(
            Fault(
                field="output",
                message=f"{folder} cannot be written to ({error.strerror}).",
                remedy="Choose another output folder, or give the farm the right to write there.",
            )
        ) from error


def _store(session: Session, checked: Checked, submitter: str, now: datetime) -> Shot:
    shot = Shot(
        name=checked.name,
        state=ShotState.QUEUED,
        priority=checked.priority,
        submitter=submitter,
        created_at=now,
        blend=checked.blend,
        blend_size_bytes=checked.blend_size_bytes,
        blend_mtime_ns=checked.blend_mtime_ns,
        blend_version=checked.blend_version,
        scene=checked.scene,
        format=checked.format,
        width=checked.width,
        height=checked.height,
        size_given=checked.size_given,
        output_dir=checked.output_dir,
        padding=PADDING,
        existing=checked.existing,
        chunk_size=checked.chunk_size,
        warnings=list(checked.warnings),
        frames=checked.frames,
        frame_count=checked.frame_count,
        pending=Spans.all(checked.frame_count).encode(),
        pending_count=checked.frame_count,
        done_count=0,
        failed_count=0,
        rev=0,
    )
    session.add(shot)
    session.flush()
    add_event(
        session,
        at=now,
        actor=submitter,
        subject="shot",
        subject_id=shot.id,
        from_state="",
        to_state=ShotState.QUEUED,
        reason=f"Submitted with {shot.frame_count} frames.",
    )
    return shot


def _store_found(session: Session, shot: Shot, found: Sequence[SoundFrame], now: datetime) -> None:
    """Count frames whose files are there and sound as done."""
    if not found:
        return
    order = FrameList.parse(shot.frames)
    positions = [order.position(sound.frame) for sound in found]
    there = Spans.of(position for position in positions if position is not None)
    set_pending(shot, Spans.decode(shot.pending) - there)
    shot.done_count = len(found)
    session.add_all(
        Frame(
            shot_id=shot.id,
            frame=sound.frame,
            state=FrameState.DONE,
            byte_count=sound.byte_count,
            digest=sound.digest,
            reason="It was there before this shot.",
            at=now,
        )
        for sound in found
    )
