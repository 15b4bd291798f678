"""Names from a .blend made fit to be files below a folder, and nowhere else.

Runs inside Blender, loaded by `inside.py`.
"""

from __future__ import annotations

import re

LONGEST_BYTES = 200
"""Of one part of a path: file systems take 255, and Blender adds frame, view and ending."""


def safe_folder(text: str, instead: str) -> str:
    """Return a name of letters, digits, spaces, `-` and `_`, or `instead` if nothing is left.

    Without dots it can be neither hidden, nor `..`, nor the name of a frame's picture.
    """
    return _cut(re.sub(r"[^\w\- ]+", "_", _plain(text)).strip("_ ")) or instead


def safe_path(text: str) -> str:
    """Return a path that stays below wherever it is put: `../../evil` becomes `evil`."""
    parts = (part.strip() for part in re.split(r"[/\\]+", _plain(text)))
    return "/".join(_cut(part) for part in parts if part not in {"", ".", ".."})


def unused(name: str, taken: set[str]) -> str:
    """Return the name, with a number when it is taken in any letter case, and take it."""
    candidate, number = name, 1
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{name}_{number}"
    taken.add(candidate.casefold())
    return candidate


def _cut(part: str) -> str:
    return part.encode()[:LONGEST_BYTES].decode(errors="ignore")


def _plain(text: str) -> str:
    """Return the text without control characters and what is no Unicode."""
    readable = text.encode("utf-8", "replace").decode()
    return "".join(letter for letter in readable if letter.isprintable())
