"""Where a file of the farm is on a node: paths turned from the one's into the other's and back.

A show says where its root is on the farm's machine and on each kind of node. What lies under no
such root stays as it is. Paths are only text here: nothing is looked up on a disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

_NO_NAME = re.compile(r'[<>:"|?*\\/\x00-\x1f]')
"""What no file's name on Windows holds."""
_DRIVE = re.compile(r"[A-Za-z]:\\\Z")


class System(StrEnum):
    """The kind of a machine, by how its paths are written."""

    LINUX = "linux"
    MACOS = "macos"
    WINDOWS = "windows"


_SYSTEMS = {"linux": System.LINUX, "darwin": System.MACOS, "windows": System.WINDOWS}


def system_of(facts_os: str) -> System | None:
    """Return the kind of machine that calls itself `Linux 6.1`, `Darwin 24.1` or `Windows 11`."""
    return _SYSTEMS.get(facts_os.partition(" ")[0].lower())


@dataclass(frozen=True, slots=True)
class Root:
    """One folder: on the farm's machine, and on the nodes of each kind; empty: not known."""

    farm: str
    linux: str = ""
    macos: str = ""
    windows: str = ""

    def on(self, system: System) -> str:
        return {
            System.LINUX: self.linux,
            System.MACOS: self.macos,
            System.WINDOWS: self.windows,
        }[system]


def to_node(path: str, roots: Iterable[Root], system: System | None) -> str:
    """Return a farm's path as such a node sees it, by the deepest root that holds it.

    It stays as it is under no root, and when the node's system cannot have a file of that name.
    """
    steps = split(path)
    if steps is None or system is None:
        return path
    holding = [pair for pair in _pairs(tuple(roots), system) if _holds(pair.farm, steps)]
    if not holding:
        return path
    pair = max(holding, key=lambda each: len(each.farm))
    rest = steps[len(pair.farm) :]
    if system is System.WINDOWS and any(_NO_NAME.search(step) for step in rest):
        return path  # a backslash in a name would lead elsewhere
    return join((*pair.node, *rest), system)


def to_farm(path: str, roots: Iterable[Root], system: System | None) -> str:
    """Return a path that a node told as the farm sees it; it stays as it is under no root."""
    steps = split(path, system) if system is not None else None
    if steps is None or system is None:
        return path
    compared = _folded(steps, system)
    holding = [pair for pair in _pairs(tuple(roots), system) if _holds(pair.folded, compared)]
    if not holding:
        return path
    pair = max(holding, key=lambda each: len(each.node))
    return join((*pair.farm, *steps[len(pair.node) :]))


def agree(one: Root, other: Root, system: System) -> bool:
    """Whether two roots never give one path of a node to two files of the farm."""
    pairs = _pairs((one, other), system)
    if len(pairs) < 2:
        return True
    outer, inner = sorted(pairs, key=lambda pair: len(pair.node))
    if not _holds(outer.folded, inner.folded):
        return True
    return inner.farm == (*outer.farm, *inner.node[len(outer.node) :])


def split(path: str, system: System = System.LINUX) -> tuple[str, ...] | None:
    """Return a full path's steps, what it begins at first; None: it is none, or holds `..`."""
    if system is System.WINDOWS:
        return _split_windows(path)
    steps = tuple(step for step in path.split("/") if step)
    if not path.startswith("/") or "\0" in path or {".", ".."} & set(steps):
        return None
    return ("/", *steps)


def join(steps: tuple[str, ...], system: System = System.LINUX) -> str:
    """Write steps that `split` returned as a path."""
    start, *rest = steps
    if system is not System.WINDOWS:
        return "/" + "/".join(rest)
    if start.startswith("\\\\"):
        return "\\".join(steps)
    return f"{start}\\" + "\\".join(rest)


@dataclass(frozen=True, slots=True)
class _Pair:
    farm: tuple[str, ...]
    node: tuple[str, ...]
    folded: tuple[str, ...]
    """The node's, as it is compared."""


@lru_cache(maxsize=64)  # the same few roots for every path that a thousand nodes tell
def _pairs(roots: tuple[Root, ...], system: System) -> tuple[_Pair, ...]:
    both = ((split(root.farm), split(root.on(system), system)) for root in roots)
    return tuple(_Pair(farm, node, _folded(node, system)) for farm, node in both if farm and node)


def _holds(root: tuple[str, ...], steps: tuple[str, ...]) -> bool:
    return steps[: len(root)] == root


def _folded(steps: tuple[str, ...], system: System) -> tuple[str, ...]:
    """Return steps as they are compared: Windows does not tell letter cases apart."""
    return tuple(map(str.casefold, steps)) if system is System.WINDOWS else steps


def _split_windows(path: str) -> tuple[str, ...] | None:
    r"""Begin at a drive, `Z:`, or at a share, `\\server\share`."""
    text = path.replace("/", "\\")
    steps = tuple(step for step in text.split("\\") if step)
    if text.startswith("\\\\"):
        names, is_full = steps, len(steps) > 1
        steps = ("\\\\" + "\\".join(steps[:2]), *steps[2:])
    else:
        names, is_full = steps[1:], bool(_DRIVE.match(text[:3]))
    if not is_full or any(_NO_NAME.search(name) or name in {".", ".."} for name in names):
        return None
    return steps
