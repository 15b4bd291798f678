"""Submitting shots to this machine's farm, and steering them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brender_farm.client.backend import OnFilm, OnFrame, Shots, say_nothing
from brender_farm.client.files import write_whole
from brender_farm.client.local.context import in_farm
from brender_farm.client.who import user_name
from brender_farm.service.shapes.downloads import ArchiveFacts

if TYPE_CHECKING:
    from brender_farm.service.audit_result import AuditResult
    from brender_farm.service.requests import ShotRequest, Submitted
    from brender_farm.service.shapes.bulk import BulkResult
    from brender_farm.service.shapes.films import FilmFacts
    from brender_farm.service.shapes.shots import ShotRow
    from brender_farm.service.shapes.stuck import Moved


class LocalWork:
    """See `backend.ShotWork`."""

    def submit(self, request: ShotRequest) -> Submitted:
        from brender_farm.service import submit as service

        with in_farm():
            return service.submit(request, submitter=user_name())

    def submit_again(self, shot_id: int, changes: Mapping[str, Any]) -> Submitted:
        from brender_farm.service import clone

        with in_farm():
            return clone.submit_again(shot_id, changes, submitter=user_name())

    def act_on_shot(self, shot_id: int, action: str, *, reason: str = "") -> ShotRow:
        from brender_farm.service import shots

        with in_farm():
            return shots.act_on_shot(shot_id, action, reason=reason, actor=user_name())

    def bulk(
        self, action: str, ids: Iterable[int], *, reason: str = "", priority: int | None = None
    ) -> BulkResult:
        from brender_farm.service import bulk as service

        with in_farm():
            return service.bulk(action, ids, reason=reason, priority=priority, actor=user_name())

    def set_priority(self, shot_id: int, priority: int) -> ShotRow:
        from brender_farm.service import shots

        with in_farm():
            return shots.set_priority(shot_id, priority, actor=user_name())

    def move_in_line(
        self, shot_id: int, *, above: int | None = None, below: int | None = None
    ) -> ShotRow:
        from brender_farm.service import queue

        with in_farm():
            return queue.move_in_line(shot_id, above=above, below=below, actor=user_name())

    def edit_shot(
        self, shot_id: int, changes: Mapping[str, object], *, again: bool = False
    ) -> ShotRow:
        from brender_farm.service import shot_edit

        with in_farm():
            return shot_edit.edit_shot(shot_id, changes, again=again, actor=user_name())

    def set_after(self, shot_id: int, after: Shots = None, after_frames: Shots = None) -> ShotRow:
        from brender_farm.service import after as service

        with in_farm():
            return service.set_after(shot_id, after, after_frames, actor=user_name())

    def rerender_frames(
        self, shot_id: int, frames: str | None = None, *, reason: str = ""
    ) -> tuple[ShotRow, int]:
        from brender_farm.service import again

        with in_farm():
            return again.rerender_frames(shot_id, frames, reason=reason, actor=user_name())

    def adopt_blend(self, shot_id: int, scope: str) -> ShotRow:
        from brender_farm.service import blend_change

        with in_farm():
            return blend_change.adopt_blend(shot_id, scope, actor=user_name())

    def clear_bans(self, shot_id: int) -> ShotRow:
        from brender_farm.service import again

        with in_farm():
            return again.clear_bans(shot_id, actor=user_name())

    def audit_shot(
        self, shot_id: int, *, full: bool = True, on_frame: OnFrame = say_nothing
    ) -> AuditResult:
        from brender_farm.service import audit

        with in_farm():
            return audit.audit_shot(shot_id, user_name(), full=full, on_frame=on_frame)

    def reset_shot(self, shot_id: int, *, reason: str = "") -> ShotRow:
        from brender_farm.service import reset

        with in_farm():
            return reset.reset_shot(shot_id, reason=reason, actor=user_name())

    def archive_shot(self, shot_id: int) -> ShotRow:
        from brender_farm.service import archive

        with in_farm():
            return archive.archive_shot(shot_id, actor=user_name())

    def unarchive_shot(self, shot_id: int) -> ShotRow:
        from brender_farm.service import archive

        with in_farm():
            return archive.unarchive_shot(shot_id, actor=user_name())

    def delete_shot(self, shot_id: int, *, reason: str = "") -> None:
        from brender_farm.service import deletion

        with in_farm():
            deletion.delete_shot(shot_id, reason=reason, actor=user_name())

    def try_elsewhere(self, chunk_id: int, frame: int | None = None, *, reason: str = "") -> Moved:
        from brender_farm.service import elsewhere

        with in_farm():
            return elsewhere.try_elsewhere(chunk_id, frame, reason=reason, actor=user_name())

    def write_film(
        self, shot_id: int, out: Path, *, on_progress: OnFilm = say_nothing
    ) -> FilmFacts:
        from brender_farm.service import film_maker

        with in_farm():
            return film_maker.write_film(shot_id, out, on_progress=on_progress)

    def write_frames(
        self, shot_id: int, out: Path, frames: str = "", *, beside: bool = False
    ) -> ArchiveFacts:
        from brender_farm.service.download import frame_download
        from brender_farm.service.frame_archive import FrameArchive

        with in_farm():
            wanted = frame_download(shot_id, frames, beside=beside)
        archive = FrameArchive(wanted)
        write_whole(out, archive)
        return ArchiveFacts(
            file_count=len(wanted.files),
            byte_count=len(archive),
            missing_count=archive.missing_count,
        )
