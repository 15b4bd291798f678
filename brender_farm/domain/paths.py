"""Which files the farm may touch: those inside its roots, links followed."""

from __future__ import annotations

from pathlib import Path

from brender_farm.domain.signs import odd_in_path
from brender_farm.errors import Fault, RequestRefused

MAX_PATH_CHARS = 4096
MAX_NAME_BYTES = 255
"""Most bytes one folder's or file's name can have on the usual file systems."""


def confine(path: str | Path, roots: tuple[Path, ...], field: str) -> Path:
    """Resolve every link in `path` and return it if it lies inside one of the roots.

    The file need not exist. Raises RequestRefused, naming `field`, for a path that is not
    absolute, cannot be a path at all, or leads outside the roots.
    """
    resolved = _resolve(str(path), field)
    if not is_inside(resolved, roots):
        raise RequestRefused(
            Fault(
                field=field,
                message=f"{path} is outside the folders this farm may use ({_listed(roots)}).",
                remedy="Move it there, or add its folder to BRENDER_ROOTS and restart.",
            )
        )
    return resolved


def expand(text: str) -> str:
    """Put the home folder in the place of a leading `~`; what names no home stays as it is."""
    try:
        return str(Path(text).expanduser()) if text.strip() else ""
    except RuntimeError:  # ~somebody, who has no account here
        return text


def is_inside(resolved: Path, roots: tuple[Path, ...]) -> bool:
    """Whether a path without links lies in (or is) one of the roots."""
    return any(resolved.is_relative_to(root) for root in resolve_roots(roots))


def resolve_roots(roots: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the roots without links, in their order."""
    return tuple(root.resolve() for root in roots)


def _resolve(text: str, field: str) -> Path:
    if wrong := _why_no_path(text):
        raise _refusal(field, *wrong)
    try:
        return Path(text).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a circle of links, among others
        raise _refusal(
            field, f"{text[:200]} cannot be followed ({error}).", "Check the path and its links."
        ) from error


def _why_no_path(text: str) -> tuple[str, str] | None:
    """Return what is wrong with a text as a full path, and what to do about it."""
    if not text.strip():
        return "No path was given.", "Give the full path of a file or folder."
    if len(text) > MAX_PATH_CHARS:
        words = f"The path has {len(text):,} characters; {MAX_PATH_CHARS:,} are allowed."
        return words, "Give a shorter one."
    try:
        longest_bytes = max(len(name.encode()) for name in text.split("/"))
    except UnicodeEncodeError:
        return "The path contains bytes that are not text (UTF-8).", "Rename the file or folder."
    if longest_bytes > MAX_NAME_BYTES:
        words = f"A name in the path has {longest_bytes:,} bytes; {MAX_NAME_BYTES} are possible."
        return words, "Check the path."
    if odd := odd_in_path(text):
        words = f"The path contains {odd}, a character that is not seen but does something."
        return words, "Rename the file or folder."
    relative = f"{text} is not a full path.", "Begin it at the root, with a slash."
    return None if Path(text).is_absolute() else relative


def _refusal(field: str, message: str, remedy: str) -> RequestRefused:
    return RequestRefused(Fault(field=field, message=message, remedy=remedy))


def _listed(roots: tuple[Path, ...]) -> str:
    return ", ".join(str(root) for root in roots) or "none is set"
