"""Submitting shots to a farm elsewhere, and steering them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from brender_farm.client.backend import OnFrame, Shots, say_nothing
from brender_farm.client.remote.asking import changes_json, request_json, shot_numbers
from brender_farm.client.remote.decode import decode
from brender_farm.client.remote.http import with_query
from brender_farm.client.remote.looks import RemoteLooks
from brender_farm.service.audit_result import AuditResult
from brender_farm.service.requests import ShotRequest, Submitted
from brender_farm.service.shapes.bulk import BulkResult
from brender_farm.service.shapes.shots import ShotRow
from brender_farm.service.shapes.stuck import Moved


class RemoteWork(RemoteLooks):
    """See `backend.ShotWork`."""

    def submit(self, request: ShotRequest) -> Submitted:
        return self._submitted("/shots", request_json(request))

    def submit_again(self, shot_id: int, changes: Mapping[str, Any]) -> Submitted:
        return self._submitted(f"/shots/{shot_id}/clone", changes_json(changes))

    def act_on_shot(self, shot_id: int, action: str, *, reason: str = "") -> ShotRow:
        return self._done(f"/shots/{shot_id}/actions/{action}", {"reason": reason})

    def bulk(
        self, action: str, ids: Iterable[int], *, reason: str = "", priority: int | None = None
    ) -> BulkResult:
        asked = {"action": action, "ids": list(ids), "reason": reason, "priority": priority}
        return decode(BulkResult, self.http.send("POST", "/shots/bulk", asked))

    def set_priority(self, shot_id: int, priority: int) -> ShotRow:
        return self.edit_shot(shot_id, {"priority": priority})

    def move_in_line(
        self, shot_id: int, *, above: int | None = None, below: int | None = None
    ) -> ShotRow:
        return self._done("/queue/move", {"shot": shot_id, "above": above, "below": below})

    def edit_shot(
        self, shot_id: int, changes: Mapping[str, object], *, again: bool = False
    ) -> ShotRow:
        asked = {**changes_json(changes), **({"again": True} if again else {})}
        return self._done(f"/shots/{shot_id}", asked, method="PATCH")

    def set_after(self, shot_id: int, after: Shots = None, after_frames: Shots = None) -> ShotRow:
        asked = {
            "after": shot_numbers(after, "after"),
            "after_frames": shot_numbers(after_frames, "after_frames"),
        }
        return self._done(f"/shots/{shot_id}/after", asked, method="PUT")

    def rerender_frames(
        self, shot_id: int, frames: str | None = None, *, reason: str = ""
    ) -> tuple[ShotRow, int]:
        asked = {"frames": frames, "reason": reason}
        told = self.http.send("POST", f"/shots/{shot_id}/rerender", asked)
        return decode(ShotRow, told["shot"]), told["count"]

    def adopt_blend(self, shot_id: int, scope: str) -> ShotRow:
        return self._done(f"/shots/{shot_id}/adopt", {"scope": scope})

    def clear_bans(self, shot_id: int) -> ShotRow:
        return self._done(f"/shots/{shot_id}/bans/clear")

    def audit_shot(
        self, shot_id: int, *, full: bool = True, on_frame: OnFrame = say_nothing
    ) -> AuditResult:
        while True:  # the farm answers after 5 s at most; asked again, it tells of the same audit
            told = self.http.send("POST", f"/shots/{shot_id}/audit", {"full": full})
            on_frame(told["checked_count"], told["frame_count"])
            if not told["running"]:
                return decode(AuditResult, {"shot_id": shot_id, **told["result"]})

    def reset_shot(self, shot_id: int, *, reason: str = "") -> ShotRow:
        return self._done(f"/shots/{shot_id}/reset", {"reason": reason})

    def archive_shot(self, shot_id: int) -> ShotRow:
        return self._done(f"/shots/{shot_id}/archive")

    def unarchive_shot(self, shot_id: int) -> ShotRow:
        return self._done(f"/shots/{shot_id}/unarchive")

    def delete_shot(self, shot_id: int, *, reason: str = "") -> None:
        self.http.send("DELETE", with_query(f"/shots/{shot_id}", {"reason": reason}))

    def try_elsewhere(self, chunk_id: int, frame: int | None = None, *, reason: str = "") -> Moved:
        asked = {"frame": frame, "reason": reason}
        return decode(Moved, self.http.send("POST", f"/chunks/{chunk_id}/elsewhere", asked))

    def _done(
        self, path: str, body: Mapping[str, object] | None = None, *, method: str = "POST"
    ) -> ShotRow:
        return decode(ShotRow, self.http.send(method, path, body))

    def _submitted(self, path: str, asked: Mapping[str, object]) -> Submitted:
        told = self.http.send("POST", path, asked, key=secrets.token_urlsafe(18))
        return Submitted(
            shot=decode(ShotRow, told["shot"]),
            output_dir=told["output_dir"],
            warnings=tuple(told["warnings"]),
        )
