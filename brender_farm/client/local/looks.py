"""Looking at the shots of this machine's farm."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from brender_farm.client.local.context import in_farm

if TYPE_CHECKING:
    from brender_farm.service.shapes.bulk import Survey
    from brender_farm.service.shapes.frames import ChunkRow, FramePage
    from brender_farm.service.shapes.queue import Queue
    from brender_farm.service.shapes.shots import Page, ShotDetail, ShotList
    from brender_farm.service.shapes.stuck import FailureList, SlowFrame, StuckList
    from brender_farm.service.shapes.why import ShotWhy

_LOOK_EVERY_S = 0.2


class LocalLooks:
    """See `backend.ShotLooks`."""

    def list_shots(self, page: Page) -> ShotList:
        from brender_farm.service import shots

        with in_farm():
            return shots.list_shots(page)

    def get_shot(self, shot_id: int) -> ShotDetail:
        from brender_farm.service import shots

        with in_farm():
            return shots.get_shot(shot_id)

    def await_change(self, known: ShotDetail, limit_s: float) -> ShotDetail:
        end = time.monotonic() + limit_s
        while True:
            shot = self.get_shot(known.row.id)
            if shot.rev != known.rev or time.monotonic() >= end:
                return shot
            time.sleep(min(_LOOK_EVERY_S, max(0.0, end - time.monotonic())))

    def shot_frames(
        self, shot_id: int, *, offset: int = 0, limit: int = 200, state: str = ""
    ) -> FramePage:
        from brender_farm.service import shots

        with in_farm():
            return shots.shot_frames(shot_id, offset=offset, limit=limit, state=state)

    def shot_chunks(self, shot_id: int) -> tuple[ChunkRow, ...]:
        from brender_farm.service import shots

        with in_farm():
            return shots.shot_chunks(shot_id)

    def why_shot(self, shot_id: int) -> ShotWhy:
        from brender_farm.service import why

        with in_farm():
            return why.why_shot(shot_id)

    def look_at_queue(self) -> Queue:
        from brender_farm.service import queue

        with in_farm():
            return queue.look_at_queue()

    def list_stuck(self) -> StuckList:
        from brender_farm.service import stuck

        with in_farm():
            return stuck.list_stuck()

    def slow_frames(self) -> tuple[SlowFrame, ...]:
        from brender_farm.service import stuck

        with in_farm():
            return stuck.slow_frames()

    def list_failures(self) -> FailureList:
        from brender_farm.service import failures

        with in_farm():
            return failures.list_failures()

    def path_here(self, path: str) -> str:
        return path

    def survey(self, action: str, ids: Sequence[int]) -> Survey:
        from brender_farm.service import bulk

        with in_farm():
            return bulk.survey(action, ids)
