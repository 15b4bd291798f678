"""What is said about a scene: what to open, what was found, what was written."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from pathlib import Path

import msgspec

from brender_farm.domain.formats import DEFAULT_FORMAT, FORMATS
from brender_farm.errors import SceneRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSettings:
    """What a shot changes about its scene; None keeps what the file says."""

    format: str = DEFAULT_FORMAT
    """A name of `FORMATS`."""
    width: int | None = None
    height: int | None = None
    percentage: int | None = None
    samples: int | None = None
    engine: str | None = None
    """Blender's identifier, or EEVEE for whichever EEVEE this Blender has."""
    camera: str | None = None
    threads: int | None = None
    autoexec: bool = False
    """Whether Python inside the .blend may run by itself."""

    def as_command(self) -> dict[str, object]:
        """Return the settings as `inside.py` reads them."""
        return asdict(self) | {"format": FORMATS[self.format].blender_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneSpec:
    """One state of one file, the scene in it and the settings: what a session can have open."""

    path: Path
    byte_count: int
    mtime_ns: int
    scene: str | None = None
    """None is the scene the file was saved in."""
    settings: RenderSettings = field(default_factory=RenderSettings)

    @classmethod
    def of(
        cls, path: Path, *, scene: str | None = None, settings: RenderSettings | None = None
    ) -> SceneSpec:
        """Describe the file as it is now.

        Raises SceneRefused when it cannot be read.
        """
        byte_count, mtime_ns = _stat(path)
        return cls(
            path=path,
            byte_count=byte_count,
            mtime_ns=mtime_ns,
            scene=scene,
            settings=settings or RenderSettings(),
        )

    @property
    def key(self) -> str:
        """A short name for exactly this scene, the same on every node."""
        what = (str(self.path), self.byte_count, self.mtime_ns, self.scene, asdict(self.settings))
        return hashlib.blake2b(msgspec.json.encode(what), digest_size=12).hexdigest()

    def check_unchanged(self) -> None:
        """Raise SceneRefused unless the file is still the one that is described."""
        if _stat(self.path) != (self.byte_count, self.mtime_ns):
            raise SceneRefused(
                f"{self.path} has changed since the shot was submitted. "
                "Submit it again to render the new file."
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
class Written:
    """A frame that Blender says it has written; nothing is proven yet."""

    frame: int
    path: Path
    width: int
    height: int
    seconds: float
    peak_bytes: int
    """The most memory the Blender process has held since the scene was opened."""


def _stat(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError as error:
        raise SceneRefused(
            f"{path} cannot be read on this node: {error.strerror}. "
            "Check that the storage is mounted here and that the file was not moved."
        ) from error
    return status.st_size, status.st_mtime_ns
