"""What a farm can be asked and told, wherever it is.

`LocalFarm` asks the services of this process, on the farm's own database; `RemoteFarm` asks the
JSON API of a farm elsewhere. Both answer with the frozen shapes of `service.shapes`, and both
raise NotFound, RequestRefused with its faults, ActionRefused with what is allowed, or another
FarmError that says what to do. Who does it is known to the farm: the user of this process, or
the person whose token it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from brender_farm.broker.log_stream import LogLine
    from brender_farm.service.audit_result import AuditResult
    from brender_farm.service.requests import ShotRequest, Submitted
    from brender_farm.service.shapes.bulk import BulkResult, Survey
    from brender_farm.service.shapes.condition import Condition
    from brender_farm.service.shapes.downloads import ArchiveFacts
    from brender_farm.service.shapes.events import EventFilter, EventPage
    from brender_farm.service.shapes.farm import LimitRow, Rules, ShareRow
    from brender_farm.service.shapes.films import FilmFacts, FilmProgress
    from brender_farm.service.shapes.frames import ChunkRow, FramePage
    from brender_farm.service.shapes.logs import LogFilter, LogPage, LogSource
    from brender_farm.service.shapes.nodes import NodeList, NodeRow
    from brender_farm.service.shapes.notices import NoticeRequest, NoticeRow
    from brender_farm.service.shapes.presets import PresetRow
    from brender_farm.service.shapes.queue import Queue
    from brender_farm.service.shapes.settings import SettingRow
    from brender_farm.service.shapes.shots import Page, ShotDetail, ShotList, ShotRow
    from brender_farm.service.shapes.shows import ShowRequest, ShowRow
    from brender_farm.service.shapes.stuck import FailureList, Moved, SlowFrame, StuckList
    from brender_farm.service.shapes.webhooks import (
        DeliveryRow,
        FreshWebhook,
        WebhookRequest,
        WebhookRow,
    )
    from brender_farm.service.shapes.why import NodeWhy, ShotWhy


OnFrame = Callable[[int, int], None]
"""Told how many frames were looked at, and of how many."""
OnFilm = Callable[["FilmProgress"], None]

Shots = Sequence[int] | str | None
"""Numbers of shots; as text with commas between."""


def say_nothing(*_told: object) -> None:
    """Be told of progress that nobody watches."""


class ShotLooks(Protocol):
    """What is known of shots."""

    def list_shots(self, page: Page) -> ShotList: ...

    def get_shot(self, shot_id: int) -> ShotDetail: ...

    def await_change(self, known: ShotDetail, limit_s: float) -> ShotDetail:
        """Return the shot as soon as it differs from `known`, or as it is after `limit_s`."""

    def shot_frames(
        self, shot_id: int, *, offset: int = 0, limit: int = 200, state: str = ""
    ) -> FramePage:
        """Return part of its frames in rendering order, 1,000 at most."""

    def shot_chunks(self, shot_id: int) -> tuple[ChunkRow, ...]: ...

    def why_shot(self, shot_id: int) -> ShotWhy: ...

    def look_at_queue(self) -> Queue: ...

    def list_stuck(self) -> StuckList: ...

    def slow_frames(self) -> tuple[SlowFrame, ...]: ...

    def list_failures(self) -> FailureList: ...

    def path_here(self, path: str) -> str:
        """Return a path of the farm as this machine sees it, by the roots of its shows."""

    def survey(self, action: str, ids: Sequence[int]) -> Survey:
        """Say what an action over many shots would reach."""


class ShotWork(Protocol):
    """Submitting shots and steering them."""

    def submit(self, request: ShotRequest) -> Submitted: ...

    def submit_again(self, shot_id: int, changes: Mapping[str, Any]) -> Submitted: ...

    def act_on_shot(self, shot_id: int, action: str, *, reason: str = "") -> ShotRow:
        """Pause, resume, start, cancel or retry."""

    def bulk(
        self, action: str, ids: Iterable[int], *, reason: str = "", priority: int | None = None
    ) -> BulkResult:
        """Do the same to many shots, and tell what became of each."""

    def set_priority(self, shot_id: int, priority: int) -> ShotRow: ...

    def move_in_line(
        self, shot_id: int, *, above: int | None = None, below: int | None = None
    ) -> ShotRow: ...

    def edit_shot(
        self, shot_id: int, changes: Mapping[str, object], *, again: bool = False
    ) -> ShotRow: ...

    def set_after(
        self, shot_id: int, after: Shots = None, after_frames: Shots = None
    ) -> ShotRow: ...

    def rerender_frames(
        self, shot_id: int, frames: str | None = None, *, reason: str = ""
    ) -> tuple[ShotRow, int]: ...

    def adopt_blend(self, shot_id: int, scope: str) -> ShotRow: ...

    def clear_bans(self, shot_id: int) -> ShotRow: ...

    def audit_shot(
        self, shot_id: int, *, full: bool = True, on_frame: OnFrame = say_nothing
    ) -> AuditResult: ...

    def reset_shot(self, shot_id: int, *, reason: str = "") -> ShotRow: ...

    def archive_shot(self, shot_id: int) -> ShotRow: ...

    def unarchive_shot(self, shot_id: int) -> ShotRow: ...

    def delete_shot(self, shot_id: int, *, reason: str = "") -> None: ...

    def try_elsewhere(
        self, chunk_id: int, frame: int | None = None, *, reason: str = ""
    ) -> Moved: ...

    def write_film(
        self, shot_id: int, out: Path, *, on_progress: OnFilm = say_nothing
    ) -> FilmFacts:
        """Write a film of its finished frames to a file of this machine."""

    def write_frames(
        self, shot_id: int, out: Path, frames: str = "", *, beside: bool = False
    ) -> ArchiveFacts:
        """Write its finished frames (notation; empty: all) to a ZIP on this machine."""


class NodeWork(Protocol):
    """Nodes, looked at and steered."""

    def list_nodes(self) -> NodeList: ...

    def why_node(self, node_id: int) -> NodeWhy: ...

    def why_node_named(self, name: str) -> NodeWhy: ...

    def act_on_node(
        self, node_id: int, action: str, *, reason: str = "", kill: bool = False
    ) -> NodeRow: ...

    def set_hours(self, node_id: int, text: str) -> NodeRow: ...

    def set_tags(self, node_id: int, text: str | None) -> NodeRow: ...

    def restart_blenders(self, node_id: int) -> NodeRow: ...

    def forget_node(self, node_id: int, *, reason: str = "") -> None: ...


class RuleWork(Protocol):
    """Limits, shares, presets and shows."""

    def list_rules(self) -> Rules: ...

    def set_limit(self, name: str, slots: float | str) -> LimitRow: ...

    def remove_limit(self, name: str) -> None: ...

    def set_share(self, submitter: str, weight: float | str) -> ShareRow: ...

    def remove_share(self, submitter: str) -> None: ...

    def list_presets(self) -> tuple[PresetRow, ...]: ...

    def set_preset(self, name: str, changes: Mapping[str, Any]) -> PresetRow: ...

    def remove_preset_named(self, name: str) -> PresetRow: ...

    def list_shows(self) -> tuple[ShowRow, ...]: ...

    def find_show(self, text: str) -> ShowRow: ...

    def add_show(self, asked: ShowRequest) -> ShowRow: ...

    def change_show(self, show_id: int, asked: ShowRequest) -> ShowRow: ...

    def delete_show(self, show_id: int) -> ShowRow: ...

    def activate_show(self, show_id: int) -> ShowRow: ...

    def deactivate_shows(self) -> None: ...


class FarmWork(Protocol):
    """The farm as a whole: its condition, settings, logs and events, and who is told of what."""

    def condition(self) -> Condition: ...

    def all_settings(self) -> tuple[SettingRow, ...]: ...

    def change_setting(self, name: str, value: str | bool | float) -> bool | float | int: ...

    def list_logs(self, wanted: LogFilter, *, limit: int = 300) -> LogPage: ...

    def lines_after(self, wanted: LogFilter, line_id: str) -> tuple[list[LogLine], str]:
        """Return what came after this line, and why the broker has not answered."""

    def log_sources(self) -> tuple[LogSource, ...]: ...

    def list_events(self, wanted: EventFilter, *, limit: int = 100) -> EventPage: ...

    def list_notices(self) -> tuple[NoticeRow, ...]: ...

    def add_notice(self, wanted: NoticeRequest) -> NoticeRow: ...

    def remove_notice(self, notice_id: int) -> NoticeRow: ...

    def try_notice(self, notice_id: int) -> str:
        """Send a test message; return why it was not delivered, empty when it was."""


class HookWork(Protocol):
    """Programs elsewhere that are told what happens."""

    def list_webhooks(self) -> tuple[WebhookRow, ...]: ...

    def get_webhook(self, webhook_id: int) -> WebhookRow: ...

    def add_webhook(self, wanted: WebhookRequest) -> FreshWebhook: ...

    def change_webhook(self, webhook_id: int, wanted: WebhookRequest) -> WebhookRow: ...

    def remove_webhook(self, webhook_id: int) -> WebhookRow: ...

    def rotate_secret(self, webhook_id: int) -> FreshWebhook: ...

    def try_webhook(self, webhook_id: int) -> DeliveryRow: ...

    def webhook_deliveries(self, webhook_id: int) -> tuple[DeliveryRow, ...]: ...

    def send_webhook_again(self, webhook_id: int, delivery_id: int) -> DeliveryRow: ...


class Backend(ShotLooks, ShotWork, NodeWork, RuleWork, FarmWork, HookWork, Protocol):
    """A farm."""

    @property
    def url(self) -> str:
        """Address of its dashboard, without a slash at the end."""

    @property
    def is_remote(self) -> bool:
        """Whether it is asked over the network; then its paths may be others than here."""
