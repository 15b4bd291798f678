"""The table of shots."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Double, Index, String, Text, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import BigId, CleanText, JsonText, StateText, UtcDateTime
from brender_farm.domain.states import ShotState


class Shot(db.Model):  # type: ignore[name-defined,misc]
    """A .blend and its frames. Its cost does not depend on how many frames there are."""

    __tablename__ = "shots"
    __table_args__ = (
        Index("ix_shots_state", "state", "priority"),
        Index("ix_shots_archived", "archived", "state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[ShotState] = mapped_column(StateText(ShotState))
    reason: Mapped[str] = mapped_column(CleanText, default="")
    halted: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it is paused by the farm itself: it waits for somebody."""
    priority: Mapped[int]
    submitter: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    show_id: Mapped[int | None] = mapped_column(BigId, index=True)
    """The show it belongs to; None: to none."""
    archived: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it is put away: out of the list, with all that is known of it."""
    notes: Mapped[str] = mapped_column(CleanText, default="", server_default=text("''"))
    """What people wrote about it."""

    blend: Mapped[str] = mapped_column(Text)
    blend_size_bytes: Mapped[int] = mapped_column(BigInteger)
    blend_mtime_ns: Mapped[int] = mapped_column(BigInteger)
    blend_ctime_ns: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    blend_digest: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    """BLAKE2b of the .blend that its frames are rendered from."""
    blend_changed: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a node found another file than the submitted one."""
    source_blend: Mapped[str | None] = mapped_column(Text)
    """The file that was submitted, when `blend` is a snapshot of it."""
    blend_version: Mapped[str] = mapped_column(String(20))
    scene: Mapped[str] = mapped_column(String(200))
    format: Mapped[str] = mapped_column(String(30))
    width: Mapped[int]
    height: Mapped[int]
    size_given: Mapped[bool] = mapped_column(default=False)
    """Whether width and height were asked for, or are what the scene says."""
    output_dir: Mapped[str] = mapped_column(Text, index=True)
    padding: Mapped[int] = mapped_column(default=4)
    file_prefix: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    """What stands before the frame number in its files' names."""
    existing: Mapped[str] = mapped_column(String(20))
    chunk_size: Mapped[int | None]
    frame_limit_s: Mapped[float | None] = mapped_column(Double)
    memory_limit_bytes: Mapped[int | None] = mapped_column(BigInteger)
    render: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict, server_default="{}")
    """What it changes about how the scene is rendered (wire.RenderChanges)."""
    tags: Mapped[list[str]] = mapped_column(JsonText, default=list, server_default="[]")
    """Tags that a node must have to render it."""
    not_tags: Mapped[list[str]] = mapped_column(JsonText, default=list, server_default="[]")
    """Tags that a node must not have."""
    min_memory_bytes: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """What a node's machine must have at least."""
    max_nodes: Mapped[int | None]
    """On how many nodes it may be at a time."""
    pool: Mapped[str] = mapped_column(String(40), default="", server_default=text("''"))
    """The pool whose nodes render it; empty: the nodes without a pool."""
    blender: Mapped[str] = mapped_column(String(20), default="", server_default=text("''"))
    """Which Blender: `4.5.15`, `4.5`, `any`; empty: the one that saved the file, or newer."""
    device: Mapped[str] = mapped_column(String(10), default="", server_default=text("''"))
    """`gpu` or `cpu`; empty: as the scene says, on any node."""
    limit_names: Mapped[list[str]] = mapped_column(JsonText, default=list, server_default="[]")
    """The farm-wide limits that each of its chunks takes one of."""
    race: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a slot that would idle renders its last frames a second time."""
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_open: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether nothing holds it back as a whole: its start time has come, the shots it comes after
    are completed."""
    warnings: Mapped[list[str]] = mapped_column(JsonText, default=list)

    frames: Mapped[str] = mapped_column(Text)
    """All its frames, in rendering order (FrameList notation)."""
    frame_count: Mapped[int]
    pending: Mapped[str] = mapped_column(Text)
    """Positions of the frames that no chunk has and that are not over (Spans)."""
    pending_count: Mapped[int]
    held: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """Positions of pending frames that wait for the same frame of another shot (Spans)."""
    held_count: Mapped[int] = mapped_column(default=0, server_default="0")
    retries: Mapped[dict[str, str]] = mapped_column(JsonText, default=dict, server_default="{}")
    """The pending frames that failed before: ids of the nodes to avoid (`3,7`) → Spans."""
    strikes: Mapped[dict[str, int]] = mapped_column(JsonText, default=dict, server_default="{}")
    """Failures in a row of this shot: node's id → how many."""
    bans: Mapped[dict[str, str]] = mapped_column(JsonText, default=dict, server_default="{}")
    """Nodes that get no more of this shot: node's id → why."""
    done_count: Mapped[int] = mapped_column(default=0)
    failed_count: Mapped[int] = mapped_column(default=0)
    failed_run: Mapped[int] = mapped_column(default=0, server_default="0")
    """Frames that gave up since one was last finished."""
    measured_count: Mapped[int] = mapped_column(default=0)
    """Frames that `render_seconds` is the sum of; less than done_count where files were there."""
    render_seconds: Mapped[float] = mapped_column(default=0.0)
    work_seconds: Mapped[float] = mapped_column(Double, default=0.0, server_default="0")
    """Sum of the same seconds, each times its node's speed: what a node of speed 1 would take."""
    work_squared: Mapped[float] = mapped_column(Double, default=0.0, server_default="0")
    """Sum of the squares of those: how much its frames differ."""
    ended_chunks: Mapped[int] = mapped_column(default=0, server_default="0")
    """Chunks that a node went through, wholly or in part."""
    opened_scenes: Mapped[int] = mapped_column(default=0, server_default="0")
    """For how many of those a Blender had to open the scene first."""
    audited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its finished files were last compared with what is recorded; None: since it was last
    completed, never."""
    audit: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict, server_default="{}")
    """What that found (service.audit.AuditResult)."""
    rev: Mapped[int] = mapped_column(default=1)
    """Grows with every change of the shot, its chunks or its frames."""
