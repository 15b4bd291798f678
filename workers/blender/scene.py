"""What is said about a scene: what to open, what was found, what was written."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from pathlib import Path

import msgspec

from brender_farm import wire
from brender_farm.blendfile.digest import digest_of
from brender_farm.domain.formats import DEFAULT_FORMAT, FORMATS
from brender_farm.domain.picture_size import unscaled
from brender_farm.errors import BlendBeingWritten, BlendChanged, BlendFileError, SceneRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSettings:
    """What a shot changes about its scene; None keeps what the file says."""

    format: str = DEFAULT_FORMAT
    """A name of `FORMATS`."""
    width: int | None = None
    """The resolution, of which `percentage` is rendered."""
    height: int | None = None
    percentage: int | None = None
    samples: int | None = None
    denoise: bool | None = None
    engine: str | None = None
    """Blender's identifier, WORKBENCH, or EEVEE for whichever EEVEE this Blender has."""
    camera: str | None = None
    view_layers: tuple[str, ...] = ()
    """The only ones to render; none: as the scene says."""
    color_depth: str = ""
    """Bits a channel; empty: as the scene says, or what the format begins with."""
    quality: int | None = None
    compression: int | None = None
    exr_codec: str = ""
    threads: int | None = None
    device: str = ""
    """What Cycles renders on, `cpu` or `gpu`; empty: as the scene says."""
    autoexec: bool = False
    """Whether Python inside the .blend may run by itself."""

    @classmethod
    def of(
        cls, order: wire.SceneOrder, *, threads: int | None, autoexec: bool = False
    ) -> RenderSettings:
        """Return what an order asks for; `threads` is what this node lets a Blender have.

        `autoexec` is whether this node lets a file run its scripts, if the order does.

        The order's size is that of the finished picture, Blender's what the percentage is of.
        """
        changes = order.render
        share = changes.percentage
        if order.width is not None and share is None:
            share = 100  # or the scene's own would be taken of it
        return cls(
            format=order.format,
            width=order.width and unscaled(order.width, share or 100),
            height=order.height and unscaled(order.height, share or 100),
            percentage=share,
            samples=changes.samples,
            denoise=changes.denoise,
            engine=changes.engine or None,
            camera=changes.camera or None,
            view_layers=tuple(changes.view_layers),
            color_depth=changes.color_depth,
            quality=changes.quality,
            compression=changes.compression,
            exr_codec=changes.exr_codec,
            threads=threads,
            device=order.device,
            autoexec=order.auto_run and autoexec,
        )

    def as_command(self) -> dict[str, object]:
        """Return the settings as `inside.py` reads them."""
        return asdict(self) | {"format": FORMATS[self.format].blender_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneSpec:
    """One state of one file, the scene in it and the settings: what a session can have open."""

    path: Path
    byte_count: int
    mtime_ns: int
    ctime_ns: int
    digest: str | None
    """BLAKE2b of the file as it was submitted; what decides whether it has changed."""
    scene: str | None = None
    """None is the scene the file was saved in."""
    settings: RenderSettings = field(default_factory=RenderSettings)
    blender: str = ""
    """Which Blender: as `domain.versions.is_wanted` reads it. A session is of one anyway, so this
    is no part of the key."""
    name: str = ""
    """The file's path as the farm has it in its order, links and all; no part of the key either."""

    @classmethod
    def of(
        cls,
        path: Path,
        *,
        scene: str | None = None,
        settings: RenderSettings | None = None,
        blender: str = "",
    ) -> SceneSpec:
        """Describe the file as it is now.

        Raises SceneRefused when it cannot be read.
        """
        byte_count, mtime_ns, ctime_ns = _stat(path)
        return cls(
            path=path,
            byte_count=byte_count,
            mtime_ns=mtime_ns,
            ctime_ns=ctime_ns,
            digest=_digest(path),
            scene=scene,
            settings=settings or RenderSettings(),
            blender=blender,
        )

    @property
    def key(self) -> str:
        """A short name for exactly this scene, the same on every node.

        Times are no part of it: a file that was only touched stays open.
        """
        state = self.digest or f"{self.byte_count} {self.mtime_ns}"
        what = (str(self.path), state, self.scene, asdict(self.settings))
        return hashlib.blake2b(msgspec.json.encode(what), digest_size=12).hexdigest()

    def check_unchanged(self) -> None:
        """Raise BlendChanged unless the file is still the one that was submitted.

        Size and times say so cheaply; when one of them differs, the bytes decide. Raises
        SceneRefused when the file cannot be read.
        """
        byte_count, mtime_ns, ctime_ns = _stat(self.path)
        looks_the_same = (byte_count, mtime_ns) == (self.byte_count, self.mtime_ns)
        if looks_the_same and (ctime_ns == self.ctime_ns or self.digest is None):
            return
        if _digest(self.path) != self.digest:
            raise BlendChanged(
                f"{self.path} is not the file that was submitted: it has been saved or replaced "
                "since. Put the old file back, or have the shot go on with the new one."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A scene as this Blender sees it; sizes are of the image that will be written."""

    scene: str
    width: int
    height: int
    frame_start: int
    frame_end: int
    engine: str
    camera: str | None
    seconds: float
    blocked_script: str | None = None
    """The first Python of the file that was not allowed to run by itself."""
    warm: bool = False
    """Whether it was open already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """A file of a frame beside its picture."""

    path: Path
    name: str
    """What it is to be called below the shot's output folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A frame that Blender says it has written; nothing is proven yet."""

    frame: int
    path: Path
    width: int
    height: int
    seconds: float
    peak_bytes: int
    """The most memory the Blender process has held since the scene was opened."""
    views: list[WrittenFile] = field(default_factory=list)
    """The other views of a stereo render, in the picture's format and size."""
    outputs: list[WrittenFile] = field(default_factory=list)
    """What the compositor's File Output nodes wrote, in formats and sizes of their own."""


def _stat(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except OSError as error:
        raise SceneRefused(
            f"{path} cannot be read on this node: {error.strerror}. "
            "Check that the storage is mounted here and that the file was not moved."
        ) from error
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _digest(path: Path) -> str:
    try:
        return digest_of(path).digest
    except BlendBeingWritten as error:
        raise BlendChanged(
            f"{path} is not the file that was submitted: it is being written at this moment."
        ) from error
    except BlendFileError as error:
        raise SceneRefused(error.message) from error
