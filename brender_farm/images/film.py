"""A film of rendered pictures: H.264 in MP4, which every browser plays while it loads.

`python -m brender_farm.images.film` does it in a process of its own: an order as JSON on its
standard input, a line of JSON for each second and for the end on its standard output. It ends at
once when that input is closed: nobody waits for the film any more.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from brender_farm.beneath import held_below
from brender_farm.images.display import PictureUnreadable, Shown, read_shown

MOST_PIXELS = 1920
"""The longer side of a film at most."""
NICENESS = 15
_QUALITY = "20"
_BT709 = 1
_SRGB_CURVE = 13
_DARK = (22, 25, 30)
_STRIPE = (34, 39, 46)
_STRIPE_PIXELS = 40
_TELL_EVERY_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmMade:
    """What became of an order."""

    width: int
    height: int
    unreadable_count: int
    """Pictures that were expected and could not be read: they are gaps."""


class NothingToShow(Exception):
    """None of the pictures can be read."""


def make_film(
    pictures: Sequence[Path | None],
    target: Path,
    *,
    fps: float,
    on_frame: Callable[[int], None] = lambda _count: None,
) -> FilmMade:
    """Write pictures, in order, as a film; None is a gap, shown as a striped card.

    One that is a link, or lies behind one, is not read: it is a gap as well. `on_frame` hears after
    each how many are written. Raises NothingToShow.
    """
    width, height = film_size(pictures, target.parent)
    unreadable = 0
    with av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as film:
        rate = film_rate(fps)
        stream = film.add_stream("libx264", rate=rate, options=_options(rate))
        _shape(stream, width, height)
        gap = gap_card(width, height)
        for number, picture in enumerate(pictures):
            shown = _shown(picture, width, height, target.parent)
            unreadable += picture is not None and shown is None
            frame = _encoded(gap if shown is None else shown)
            frame.pts, frame.time_base = number, 1 / rate
            film.mux(stream.encode(frame))
            on_frame(number + 1)
        film.mux(stream.encode(None))
    return FilmMade(width=width, height=height, unreadable_count=unreadable)


def film_size(pictures: Sequence[Path | None], aside: Path) -> tuple[int, int]:
    """Return width and height, both even, after the first picture that can be read.

    `aside` is a folder where nobody else may write.
    """
    for picture in pictures:
        try:
            height, width = _read(picture, aside).shape[:2] if picture is not None else (0, 0)
        except PictureUnreadable:
            continue
        if width > 0:
            share = min(1.0, MOST_PIXELS / max(width, height))
            return max(2, int(width * share) // 2 * 2), max(2, int(height * share) // 2 * 2)
    raise NothingToShow("None of the pictures can be read.")


def film_rate(fps: float) -> Fraction:
    """Return a rate as a fraction, television's (23.976, 29.97) as they are meant."""
    of_television = Fraction(round(fps * 1.001) * 1000, 1001)
    if abs(float(of_television) - fps) < 0.002:
        return of_television
    return Fraction(fps).limit_denominator(1000)


def gap_card(width: int, height: int) -> Shown:
    """Return what stands for a frame that is not there: dark, with slanting stripes."""
    down, across = np.ogrid[:height, :width]
    is_stripe = (across + down) // max(2, min(_STRIPE_PIXELS, height // 8)) % 2 == 0
    colours = np.array([_DARK, _STRIPE], np.uint8)
    card: Shown = colours[is_stripe.astype(np.uint8)]
    return card


def _read(picture: Path, aside: Path, width: int | None = None) -> Shown:
    try:
        with held_below(picture.parent, picture.name, aside) as held:
            return read_shown(held, width)
    except OSError as error:
        raise PictureUnreadable(f"{picture} cannot be read ({error.strerror}).") from error


def _shown(picture: Path | None, width: int, height: int, aside: Path) -> Shown | None:
    """Return a picture in the film's size: as it is, smaller, or with dark around it."""
    if picture is None:
        return None
    try:
        shown = _read(picture, aside, width + 1)
        if shown.shape[0] > height + 1:
            shown = _read(picture, aside, max(1, shown.shape[1] * height // shown.shape[0]))
    except PictureUnreadable:
        return None
    shown = shown[:height, :width]
    if shown.shape[:2] == (height, width):
        return np.ascontiguousarray(shown)
    around = np.empty((height, width, 3), np.uint8)
    around[:] = _DARK
    top, left = (height - shown.shape[0]) // 2, (width - shown.shape[1]) // 2
    around[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
    return around


def _encoded(shown: Shown) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(shown, format="rgb24")
    return frame.reformat(
        format="yuv420p",
        src_color_range=ColorRange.JPEG,
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
    )


def _options(rate: Fraction) -> dict[str, str]:
    every_second = str(max(1, round(rate)))  # so that the slider finds each place at once
    return {"preset": "veryfast", "crf": _QUALITY, "g": every_second, "rc-lookahead": "10"}


def _shape(stream: av.VideoStream, width: int, height: int) -> None:
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    codec = stream.codec_context
    codec.thread_count = 1  # the machine may be rendering
    codec.color_primaries, codec.colorspace = _BT709, _BT709
    codec.color_trc, codec.color_range = _SRGB_CURVE, ColorRange.MPEG


def _ordered(order: dict[str, object]) -> Iterator[Path | None]:
    names = order["pictures"]
    assert isinstance(names, list)
    folder = Path(str(order["folder"]))
    return (folder / name if name else None for name in names)


def main() -> int:
    """Make the film that is ordered on the standard input."""
    order = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_when_alone, daemon=True).start()
    os.nice(NICENESS)
    told_s = 0.0

    def tell(count: int) -> None:
        nonlocal told_s
        if time.monotonic() - told_s >= _TELL_EVERY_S:
            told_s = time.monotonic()
            _say({"written": count})

    try:
        made = make_film(
            list(_ordered(order)), Path(order["target"]), fps=order["fps"], on_frame=tell
        )
    except (NothingToShow, OSError) as error:
        _say({"trouble": str(error)})
        return 1
    _say({"made": asdict(made)})
    return 0


def _say(words: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def _end_when_alone() -> None:
    while os.read(sys.stdin.fileno(), 1):  # not by its buffer, which a thread may hold at the end
        pass
    os._exit(3)


if __name__ == "__main__":
    sys.exit(main())
