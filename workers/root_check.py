"""Whether this machine sees the farm's folders: there, the same, and writable.

A storage that has stopped to answer blocks whoever asks it, so each folder is looked at on a
thread of its own, which is left behind then.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from brender_farm.domain.markers import MAX_BYTES, is_token, marker_name, new_token
from brender_farm.domain.path_mapping import System
from brender_farm.domain.paths import confine
from brender_farm.errors import RequestRefused
from brender_farm.wire_checkup import RootOrder, RootSeen

LIMIT_S = 15.0
"""A folder that takes longer is taken for hung."""
PATIENCE_S = 4.0
"""A network file system may show a new file only after a moment."""
_LOOK_AGAIN_S = 0.25
_REASON = 2000


def look_at_roots(
    orders: Sequence[RootOrder],
    own_roots: tuple[Path, ...],
    system: System,
    *,
    limit_s: float = LIMIT_S,
    patience_s: float = PATIENCE_S,
) -> list[RootSeen]:
    """Look at all folders at once; return what is seen of each, in their order.

    A marker that is not there is waited for `patience_s`.
    """
    looks = [_Look(order, own_roots, system, patience_s) for order in orders]
    for look in looks:
        look.start()
    end = time.monotonic() + limit_s
    return [look.result(end - time.monotonic(), limit_s) for look in looks]


def path_here(order: RootOrder, system: System) -> str:
    """Return what machines of this kind call the folder."""
    return {
        System.LINUX: order.linux,
        System.MACOS: order.macos,
        System.WINDOWS: order.windows,
    }[system]


class _Look(threading.Thread):
    def __init__(
        self, order: RootOrder, own_roots: tuple[Path, ...], system: System, patience_s: float
    ) -> None:
        super().__init__(name="root-check", daemon=True)
        self._order = order
        self._own_roots = own_roots
        self._patience_s = patience_s
        self._path = path_here(order, system)
        self._seen: RootSeen | None = None

    def run(self) -> None:
        try:
            self._seen = _look(self._order, self._path, self._own_roots, self._patience_s)
        except (OSError, ValueError) as error:
            self._seen = self._told(trouble=str(error)[:_REASON])

    def result(self, patience_s: float, limit_s: float) -> RootSeen:
        self.join(max(0.0, patience_s))
        hung = f"{self._path} does not answer within {limit_s:g} s: its storage hangs."
        return self._seen or self._told(trouble=hung)

    def _told(self, trouble: str) -> RootSeen:
        return RootSeen(farm=self._order.farm, path=self._path, trouble=trouble)


def _look(order: RootOrder, path: str, own_roots: tuple[Path, ...], patience_s: float) -> RootSeen:
    try:
        folder = confine(path, own_roots, "root")
    except RequestRefused:
        return RootSeen(farm=order.farm, path=path, is_inside=False)
    if not folder.is_dir():
        return RootSeen(farm=order.farm, path=path)
    room = shutil.disk_usage(folder)
    trouble = try_to_write(folder)
    return RootSeen(
        farm=order.farm,
        path=path,
        is_there=True,
        found=read_marker(folder, order.marker, patience_s) if order.marker else "",
        is_writable=not trouble,
        trouble=trouble[:_REASON],
        free_bytes=room.free,
        total_bytes=room.total,
    )


def read_marker(folder: Path, token: str, patience_s: float) -> str:
    """Return what a token's marker in a folder holds; empty: there is none, or something else."""
    path = folder / marker_name(token)
    end = time.monotonic() + patience_s
    while True:
        with contextlib.suppress(OSError):
            text = _read(path)
            return text if is_token(text) else ""
        if time.monotonic() >= end:
            return ""
        time.sleep(_LOOK_AGAIN_S)


def try_to_write(folder: Path) -> str:
    """Make a small file in a folder and remove it; return what stands in the way, or nothing."""
    path = folder / marker_name(new_token())
    try:
        with path.open("xb", buffering=0) as file:
            file.write(b"brender doctor\n")
            os.fsync(file.fileno())
    except OSError as error:
        return error.strerror or str(error)
    finally:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
    return ""


def _read(path: Path) -> str:
    """Read a marker, never through a link. Raises OSError."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags)
    try:
        return os.read(descriptor, MAX_BYTES).decode("ascii", "replace").strip()
    finally:
        os.close(descriptor)
