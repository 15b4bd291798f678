"""Finding the Blenders of this machine."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from brender_farm.errors import BlenderNotFound

VERSION_TIMEOUT_S = 30.0
OLDEST_VERSION = (3, 0)

_VERSION = re.compile(r"Blender (\d+\.\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlenderInstall:
    """A Blender that this node can start."""

    kind: Literal["bpy", "executable"]
    path: Path
    """The Python that has bpy, or the blender program."""
    version: str
    """Like 4.5.15."""

    @property
    def version_tuple(self) -> tuple[int, int]:
        """Major and minor version, which decide what files it can open."""
        major, minor = self.version.split(".")[:2]
        return int(major), int(minor)


def find_blenders(setting: str | None) -> tuple[BlenderInstall, ...]:
    """Return each Blender that the setting names, `:` (`;` on Windows) between them, newest first.

    Raises BlenderNotFound as `find_blender`.
    """
    parts = [part.strip() for part in (setting or "").split(os.pathsep) if part.strip()]
    found = [find_blender(part) for part in parts] or [find_blender(None)]
    return tuple(sorted(found, key=lambda install: install.version_tuple, reverse=True))


def find_blender(setting: str | None) -> BlenderInstall:
    """Return the Blender that the setting names: `bpy`, a path, or None for what is there.

    None takes the bpy wheel when it is installed, else `blender` on the PATH.
    Raises BlenderNotFound, which says what to do.
    """
    if setting == "bpy":
        return _checked(_find_wheel() or _missing_wheel())
    if setting:
        return _checked(_ask_version(_executable(setting)))
    found = _find_wheel() or _find_on_path()
    if found is None:
        raise BlenderNotFound(
            "No Blender was found. Install the bpy wheel (pip install bpy), put blender on the "
            "PATH, or set BRENDER_BLENDER to its path."
        )
    return _checked(found)


def _missing_wheel() -> BlenderInstall:
    raise BlenderNotFound(
        f"BRENDER_BLENDER is 'bpy', but {sys.executable} has no bpy. "
        "Install it (pip install bpy) or set BRENDER_BLENDER to the path of an installed Blender."
    )


def _find_wheel() -> BlenderInstall | None:
    """Look without importing: that takes a second and 400 MB."""
    if importlib.util.find_spec("bpy") is None:
        return None
    try:
        version = metadata.version("bpy")
    except metadata.PackageNotFoundError:
        return None  # some other module of that name
    return BlenderInstall(kind="bpy", path=Path(sys.executable), version=version)


def _find_on_path() -> BlenderInstall | None:
    program = shutil.which("blender")
    return _ask_version(Path(program)) if program else None


def _executable(setting: str) -> Path:
    path = Path(setting).expanduser()
    if not path.exists():
        found = shutil.which(setting)
        if found is None:
            raise BlenderNotFound(f"BRENDER_BLENDER is {setting!r}, and there is no such file.")
        path = Path(found)
    if path.is_dir():
        raise BlenderNotFound(
            f"BRENDER_BLENDER is the folder {path}. Set it to the blender program inside."
        )
    if not os.access(path, os.X_OK):
        raise BlenderNotFound(
            f"BRENDER_BLENDER is {path}, which may not be executed. Run chmod +x on it, "
            "or set BRENDER_BLENDER to the blender program."
        )
    return path


def _ask_version(path: Path) -> BlenderInstall:
    output = _run_version(path)
    found = _VERSION.search(output)
    if found is None:
        said = output.strip()[:200] or "nothing"
        raise BlenderNotFound(
            f"{path} --version does not answer like Blender; it said: {said}. "
            "Set BRENDER_BLENDER to the blender program."
        )
    return BlenderInstall(kind="executable", path=path, version=found[1])


def _run_version(path: Path) -> str:
    try:
        process = subprocess.Popen(
            [str(path), "--version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise BlenderNotFound(f"{path} cannot be started: {error.strerror}.") from error
    with process:
        try:
            output, _ = process.communicate(timeout=VERSION_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise BlenderNotFound(
                f"{path} --version did not answer in {VERSION_TIMEOUT_S:g} s. Run it by hand."
            ) from None
    return output.decode("utf-8", "replace")


def _checked(install: BlenderInstall) -> BlenderInstall:
    if install.version_tuple < OLDEST_VERSION:
        oldest = ".".join(str(part) for part in OLDEST_VERSION)
        raise BlenderNotFound(
            f"{install.path} is Blender {install.version}; Brender needs {oldest} or later."
        )
    return install
