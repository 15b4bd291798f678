"""The node's side of proving frames: one decoder process, started when needed."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from brender_farm.errors import FrameFailed, SessionDied
from brender_farm.images.decode import DECODERS, decoder_for
from workers.blender.command import child_environment
from workers.blender.pipe import Child

if TYPE_CHECKING:
    from brender_farm.domain.formats import ImageFormat

START_TIMEOUT_S = 60.0
CLOSE_GRACE_S = 1.0
TRIES = 2

PACKAGES = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a frame's file was found to hold. The file has been synced to the disk."""

    width: int
    height: int
    channels: int
    byte_count: int
    digest: str
    """BLAKE2b of the file's bytes, 20 bytes long, in hexadecimal."""
    is_black: bool
    """Whether every colour channel of every pixel is zero."""
    nan_count: int
    """Values that are not finite numbers; integer formats have none."""
    seconds: float


class Prover:
    """Proves frames, one at a time, from any thread."""

    def __init__(self, *, node_name: str) -> None:
        self._node_name = node_name
        self._proving = threading.Lock()
        self._child: Child | None = None

    @property
    def is_running(self) -> bool:
        """Whether the decoder is there already."""
        child = self._child
        return child is not None and child.alive

    def start(self) -> None:
        """Start the decoder ahead of the first proof; a failure shows when there is one."""
        with self._proving, contextlib.suppress(SessionDied):
            self._living()

    def prove(
        self,
        path: Path,
        expected_width: int,
        expected_height: int,
        fmt: ImageFormat,
        timeout_s: float,
    ) -> Proof:
        """Decode the whole file and return what is in it.

        Raises FrameFailed with the reason when it is not a whole image of this format and size,
        or when decoding takes longer than `timeout_s` or crashes the decoder twice.
        """
        proof = self._prove(path, DECODERS[fmt.name], timeout_s)
        if (proof.width, proof.height) != (expected_width, expected_height):
            raise _unproven(
                path,
                f"it is {proof.width} by {proof.height} pixels instead of "
                f"{expected_width} by {expected_height}",
            )
        return proof

    def prove_file(self, path: Path, timeout_s: float) -> Proof:
        """Decode a whole file of any size, in the format that its ending stands for.

        Raises FrameFailed as `prove`, and SceneRefused for an ending that says nothing here.
        """
        return self._prove(path, decoder_for(path.name), timeout_s)

    def _prove(self, path: Path, decoder: str, timeout_s: float) -> Proof:
        command = {"type": "prove", "path": str(path), "decoder": decoder}
        with self._proving:
            answer = self._ask(command, path, timeout_s)
        if answer["type"] == "error":
            raise _unproven(path, answer["message"])
        return msgspec.convert({k: v for k, v in answer.items() if k not in {"id", "type"}}, Proof)

    def close(self) -> None:
        """End the decoder; the next proof would start another."""
        with self._proving:
            if self._child is not None:
                self._child.close(CLOSE_GRACE_S)
            self._child = None

    def _ask(self, command: dict[str, Any], path: Path, timeout_s: float) -> dict[str, Any]:
        """Ask the decoder; when it dies, ask a new one: it may not be the file's fault."""
        for _ in range(TRIES):
            try:
                return self._living().ask(command, timeout_s=timeout_s)
            except TimeoutError:
                self._kill()
                raise _unproven(path, f"decoding took longer than {timeout_s:g} s") from None
            except SessionDied as error:
                self._kill()
                last = error
        raise _unproven(path, f"the decoder crashed on it. {last.message}") from last

    def _living(self) -> Child:
        if self._child is not None and self._child.alive:
            return self._child
        self._kill()
        self._child = child = Child(
            [sys.executable, "-m", "workers.blender.verify"],
            name="The decoder",
            environment=_environment(self._node_name),
            on_line=lambda _: None,
        )
        child.wait_until_ready(START_TIMEOUT_S)
        return child

    def _kill(self) -> None:
        if self._child is not None:
            self._child.kill()
        self._child = None


def _environment(node_name: str) -> dict[str, str]:
    """Return the child's environment, in which this package is found wherever the node runs."""
    environment = child_environment(node_name)
    others = environment.get("PYTHONPATH")
    path = os.pathsep.join([str(PACKAGES), others] if others else [str(PACKAGES)])
    return environment | {"PYTHONPATH": path}


def _unproven(path: Path, reason: str) -> FrameFailed:
    return FrameFailed(f"{path.name} is not a proven frame: {reason}.")
