"""How states look: the word, the icon and the colour of each. What may be done, the farm says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from brender_farm.domain.away import clock
from brender_farm.domain.local_time import local_time
from brender_farm.domain.standing import Standing
from brender_farm.domain.states import ChunkState, FrameState, NodeIntent, ShotState
from brender_farm.service.audit_result import AuditResult
from brender_farm.service.shapes.frames import FrameCell
from brender_farm.service.shapes.nodes import NodeRow


@dataclass(frozen=True, slots=True)
class Look:
    """A state as people see it; `tone` names a colour in tokens.css."""

    word: str
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class ActionLook:
    """A button; `confirm` asks first, on a page of its own."""

    word: str
    icon: str
    style: str = "quiet"
    confirm: bool = False
    ends_work: bool = False
    """Whether the page asks what is to become of the frames that are rendering."""
    endpoint: str = ""
    """Where it leads, if not to the actions' own address."""


@dataclass(frozen=True, slots=True)
class BulkLook:
    """A button for many shots; `confirm` asks first, naming them; `done` is what they are then."""

    word: str
    icon: str
    done: str
    style: str = "quiet"
    confirm: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """One coloured part of a bar, `start` and `width` in percent of it."""

    tone: str
    start: float
    width: float


SHOT_LOOKS = {
    ShotState.WAITING: Look("Waiting", "hourglass-split", "queued"),
    ShotState.QUEUED: Look("Queued", "clock", "queued"),
    ShotState.RENDERING: Look("Rendering", "record-circle", "rendering"),
    ShotState.PAUSED: Look("Paused", "pause-fill", "paused"),
    ShotState.COMPLETED: Look("Completed", "check-circle-fill", "done"),
    ShotState.FAILED: Look("Failed", "exclamation-triangle-fill", "failed"),
    ShotState.CANCELLED: Look("Cancelled", "slash-circle", "off"),
}
CHUNK_LOOKS = {
    ChunkState.SENT: Look("Sent", "send", "queued"),
    ChunkState.RENDERING: Look("Rendering", "record-circle", "rendering"),
    ChunkState.DONE: Look("Done", "check-circle-fill", "done"),
    ChunkState.FAILED: Look("Failed", "exclamation-triangle-fill", "failed"),
    ChunkState.LOST: Look("Lost", "wifi-off", "failed"),
    ChunkState.CANCELLED: Look("Cancelled", "slash-circle", "off"),
    ChunkState.RETURNED: Look("Returned", "arrow-return-left", "off"),
}
FRAME_LOOKS = {
    FrameState.PENDING: Look("Pending", "circle", "queued"),
    FrameState.RENDERING: Look("Rendering", "record-circle", "rendering"),
    FrameState.DONE: Look("Done", "check-circle-fill", "done"),
    FrameState.FAILED: Look("Failed", "exclamation-triangle-fill", "failed"),
}
RETRY_LOOK = Look("Tried again", "arrow-clockwise", "paused")
"""A frame that failed and waits for another try."""
STUCK_LOOK = Look("Stuck", "hourglass-split", "failed")
"""A frame that renders for far longer than it should."""
SLOW_LOOK = Look("Slow", "clock-history", "paused")
"""A finished frame that took far longer than those beside it."""
PART_LOOKS = {
    "well": Look("Well", "check-circle-fill", "done"),
    "warning": Look("Look here", "exclamation-circle", "paused"),
    "bad": Look("Wrong", "exclamation-triangle-fill", "failed"),
    "unknown": Look("No answer", "wifi-off", "failed"),
}
"""How a part of the farm is."""
LEVEL_LOOKS = {
    "INFO": Look("Info", "info-circle", "queued"),
    "WARNING": Look("Warning", "exclamation-circle", "paused"),
    "ERROR": Look("Error", "exclamation-triangle-fill", "failed"),
    "CRITICAL": Look("Error", "exclamation-triangle-fill", "failed"),
}
"""How bad a line of a log is."""
SHOT_ACTION_LOOKS = {
    "start": ActionLook("Start anyway", "play-fill", "primary"),
    "pause": ActionLook("Pause", "pause-fill"),
    "resume": ActionLook("Resume", "play-fill", "primary"),
    "retry": ActionLook("Retry", "arrow-clockwise", "primary"),
    "cancel": ActionLook("Cancel", "x-lg", "danger", confirm=True),
}
SHOT_OFFER_LOOKS = {
    "edit": ActionLook("Edit", "pencil-square", confirm=True, endpoint="edit.form"),
    "clone": ActionLook("Submit again", "copy", confirm=True, endpoint="edit.clone"),
    "rerender": ActionLook("Render again", "arrow-repeat", confirm=True, endpoint="again.form"),
    "audit": ActionLook("Check files", "shield-check", endpoint="audit.start"),
    "archive": ActionLook("Archive", "archive", endpoint="archive.put_away"),
    "unarchive": ActionLook("Take out of the archive", "archive", endpoint="archive.take_out"),
    "delete": ActionLook(
        "Delete", "trash3", "danger", confirm=True, endpoint="shot.confirm_deletion"
    ),
}
BULK_LOOKS = {
    "pause": BulkLook("Pause", "pause-fill", "paused"),
    "resume": BulkLook("Resume", "play-fill", "resumed"),
    "retry": BulkLook("Retry", "arrow-clockwise", "tried again"),
    "priority": BulkLook("Set priority", "list-ol", "given the new priority"),
    "archive": BulkLook("Archive", "archive", "archived"),
    "unarchive": BulkLook("Take out of the archive", "archive", "back in the list"),
    "start": BulkLook("Start anyway", "play-fill", "started"),
    "reset": BulkLook("Reset", "arrow-counterclockwise", "reset", "danger", confirm=True),
    "cancel": BulkLook("Cancel", "x-lg", "cancelled", "danger", confirm=True),
    "delete": BulkLook("Delete", "trash3", "deleted", "danger", confirm=True),
}
"""What may be done to many shots at once, in the order of the buttons."""
NODE_LOOKS = {
    Standing.RENDERING: Look("Rendering", "record-circle", "rendering"),
    Standing.IDLE: Look("Idle", "check-circle-fill", "done"),
    Standing.UNWELL: Look("Cannot write", "exclamation-triangle-fill", "paused"),
    Standing.CLOSED: Look("Outside its hours", "moon-stars", "off"),
    Standing.DRAINING: Look("Draining", "hourglass-split", "paused"),
    Standing.DISABLED: Look("Disabled", "power", "off"),
    Standing.SICK: Look("Sick", "exclamation-triangle-fill", "failed"),
    Standing.TROUBLE: Look("In trouble", "exclamation-triangle-fill", "failed"),
    Standing.OFFLINE: Look("Offline", "wifi-off", "failed"),
}
NODE_ACTION_LOOKS = {
    "enable": ActionLook("Enable", "play-fill"),
    "drain": ActionLook("Drain", "hourglass-split"),
    "disable": ActionLook("Disable", "power", "danger", confirm=True, ends_work=True),
}


def node_look(node: NodeRow) -> Look:
    """Return what a node is, with what only it can say: until when, and whether that is bad."""
    look = NODE_LOOKS[node.standing]
    if node.standing is Standing.CLOSED and node.opens_at is not None:
        return Look(f"Outside its hours until {_farm_clock(node.opens_at)}", look.icon, look.tone)
    if node.standing is Standing.OFFLINE and node.intent != NodeIntent.ENABLED:
        return Look(look.word, look.icon, "off")
    return look


def _farm_clock(moment: datetime) -> str:
    """Write a time as the farm's machine shows it, like the hours beside it."""
    return clock(local_time(moment), datetime.now(UTC))


def audit_look(result: AuditResult) -> Look:
    """Return what an audit found, in two words."""
    if result.bad_count:
        return Look(f"{result.bad_count} not as published", "exclamation-triangle-fill", "failed")
    if result.trouble:
        return Look("Could not be checked", "exclamation-circle", "paused")
    return Look("As published", "check-circle-fill", "done")


def reason_tone(cell: FrameCell) -> str:
    """Return the tone of a frame's reason: a failure, a flag on a picture, or a wish."""
    if cell.state == FrameState.FAILED:
        return "failed"
    return "paused" if cell.tag or cell.tries else "queued"


def free_slots(node: NodeRow) -> int:
    """Return how many slots of a node wait for work; none where it would get none."""
    willing = node.intent == NodeIntent.ENABLED and not node.out_of_hours
    ready = node.online and willing and not node.trouble
    return max(0, node.slots - len(node.work)) if ready else 0


def shot_segments(done: int, failed: int, rendering: int, total: int) -> list[Segment]:
    """Split a progress bar into its coloured parts, in percent."""
    parts = (("done", done), ("failed", failed), ("rendering", rendering))
    segments: list[Segment] = []
    start = 0.0
    for tone, count in parts:
        width = 100 * count / total if total else 0.0
        if count:
            segments.append(Segment(tone, round(start, 3), round(max(width, 0.4), 3)))
        start += width
    return segments
