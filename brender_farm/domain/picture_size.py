"""How big a finished picture is, by the percentage of a resolution that is rendered."""

from __future__ import annotations


def scaled(pixels: int, percentage: int) -> int:
    """Return what Blender makes of so many pixels: it cuts the fraction off."""
    return max(1, pixels * percentage // 100)


def unscaled(pixels: int, percentage: int) -> int:
    """Return a resolution that becomes exactly so many pixels at this percentage.

    Over 100 % it is the one that they were scaled from; below it is the smallest.
    """
    return -(-pixels * 100 // percentage)
