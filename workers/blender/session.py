"""A live Blender: started once, then given scenes and frames."""

from __future__ import annotations

import contextlib
import re
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import psutil

from brender_farm.blendfile.header import read_header
from brender_farm.domain.versions import can_open, is_wanted
from brender_farm.errors import (
    BlendFileError,
    FrameFailed,
    SceneRefused,
    SceneRefusedHere,
    SessionDied,
)
from workers.blender.command import blender_command, child_environment
from workers.blender.output import Progress, read_progress
from workers.blender.pipe import Child
from workers.blender.scene import Opened, SceneSpec, Written

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.blender.locate import BlenderInstall

CLOSE_GRACE_S = 2.0
LAST_LINE_LIMIT_S = 10.0
GPUS_TIMEOUT_S = 60.0

UNSAVED = re.compile(
    r"cannot save|error writing render result|EXR\S*: ERROR|skipping writing file", re.IGNORECASE
)
"""What Blender 3.4 to 5 print when a File Output node could not write; the render goes on."""
OWN_FOLDER = re.compile(r"\S*/\.\d+\.files/")
LAST_LINE = "has all its files."


class Session:
    """One Blender process and the scene that it has open.

    One thread at a time opens and renders; `kill` and the figures are safe from any thread.
    """

    def __init__(self, child: Child, version: str, hook: _LineHook, temp_dir: Path) -> None:
        """Use `start`."""
        self.temp_dir = temp_dir
        self.version = version
        self.pid = child.pid
        self.scene_key: str | None = None
        self.opened_count = 0
        self.frame_count = 0
        self.ran_scripts = False
        self._child = child
        self._hook = hook
        self._opened: Opened | None = None
        self._process = psutil.Process(child.pid)

    @classmethod
    def start(
        cls,
        install: BlenderInstall,
        *,
        node_name: str,
        on_line: Callable[[str], None],
        timeout_s: float,
        temp_dir: Path,
    ) -> Session:
        """Start Blender and wait until it is ready.

        `temp_dir` is for its temporary files, which it does not always remove itself.
        `on_line` gets each line of Blender's own output, on another thread.
        Raises SessionDied when it ends, fails or takes longer than `timeout_s`.
        """
        hook = _LineHook(on_line)
        child = Child(
            blender_command(install),
            name=f"Blender {install.version}",
            environment=child_environment(node_name) | {"TMPDIR": str(temp_dir)},
            on_line=hook,
        )
        try:
            ready = child.wait_until_ready(timeout_s)
            return cls(child, ready["version"], hook, temp_dir)
        except BaseException:
            child.kill()
            raise

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._child.alive

    def may_open(self, key: str) -> bool:
        """Whether it may be lent for this scene.

        Scripts that have run may have left anything behind, whatever is opened next. So this
        Blender is for the one scene alone.
        """
        return not self.ran_scripts or self.scene_key == key

    @property
    def is_fresh(self) -> bool:
        """Whether nothing but the scene it is at now can weigh in its memory."""
        return self.frame_count == 0 and self.opened_count <= 1

    @property
    def last_sign_of_life(self) -> float:
        """When it last said anything, on the clock of `time.monotonic()`."""
        return self._child.last_heard

    @property
    def on_line(self) -> Callable[[str], None]:
        """Who gets Blender's output; a new chunk puts its own log here."""
        return self._hook.on_line

    @on_line.setter
    def on_line(self, on_line: Callable[[str], None]) -> None:
        self._hook.on_line = on_line

    def open(self, spec: SceneSpec, *, timeout_s: float | None = None) -> Opened:
        """Open a scene; one that is open already answers at once.

        Raises BlendChanged when the file is not the one that is described; SceneRefused when it
        cannot be opened, SceneRefusedHere when another Blender or node is needed; SessionDied when
        Blender ends or takes over `timeout_s`.
        """
        spec.check_unchanged()
        if self._opened is not None and self.scene_key == spec.key:
            return replace(self._opened, warm=True, seconds=0.0)
        doubt = self._check_version(spec)
        self.scene_key = self._opened = None
        self.ran_scripts |= spec.settings.autoexec
        try:
            answer = self._ask(
                {
                    "type": "open",
                    "path": str(spec.path),
                    "scene": spec.scene,
                    "settings": spec.settings.as_command(),
                },
                timeout_s=timeout_s,
            )
        except SessionDied as death:
            raise SessionDied(f"{doubt}{death}") from death
        spec.check_unchanged()  # it may have been replaced while it was read
        if answer["type"] == "error":
            refused = SceneRefused if answer["permanent"] else SceneRefusedHere
            raise refused(f"{doubt}{answer['message']}")
        self._opened = msgspec.convert(_fields(answer), Opened)
        self.scene_key = spec.key
        self.opened_count += 1
        return self._opened

    def render(
        self,
        frame: int,
        target: Path,
        *,
        on_started: Callable[[], None] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Written:
        """Render one frame of the open scene to exactly this path.

        `on_progress` is called on another thread. There is no time limit: watch
        `last_sign_of_life` and `cpu_s()`, and `kill()`.
        Raises FrameFailed; SceneRefused when no frame of this scene can succeed; SessionDied.
        """
        self._hook.begin(on_progress)
        try:
            answer = self._ask(
                {"type": "render", "frame": frame, "path": str(target)}, on_started=on_started
            )
        finally:
            self._hook.on_progress = None
        if answer["type"] == "error":
            raise (SceneRefused if answer["permanent"] else FrameFailed)(answer["message"])
        if last_line := answer.pop("last_line", None):
            self._hook.check_all_saved(last_line, LAST_LINE_LIMIT_S)
        self.frame_count += 1
        return msgspec.convert(_fields(answer), Written, dec_hook=_path)

    def drop(self) -> None:
        """Close the scene so that its memory is free; Blender stays.

        Raises SessionDied.
        """
        self.scene_key = self._opened = None
        self._ask({"type": "drop"})

    def gpus(self) -> list[str]:
        """Return the names of the graphics cards that Cycles can render on.

        Raises SessionDied, also when a driver does not answer.
        """
        answer = self._ask({"type": "gpus"}, timeout_s=GPUS_TIMEOUT_S)
        return [str(name) for name in answer.get("names", ())]

    def rss_bytes(self) -> int:
        """Return the resident memory of Blender and what it started; 0 when it is gone."""
        return int(sum(_each(self._process, lambda process: process.memory_info().rss)))

    def cpu_s(self) -> float:
        """Return the processor time of Blender and what it started; 0 when it is gone."""
        return sum(_each(self._process, _cpu_s))

    def close(self, grace_s: float = CLOSE_GRACE_S) -> None:
        """Ask Blender to quit, and end it when it takes longer than `grace_s`."""
        self._child.close(grace_s)

    def kill(self) -> None:
        """End Blender and all it started; a render that waits raises SessionDied at once."""
        self._child.kill()

    def _ask(self, command: dict[str, Any], **how: Any) -> dict[str, Any]:
        try:
            return self._child.ask(command, **how)
        except TimeoutError:
            self._child.kill()
            raise SessionDied(
                f"Blender did not answer to {command['type']!r} within {how['timeout_s']:g} s "
                "and was stopped."
            ) from None

    def _check_version(self, spec: SceneSpec) -> str:
        """Look before opening: an old Blender crashes on the file of a newer one.

        Returns what to say if it does so with a file that it was told to try.
        """
        try:
            saved = read_header(spec.path).version
        except BlendFileError as error:
            raise SceneRefused(error.message) from error
        if not is_wanted(self.version, spec.blender, saved):
            raise SceneRefusedHere(_unwanted(spec, saved, self.version))
        if can_open(self.version, saved):
            return ""
        return (
            f"The file was saved by Blender {saved}, which is newer than this one "
            f"({self.version}). Submit it with a newer Blender. "
        )


class _LineHook:
    """Hands each line to the log of the moment, and its sample count to whoever renders.

    Listens for files that could not be saved as well: Blender says so in its output only.
    """

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self.on_line = on_line
        self.on_progress: Callable[[Progress], None] | None = None
        self._unsaved = ""
        self._last = ""
        self._heard = threading.Condition()

    def begin(self, on_progress: Callable[[Progress], None] | None) -> None:
        """Listen to a new frame."""
        self.on_progress, self._unsaved, self._last = on_progress, "", ""

    def check_all_saved(self, last_line: str, limit_s: float) -> None:
        """Wait for the last line about a frame and raise FrameFailed if a file was not saved."""
        with self._heard:
            complete = self._heard.wait_for(lambda: self._last == last_line, limit_s)
        if self._unsaved:
            raise FrameFailed(f"Blender could not save a file of the compositor: {self._unsaved}")
        if not complete:
            raise FrameFailed(
                f"Blender's output came to no end within {limit_s:g} s, "
                "so nobody knows whether the compositor's files were saved."
            )

    def __call__(self, line: str) -> None:
        self._listen(line)
        self.on_line(line)
        on_progress = self.on_progress
        if on_progress is not None and (progress := read_progress(line)) is not None:
            on_progress(progress)

    def _listen(self, line: str) -> None:
        if UNSAVED.search(line):
            self._unsaved = self._unsaved or OWN_FOLDER.sub("", line).strip()
        if line.endswith(LAST_LINE):
            with self._heard:
                self._last = line
                self._heard.notify_all()


def _unwanted(spec: SceneSpec, saved: str, version: str) -> str:
    if spec.blender:
        return (
            f"{spec.path} is to be rendered by Blender {spec.blender}; this node has Blender "
            f"{version}. Render on a node that has it."
        )
    return (
        f"{spec.path} was saved by Blender {saved}; this node has Blender {version}, "
        "which cannot open it. Render on a node with a newer Blender."
    )


def _fields(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in {"id", "type"}}


def _path(wanted: type, value: Any) -> Path:
    assert wanted is Path
    return Path(value)


def _each(process: psutil.Process, read: Callable[[psutil.Process], float]) -> list[float]:
    found = []
    with contextlib.suppress(psutil.NoSuchProcess):
        for member in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                found.append(read(member))
    return found


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
