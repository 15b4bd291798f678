"""Films of pictures: what they show, where, and at which rate."""

import json
import os
import subprocess
import sys
from fractions import Fraction

import av
import numpy as np
import OpenImageIO as OIIO  # noqa: N817
import pytest

from brender_farm.images.film import NothingToShow, film_size, gap_card, make_film


def save(path, colour, *, width=160, height=90, kind="uint8"):
    output = OIIO.ImageOutput.create(str(path))
    output.open(str(path), OIIO.ImageSpec(width, height, len(colour), kind))
    pixels = np.broadcast_to(np.array(colour, np.float32), (height, width, len(colour)))
    output.write_image(np.ascontiguousarray(pixels))
    output.close()
    return path


def shown(film):
    """Return rate, and every picture of a film as its middle pixel's colour."""
    with av.open(str(film)) as source:
        stream = source.streams.video[0]
        frames = [frame.to_ndarray(format="rgb24") for frame in source.decode(stream)]
        return stream, frames


def test_pictures_become_a_film_in_their_order(tmp_path):
    colours = [(0.9, 0.1, 0.1), (0.1, 0.8, 0.2), (0.1, 0.2, 0.9)]
    pictures = [save(tmp_path / f"{n}.png", colour) for n, colour in enumerate(colours)]
    heard = []
    made = make_film(pictures, tmp_path / "film.mp4", fps=24, on_frame=heard.append)
    stream, frames = shown(tmp_path / "film.mp4")
    assert (made.width, made.height, made.unreadable_count) == (160, 90, 0)
    assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
    assert stream.average_rate == 24
    assert heard == [1, 2, 3]
    for frame, colour in zip(frames, colours, strict=True):
        assert frame[45, 80] / 255 == pytest.approx(colour, abs=0.03)


def test_a_film_can_be_played_before_it_is_there_as_a_whole(tmp_path):
    make_film([save(tmp_path / "a.png", (0.5, 0.5, 0.5))] * 3, tmp_path / "film.mp4", fps=24)
    content = (tmp_path / "film.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_a_gap_is_a_striped_card_of_the_right_length(tmp_path):
    picture = save(tmp_path / "a.png", (0.9, 0.9, 0.9))
    make_film([picture, None, None, picture], tmp_path / "film.mp4", fps=24)
    _, frames = shown(tmp_path / "film.mp4")
    assert [bool(frame.mean() > 200) for frame in frames] == [True, False, False, True]
    assert frames[1].std() > 2  # stripes, not a plain black


def test_a_picture_that_cannot_be_read_is_a_gap_and_counted(tmp_path):
    broken = tmp_path / "b.png"
    broken.write_bytes(b"\x89PNG broken")
    good = save(tmp_path / "a.png", (0.9, 0.9, 0.9))
    pictures = [broken, good, tmp_path / "gone.png"]
    made = make_film(pictures, tmp_path / "film.mp4", fps=24)
    assert made.unreadable_count == 2
    assert len(shown(tmp_path / "film.mp4")[1]) == 3


def test_without_any_picture_there_is_no_film(tmp_path):
    with pytest.raises(NothingToShow):
        make_film([None, tmp_path / "gone.png"], tmp_path / "film.mp4", fps=24)


def test_light_is_tone_mapped_as_in_thumbnails(tmp_path):
    picture = save(tmp_path / "a.exr", (0.18, 0.18, 0.18), kind="half")
    make_film([picture], tmp_path / "film.mp4", fps=24)
    assert shown(tmp_path / "film.mp4")[1][0][45, 80] / 255 == pytest.approx([0.461] * 3, abs=0.03)


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        pytest.param(161, 91, (160, 90), id="odd"),
        pytest.param(3840, 2160, (1920, 1080), id="large"),
        pytest.param(1000, 4000, (480, 1920), id="tall"),
        pytest.param(8, 4, (8, 4), id="tiny"),
    ],
)
def test_a_film_is_even_and_no_larger_than_it_needs_to_be(tmp_path, width, height, expected):
    picture = save(tmp_path / "a.png", (0.9, 0.9, 0.9), width=width, height=height)
    assert film_size([None, picture], tmp_path) == expected
    made = make_film([picture, None], tmp_path / "film.mp4", fps=24)
    assert (made.width, made.height) == expected
    assert shown(tmp_path / "film.mp4")[1][0].mean() > 220


def test_a_picture_of_another_size_gets_dark_around_it(tmp_path):
    first = save(tmp_path / "a.png", (0.9, 0.9, 0.9))
    small = save(tmp_path / "b.png", (0.9, 0.9, 0.9), width=80, height=80)
    tall = save(tmp_path / "c.png", (0.9, 0.9, 0.9), width=100, height=400)
    make_film([first, small, tall], tmp_path / "film.mp4", fps=24)
    for frame in shown(tmp_path / "film.mp4")[1][1:]:
        assert frame[45, 80].mean() > 200
        assert frame[45, 2].mean() < 60


def test_a_rate_of_television_is_kept(tmp_path):
    picture = save(tmp_path / "a.png", (0.9, 0.9, 0.9))
    make_film([picture] * 4, tmp_path / "film.mp4", fps=23.976)
    assert shown(tmp_path / "film.mp4")[0].average_rate == Fraction(24000, 1001)


def test_a_card_is_of_two_dark_colours():
    card = gap_card(64, 36)
    assert card.shape == (36, 64, 3)
    assert len(np.unique(card.reshape(-1, 3), axis=0)) == 2
    assert card.max() < 60


def test_a_process_of_its_own_makes_a_film_and_says_so(tmp_path):
    save(tmp_path / "1.png", (0.9, 0.1, 0.1))
    order = {
        "folder": str(tmp_path),
        "pictures": ["1.png", ""],
        "fps": 24,
        "target": str(tmp_path / "film.mp4"),
    }
    with started() as process:
        process.stdin.write(json.dumps(order).encode() + b"\n")
        process.stdin.flush()
        said = [json.loads(line) for line in process.stdout]
        process.stdin.close()
        assert process.wait(20) == 0
    assert said[-1] == {"made": {"width": 160, "height": 90, "unreadable_count": 0}}
    assert len(shown(tmp_path / "film.mp4")[1]) == 2


def test_the_process_ends_when_nobody_waits_for_it_any_more(tmp_path):
    save(tmp_path / "1.png", (0.9, 0.1, 0.1), width=1920, height=1080)
    order = {"folder": str(tmp_path), "pictures": ["1.png"] * 5000, "fps": 24}
    with started() as process:
        target = {"target": str(tmp_path / "film.mp4")}
        process.stdin.write(json.dumps(order | target).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["written"] >= 1
        assert os.getpriority(os.PRIO_PROCESS, process.pid) > os.getpriority(os.PRIO_PROCESS, 0)
        process.stdin.close()
        assert process.wait(10) == 3


def started():
    return subprocess.Popen(
        [sys.executable, "-m", "brender_farm.images.film"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
