"""Looking at the shots of a farm elsewhere."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from brender_farm.client.remote.decode import decode, decode_all
from brender_farm.client.remote.http import Http
from brender_farm.domain.explain import Explanation
from brender_farm.domain.shot_filter import ShotFilter
from brender_farm.domain.time_left import TimeLeft
from brender_farm.service.log_words import LogWords
from brender_farm.service.shapes.bulk import Survey
from brender_farm.service.shapes.frames import ChunkRow, FrameCell, FramePage
from brender_farm.service.shapes.queue import Queue
from brender_farm.service.shapes.shots import Page, ShotDetail, ShotList, ShotRow
from brender_farm.service.shapes.stuck import Failure, FailureList, SlowFrame, StuckFrame, StuckList
from brender_farm.service.shapes.why import ShotWhy

_MOST = 200
"""Shots that the API gives at a time."""
_LOOK_EVERY_S = 1.0
"""How often a farm is asked that cannot wait for a change itself."""
_AT_ONCE_S = 0.5


@dataclass(frozen=True)
class RemoteLooks:
    """See `backend.ShotLooks`."""

    http: Http

    def list_shots(self, page: Page) -> ShotList:
        size = min(page.size, _MOST)
        first = (page.number - 1) * page.size
        parts = [self._shots(page, first // size + 1, size)]
        rows: list[Any] = parts[0]["shots"][first % size :]
        while (
            len(rows) < page.size and parts[-1]["shots"] and first + len(rows) < parts[0]["total"]
        ):
            parts.append(self._shots(page, first // size + 1 + len(parts), size))
            rows += parts[-1]["shots"]
        return _shot_list(page, parts[0], decode_all(ShotRow, rows[: page.size]))

    def get_shot(self, shot_id: int) -> ShotDetail:
        return shot_detail(self.http.get(f"/shots/{shot_id}"))

    def await_change(self, known: ShotDetail, limit_s: float) -> ShotDetail:
        shot_id, end = known.row.id, time.monotonic() + limit_s
        while True:
            left_s = max(0.0, end - time.monotonic())
            asked = time.monotonic()
            told = self.http.get(
                f"/shots/{shot_id}",
                {"wait": max(1, round(left_s)) if left_s >= 1 else None, "tag": known.rev},
                patience_s=left_s,
            )
            shot = known if told is None else shot_detail(told)
            if shot.rev != known.rev or time.monotonic() >= end:
                return shot if told is not None else self.get_shot(shot_id)
            if time.monotonic() - asked < _AT_ONCE_S:  # it does not wait, or many wait already
                time.sleep(min(_LOOK_EVERY_S, max(0.0, end - time.monotonic())))

    def shot_frames(
        self, shot_id: int, *, offset: int = 0, limit: int = 200, state: str = ""
    ) -> FramePage:
        query = {"offset": offset, "limit": limit, "state": state}
        told = self.http.get(f"/shots/{shot_id}/frames", query)
        return FramePage(
            cells=decode_all(FrameCell, told["frames"]), offset=offset, total=told["total"]
        )

    def shot_chunks(self, shot_id: int) -> tuple[ChunkRow, ...]:
        return decode_all(ChunkRow, self.http.get(f"/shots/{shot_id}/chunks")["chunks"])

    def why_shot(self, shot_id: int) -> ShotWhy:
        return decode(ShotWhy, self.http.get(f"/shots/{shot_id}/why"))

    def look_at_queue(self) -> Queue:
        return decode(Queue, self.http.get("/queue"))

    def list_stuck(self) -> StuckList:
        told = self.http.get("/stuck")
        rows = tuple(
            decode(StuckFrame, each, log=Path(), words=_words(each)) for each in told["stuck"]
        )
        return StuckList(rows=rows, factor=told["factor"], tag="")

    def slow_frames(self) -> tuple[SlowFrame, ...]:
        return decode_all(SlowFrame, self.http.get("/stuck")["slow"])

    def list_failures(self) -> FailureList:
        told = self.http.get("/failures")
        rows = (decode(Failure, each, explanation=_explanation(each)) for each in told["failures"])
        return FailureList(rows=tuple(rows), total=told["total"], tag="")

    def survey(self, action: str, ids: Sequence[int]) -> Survey:
        told = self.http.send("POST", "/shots/bulk/survey", {"action": action, "ids": list(ids)})
        return decode(Survey, told)

    def _shots(self, page: Page, number: int, size: int) -> dict[str, Any]:
        asked = page.filter
        query = {name: getattr(asked, name) for name in ShotFilter.__dataclass_fields__}
        query["show"] = query.pop("show_id")
        found: dict[str, Any] = self.http.get(
            "/shots", {**query, "sort": page.sort, "page": number, "size": size}
        )
        return found


def shot_detail(told: Any) -> ShotDetail:
    """Return a shot from what the API tells, where list and detail stand side by side."""
    audit = told.get("audit")
    if isinstance(audit, dict):
        told = {**told, "audit": {"shot_id": told.get("id"), **audit}}
    return decode(ShotDetail, told, row=decode(ShotRow, told), rev=int(told["tag"]))


def _shot_list(page: Page, told: dict[str, Any], rows: tuple[ShotRow, ...]) -> ShotList:
    left = [told[f"queue_left_{name}"] for name in ("s", "low_s", "high_s")]
    return ShotList(
        rows=rows,
        total=told["total"],
        page=replace(page),
        counts=told["counts"],
        archived_count=told["archived_count"],
        shows={row.show_id: row.show for row in rows if row.show_id is not None},
        tag=told["tag"],
        queue_left=None if None in left else TimeLeft(s=left[0], low_s=left[1], high_s=left[2]),
        untold_count=told["untold_count"],
    )


def _words(told: Any) -> LogWords:
    return LogWords(
        last_line=told.get("last_line", ""),
        errors=tuple(told.get("errors", ())),
        explanation=_explanation(told),
    )


def _explanation(told: Any) -> Explanation | None:
    meaning = told.get("meaning")
    return Explanation(meaning=meaning, remedy=told.get("remedy", "")) if meaning else None
