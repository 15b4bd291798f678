"""What a failure means, in plain words: known lines of Blender and of the node, explained."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What happened, and what helps."""

    meaning: str
    remedy: str


def _known(pattern: str, meaning: str, remedy: str) -> tuple[re.Pattern[str], Explanation]:
    return re.compile(pattern, re.IGNORECASE), Explanation(meaning=meaning, remedy=remedy)


_KNOWN = (
    _known(
        r"over its memory limit|memory limit of",
        "Blender took more memory than this shot allows.",
        "Raise the shot's memory limit, or make the scene lighter.",
    ),
    _known(
        r"out of (?:\w+ ){0,5}memory|malloc returns null|bad_alloc|cannot allocate|short of memory",
        "The machine, or its graphics card, had not enough memory for this frame.",
        "Ask for a larger node (node memory), simplify the scene, or render on the CPU.",
    ),
    _known(
        r"without openimagedenoise|openimagedenoise.*not (?:available|supported)|build without",
        "The scene wants a denoiser that this Blender was built without.",
        "Turn denoising off in the scene, or install a Blender from blender.org on the node.",
    ),
    _known(
        r"no space left on device|disk quota exceeded",
        "The disk was full.",
        "Make room where the frames go; the farm goes on by itself.",
    ),
    _known(
        r"permission denied|read-only file system|not permitted",
        "The node may not read or write there.",
        "Check who owns the folder and how the storage is mounted on that node.",
    ),
    _known(
        r"saved by (?:a )?newer|newer (?:version of )?blender|not a (?:valid )?blend|is no \.blend"
        r"|file format is not supported",
        "This Blender cannot open the file: it was saved by a newer one, or is damaged.",
        "Install the version that saved it, or save it again.",
    ),
    _known(
        r"has no camera|no camera|camera found",
        "The scene has no camera to render from.",
        "Choose one in the scene's properties, save, and adopt the new file.",
    ),
    _known(
        r"(?:cannot|could not|can't|unable to|failed to) (?:open|read|load|find) .*"
        r"\.(?:png|jpe?g|tiff?|exr|hdr|tga|bmp|webp|psd|mp4|mov|abc|usd[acz]?|vdb|blend)\b",
        "A texture, cache or library that the scene uses was not found on the node.",
        "Check that its path is right and mounted there, or pack it into the .blend.",
    ),
    _known(
        r"time limit|took longer than",
        "The frame took longer than this shot allows.",
        "Raise the time limit per frame, or find out what makes this frame heavy.",
    ),
    _known(
        r"blender hung|no sign of life",
        "Blender stood still: no output and no work for a long time.",
        "See its log's last line; raise BRENDER_STALL_S if the scene really computes that long.",
    ),
    _known(
        r"\bno gpu\b",
        "The node has no graphics card that Cycles can use.",
        "Render on the CPU, or install the card's driver on the node.",
    ),
    _known(
        r"cannot be decoded|truncated|wrong size|is empty|was not written",
        "Blender said the frame was written, but the file is not whole.",
        "Look at the storage; the frame was not counted and nothing was replaced.",
    ),
)

_LAST_RESORT = (
    _known(
        r"blender ended|signal (?:9|11|6)|segmentation fault|crash",
        "Blender crashed or was killed.",
        "If it happens on one node only, look at that machine; if everywhere, open the scene in "
        "the same Blender version and render this frame there.",
    ),
)
"""What says that something went wrong, not what: anything else that is known explains more."""


def explain(reason: str, log_tail: str = "") -> Explanation | None:
    """Return what a failure means; None when it is not one that is known.

    The reason is looked at first, then Blender's last lines, from the last one up.
    """
    words = (reason, *reversed(log_tail.splitlines()))
    for known in (_KNOWN, _LAST_RESORT):
        for text in words:
            for pattern, explanation in known:
                if pattern.search(text):
                    return explanation
    return None
