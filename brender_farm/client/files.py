"""Files that a farm gives: there as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def write_whole(out: Path, parts: Iterable[bytes]) -> None:
    """Write `parts` to `out`; until the last of them is there, `out` stays as it was.

    Raises OSError.
    """
    fresh = out.with_name(f".{out.name}.part")
    try:
        with fresh.open("wb") as file:
            for part in parts:
                file.write(part)
        fresh.replace(out)
    finally:
        fresh.unlink(missing_ok=True)
