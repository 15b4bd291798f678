"""Paths as scripts and commands give them."""

from __future__ import annotations

from pathlib import Path

from brender_farm.domain.paths import expand


def full_path(path: str | Path) -> str:
    """Return a path as the service wants it: a relative one is of the current folder."""
    text = expand(str(path))
    return str(Path(text).absolute()) if text else ""


def sent_path(path: str | Path, *, is_remote: bool, beside: str | Path | None = None) -> str:
    """Return a path for a farm: one of this machine in full, else as it is written.

    On the farm's own machine each is of this machine. For a farm elsewhere it is where it is there,
    or where `beside` is: then both machines see the same folders, and what is not made yet will be.
    What is not there may be a path as the farm's machine, or a show's, has it.
    """
    if not is_remote:
        return full_path(path)
    is_here = any(Path(expand(str(each))).exists() for each in (path, beside) if each)
    return full_path(path) if is_here else str(path)
