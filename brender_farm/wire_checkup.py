"""The messages of a check: what the farm asks a node to look at, and what the node saw.

They are written and read as those of `wire.py`, and validated on both sides.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from brender_farm.wire import Count, FilePath, Name, Seconds, Word

BUSY = "busy"
"""A node's word for: too many checks wait here already."""
MAX_ROOTS = 100
MAX_BLENDERS = 20
MAX_ANSWER_BYTES = 400_000
"""A larger answer is not read: each text below has its limit, and this is more than all of them."""

Token = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{32}\Z")]
Reason = Annotated[str, msgspec.Meta(max_length=2000)]
_PathOrNone = Annotated[str, msgspec.Meta(max_length=4096)]


class _Frozen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class RootOrder(_Frozen, frozen=True, kw_only=True):
    """A folder to look at, as each kind of machine calls it."""

    farm: FilePath
    linux: FilePath
    macos: FilePath
    windows: FilePath
    marker: Token | None = None
    """The node looks for the marker of this token in it, and tells what it holds."""


class CheckupOrder(_Frozen, frozen=True, kw_only=True):
    """Farm to node: say how you are."""

    v: Literal[1] = 1
    checkup: Token
    """Which check this is; the answer goes to a list of this name."""
    asked_at_s: Annotated[float, msgspec.Meta(ge=0, le=1e11)]
    """By the broker's clock, in seconds since 1970."""
    limit_s: Annotated[float, msgspec.Meta(ge=1, le=600)]
    """An answer that comes later than so long after that is not waited for."""
    roots: Annotated[list[RootOrder], msgspec.Meta(max_length=MAX_ROOTS)] = []
    render: bool = True
    """Whether to render the test frame."""


class RootSeen(_Frozen, frozen=True, kw_only=True):
    """What a node sees of one folder."""

    farm: FilePath
    """The folder's name on the farm, as it was asked for."""
    path: FilePath
    """The same here."""
    is_inside: bool = True
    """Whether BRENDER_ROOTS lets the node go there; it looks no further otherwise."""
    is_there: bool = False
    found: _PathOrNone = ""
    """What the marker holds; empty: there is none."""
    is_writable: bool = False
    trouble: Reason = ""
    """Why it cannot be looked at or written to."""
    free_bytes: Count | None = None
    total_bytes: Count | None = None


class FrameTried(_Frozen, frozen=True, kw_only=True):
    """What became of the test frame with one Blender."""

    blender: Name
    """Its version."""
    path: FilePath
    seconds: Seconds = 0.0
    """How long it took, the start of Blender included."""
    render_s: Seconds = 0.0
    """The render alone."""
    trouble: Reason = ""
    """Why there is no proven frame; empty: there is."""
    said: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    """Blender's last words, where there is a trouble."""


class CheckupAnswer(_Frozen, frozen=True, kw_only=True):
    """Node to farm: how I am."""

    v: Literal[1] = 1
    checkup: Token
    node: Name
    hostname: Word
    os: Word
    brender: Word
    python: Word
    clock_ahead_s: Annotated[float, msgspec.Meta(ge=-1e10, le=1e10)] | None = None
    """How far its clock is ahead of the broker's; None: the broker answered too slowly to tell."""
    own_roots: Annotated[list[FilePath], msgspec.Meta(max_length=MAX_ROOTS)] = []
    """Its BRENDER_ROOTS."""
    roots: Annotated[list[RootSeen], msgspec.Meta(max_length=MAX_ROOTS)] = []
    blenders: Annotated[list[Name], msgspec.Meta(max_length=MAX_BLENDERS)] = []
    """The versions that it has."""
    blender_trouble: Reason = ""
    """Why it has no Blender at all."""
    frames: Annotated[list[FrameTried], msgspec.Meta(max_length=MAX_BLENDERS)] = []
    not_tried: Reason = ""
    """Why no test frame was rendered though it was asked for."""
    temp_free_bytes: Count | None = None
    """Room where the node keeps its own files."""
