"""The messages between farm and nodes: frozen, versioned, validated on both sides.

They travel as JSON. A field that is missing, unknown, of another type or out of bounds makes
`read` raise MessageRefused; nothing of such a message is used. Paths are data: a node opens the
.blend and writes the output only after confining both to its own roots.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

import msgspec

from brender_farm.errors import MessageRefused

_MAX_INTEGER = 2**63 - 1
"""What a database's widest integer column holds."""
MAX_FENCES = 100_000
MAX_CLAIMS = 10_000
_WORD = r"\A[^\x00\ud800-\udfff]*\Z"
"""Without NUL and half characters, which PostgreSQL and UTF-8 refuse."""

Id = Annotated[int, msgspec.Meta(ge=1, le=_MAX_INTEGER)]
Count = Annotated[int, msgspec.Meta(ge=0, le=_MAX_INTEGER)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e9)]
Figure = Annotated[float, msgspec.Meta(ge=0, le=1e13)]
Frame = Annotated[int, msgspec.Meta(ge=0, le=1_048_574)]
Pixels = Annotated[int, msgspec.Meta(ge=4, le=65_536)]
"""Blender renders 4 to 65,536 pixels each way."""
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=_WORD)]
FilePath = Annotated[str, msgspec.Meta(min_length=1, max_length=4096, pattern=_WORD)]
Text = Annotated[str, msgspec.Meta(max_length=20_000)]
Mac = Annotated[str, msgspec.Meta(min_length=64, max_length=64)]
Word = Annotated[str, msgspec.Meta(max_length=200, pattern=_WORD)]
"""A name, or nothing."""

_Message = TypeVar("_Message", bound=msgspec.Struct)


class _Frozen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class RenderChanges(_Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """What a shot changes about how its scene is rendered; what is empty is as the scene says."""

    engine: Literal["", "CYCLES", "EEVEE", "WORKBENCH"] = ""
    percentage: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    """Of the scene's resolution."""
    samples: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None
    denoise: bool | None = None
    camera: Word = ""
    view_layers: Annotated[list[Name], msgspec.Meta(max_length=100)] = []
    """The only ones to render."""
    color_depth: Literal["", "8", "10", "12", "16", "32"] = ""
    """Bits a channel, as the format offers them."""
    quality: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None
    """Of lossy formats."""
    compression: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    """Of PNG, in percent: smaller files that take longer."""
    exr_codec: Word = ""
    """Of EXR, as Blender names it: NONE, ZIP, PIZ, DWAA, …"""


class SceneOrder(_Frozen, frozen=True, kw_only=True):
    """What to open, and how to render it."""

    blend: FilePath
    size_bytes: Count
    mtime_ns: int
    ctime_ns: int
    digest: Name | None
    """BLAKE2b of the .blend as it was submitted: what decides whether it has changed. None: the
    shot is of a time when it was not recorded."""
    scene: Name
    format: Name
    width: Pixels | None = None
    height: Pixels | None = None
    """Size of the finished picture; None: as the scene says."""
    blender: Word = ""
    """Which Blender: `4.5.15`, `4.5`, `any`; empty: the one that saved the file, or newer."""
    device: Literal["", "cpu", "gpu"] = ""
    """What Cycles renders on; empty: as the scene says."""
    render: RenderChanges = RenderChanges()
    auto_run: bool = False
    """Whether the file may run its own Python scripts."""


class RenderLimits(_Frozen, frozen=True, kw_only=True):
    """What one frame may take before its Blender is ended; None: no limit."""

    frame_s: Seconds | None = None
    memory_bytes: Count | None = None
    """Resident memory of Blender and all it started."""


class ChunkOrder(_Frozen, frozen=True, kw_only=True):
    """Farm to node: render these frames of this shot."""

    v: Literal[1] = 1
    chunk_id: Id
    shot_id: Id
    shot_name: Name
    frames: Text
    """Frame notation, in rendering order."""
    scene: SceneOrder
    output_dir: FilePath
    padding: Annotated[int, msgspec.Meta(ge=1, le=10)]
    """Digits of the frame number in a file's name."""
    file_prefix: Word = ""
    """What stands before it."""
    limits: RenderLimits = RenderLimits()
    fences: Annotated[list[Id], msgspec.Meta(max_length=MAX_FENCES)] = []
    """Chunks that may still be writing to this folder though they are over: their drafts are
    removed before this one begins, so that nothing of them can be published any more."""


class ChunkStarted(_Frozen, frozen=True, kw_only=True, tag="started"):
    """The node has begun this chunk; its fences are up."""

    chunk_id: Id
    boot: Name
    """Which start of the node's process has it."""
    age_s: Seconds = 0.0
    """How long ago that was when this was sent: reports wait for company."""


class FrameFile(_Frozen, frozen=True, kw_only=True):
    """A file that belongs to a frame beside its picture: a view, a pass, a compositor's output."""

    name: FilePath
    """Relative to the shot's output folder, with `/` between parts."""
    byte_count: Count
    digest: Name


class FrameDone(_Frozen, frozen=True, kw_only=True, tag="frame_done"):
    """A frame is proven and in its place."""

    chunk_id: Id
    frame: Frame
    seconds: Seconds
    byte_count: Count
    digest: Name
    """BLAKE2b of the file, hexadecimal."""
    width: Count
    height: Count
    peak_bytes: Count
    """Highest resident memory of Blender so far; 0 when unknown."""
    is_black: bool = False
    nan_count: Count = 0
    files: Annotated[list[FrameFile], msgspec.Meta(max_length=500)] = []
    """What was published with the picture."""


class FrameFailed(_Frozen, frozen=True, kw_only=True, tag="frame_failed"):
    """A frame was tried and has no proven file."""

    chunk_id: Id
    frame: Frame
    reason: Text
    permanent: bool = False
    """Trying again, here or elsewhere, cannot help."""
    short_of_memory: bool = False
    """The machine ran short: a node with more memory may do it."""
    tail: Text = ""
    """The last lines of Blender's output."""


class ChunkEnded(_Frozen, frozen=True, kw_only=True, tag="ended"):
    """The node has let go of this chunk; frames it did not report are still to do."""

    chunk_id: Id
    returned: bool = False
    """Given back without blame (stopping, draining, no room on the disk)."""
    reported_count: Count = 0
    """How many of its frames the node has reported as done or failed. The farm ends the chunk when
    it has heard of as many; until then the node sends everything again."""
    resent: Count = 0
    blend_changed: bool = False
    """The .blend is not the one that was submitted: the shot must not go on by itself."""
    opened_scene: bool | None = None
    """Whether a Blender had to open the scene for it; None: it did not come to that."""
    reason: Text = ""


ReportItem = ChunkStarted | FrameDone | FrameFailed | ChunkEnded


class Report(_Frozen, frozen=True, kw_only=True):
    """Node to farm: what happened, in order. Safe to receive twice, late or out of order."""

    v: Literal[1] = 1
    node: Name
    items: Annotated[list[ReportItem], msgspec.Meta(min_length=1, max_length=1000)]


class ChunkClaim(_Frozen, frozen=True, kw_only=True):
    """A chunk that the node is at work on, or has not yet reported the end of."""

    chunk_id: Id
    frame: Frame | None = None
    done_count: Count = 0
    frame_s: Seconds | None = None
    """For how long it has been at this frame."""
    sample: Count | None = None
    sample_count: Count | None = None


class MachineFacts(_Frozen, frozen=True, kw_only=True):
    """What the node's machine is."""

    hostname: Text
    os: Text
    cpu_count: Count
    memory_bytes: Count
    blender_versions: Annotated[list[Name], msgspec.Meta(max_length=100)]
    tags: Annotated[list[Name], msgspec.Meta(max_length=100)] = []
    """What people call the machine good for (BRENDER_TAGS)."""
    pool: Word = ""
    """The pool it belongs to (BRENDER_POOL); empty: none."""
    gpus: Annotated[list[Text], msgspec.Meta(max_length=64)] = []
    """The graphics cards that Cycles can render on, by name."""
    brender: Word = ""
    """Which Brender it runs."""
    clock_off_s: Annotated[float, msgspec.Meta(ge=-1e10, le=1e10)] | None = None
    """How far its clock is ahead of the broker's; None: not known yet."""


class MachineSample(_Frozen, frozen=True, kw_only=True):
    """The machine's figures now; None where it cannot tell."""

    cpu_pct: Figure | None = None
    load_1: Figure | None = None
    memory_used_bytes: Count | None = None
    memory_total_bytes: Count | None = None
    swap_used_bytes: Count | None = None
    disk_free_bytes: Count | None = None
    disk_total_bytes: Count | None = None
    net_in_bps: Figure | None = None
    """Bytes a second over all network interfaces but the loopback."""
    net_out_bps: Figure | None = None
    temperature_c: Figure | None = None
    """Of the processor's hottest sensor."""
    gpu_pct: Figure | None = None
    """Of the busiest graphics card."""
    gpu_memory_used_bytes: Count | None = None
    gpu_memory_total_bytes: Count | None = None
    gpu_temperature_c: Figure | None = None


class UnwellFolder(_Frozen, frozen=True, kw_only=True):
    """An output folder that this node cannot write to now."""

    folder: FilePath
    reason: Text


class Heartbeat(_Frozen, frozen=True, kw_only=True):
    """Node to farm, every 2 s: I live, and this is what I claim."""

    v: Literal[1] = 1
    node: Name
    boot: Name
    """Differs between two starts of the node's process."""
    beat: Count
    """Grows by one with each heartbeat of a boot."""
    slots: Annotated[int, msgspec.Meta(ge=1, le=64)]
    accepting: bool
    """Whether the node takes new chunks; False while it stops or cannot render."""
    leaving: bool = False
    """The last heartbeat of a node that ends in order."""
    trouble: Text = ""
    claims: Annotated[list[ChunkClaim], msgspec.Meta(max_length=MAX_CLAIMS)] = []
    warm: Annotated[list[Text], msgspec.Meta(max_length=1000)] = []
    """The .blend files that a Blender of this node has open."""
    unwell: Annotated[list[UnwellFolder], msgspec.Meta(max_length=1000)] = []
    facts: MachineFacts
    sample: MachineSample


class Sealed(_Frozen, frozen=True, kw_only=True):
    """A message of which its receiver can tell who wrote it, and for whom (see broker/seals.py)."""

    mac: Mac
    node: Name
    """Whose key it is sealed with."""
    boot: Word
    """Which start of the node's process it is for, or from."""
    text: str
    """The message itself, as JSON: exactly what was sealed."""


class ChunksOrder(_Frozen, frozen=True, kw_only=True):
    """Farm to node, by remote control: stop these chunks, or end them after their frame."""

    chunk_ids: Annotated[list[Id], msgspec.Meta(max_length=MAX_CLAIMS)]


class RestartOrder(_Frozen, frozen=True, kw_only=True):
    """Farm to node, by remote control: start the Blenders anew."""

    order: Word


def write(message: msgspec.Struct) -> dict[str, Any]:
    """Return the message as what JSON can carry."""
    return msgspec.to_builtins(message)  # type: ignore[no-any-return]


def read(kind: type[_Message], body: object) -> _Message:
    """Return the message in `body`, a parsed JSON object. Raises MessageRefused."""
    try:
        return msgspec.convert(body, kind)
    except (msgspec.ValidationError, UnicodeError, RecursionError) as error:
        raise MessageRefused(f"A {kind.__name__} was refused: {error}.") from error


def encode(message: msgspec.Struct) -> bytes:
    """Return the message as JSON text."""
    return msgspec.json.encode(message)


def decode(kind: type[_Message], text: bytes | str) -> _Message:
    """Return the message in JSON text. Raises MessageRefused."""
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise MessageRefused(f"A {kind.__name__} was refused: {error}.") from error
