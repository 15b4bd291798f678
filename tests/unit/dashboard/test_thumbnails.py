import numpy as np
import OpenImageIO as OIIO  # noqa: N817
import pytest

from brender_farm.images.display import to_srgb
from dashboard import thumbnails
from dashboard.thumbnails import Wanted, is_tag, thumbnail

WANTED = Wanted(shot_id=7, frame=1042, tag="abc123")


def save(path, pixels, names=None, kind="uint8"):
    height, width, count = pixels.shape
    spec = OIIO.ImageSpec(width, height, count, kind)
    if names:
        spec.channelnames = names
    output = OIIO.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    assert output.write_image(np.ascontiguousarray(pixels, dtype=np.float32))
    output.close()
    return path


def flat(*colour, width=640, height=360):
    return np.broadcast_to(np.array(colour, np.float32), (height, width, len(colour)))


def load(path):
    image = OIIO.ImageBuf(str(path))
    return image.get_pixels(OIIO.FLOAT)


@pytest.mark.parametrize("name", ["frame.png", "frame.jpg", "frame.tif", "frame.tga", "frame.bmp"])
def test_a_frame_becomes_a_small_jpeg_of_the_same_colour(tmp_path, name):
    source = save(tmp_path / name, flat(0.8, 0.4, 0.1))
    made = load(thumbnail(WANTED, source, tmp_path / "kept"))
    assert made.shape == (180, 320, 3)
    assert made[90, 160] == pytest.approx([0.8, 0.4, 0.1], abs=0.02)


def test_linear_light_is_tone_mapped(tmp_path):
    source = save(tmp_path / "frame.exr", flat(0.18, 0.18, 0.18), kind="half")
    made = load(thumbnail(WANTED, source, tmp_path / "kept"))
    assert made[90, 160] == pytest.approx([0.461, 0.461, 0.461], abs=0.02)


def test_the_beauty_pass_of_a_multilayer_exr_is_shown(tmp_path):
    names = [f"View.Combined.{c}" for c in "RGBA"] + [f"View.Normal.{c}" for c in "XYZ"]
    source = save(tmp_path / "frame.exr", flat(1, 0, 0, 1, 0.5, 0.5, 0.5), names, kind="float")
    red, green, _ = load(thumbnail(WANTED, source, tmp_path / "kept"))[90, 160]
    assert red > 0.9
    assert green < 0.1


def test_a_grey_image_stays_grey(tmp_path):
    source = save(tmp_path / "frame.png", flat(0.5))
    assert load(thumbnail(WANTED, source, tmp_path / "kept"))[90, 160] == pytest.approx(
        [0.5, 0.5, 0.5], abs=0.02
    )


def test_transparent_pixels_show_the_backdrop(tmp_path):
    source = save(tmp_path / "frame.png", flat(0, 0, 0, 0))
    assert load(thumbnail(WANTED, source, tmp_path / "kept"))[90, 160, 0] == pytest.approx(
        0.18, abs=0.02
    )


def test_a_small_frame_is_not_enlarged(tmp_path):
    source = save(tmp_path / "frame.png", flat(0.5, 0.5, 0.5, width=96, height=54))
    assert load(thumbnail(WANTED, source, tmp_path / "kept")).shape == (54, 96, 3)


def test_highlights_roll_off_and_nan_is_black():
    shown = to_srgb(np.array([[[0.0, 1.0, 50.0], [np.nan, np.inf, -1.0]]], np.float32))
    assert np.isfinite(shown).all()
    assert shown[0, 0, 1] < shown[0, 0, 2] <= 1
    assert shown[0, 1, 0] == shown[0, 1, 2] == 0


def test_a_kept_picture_is_not_made_again(tmp_path):
    source = save(tmp_path / "frame.png", flat(0.5, 0.5, 0.5))
    first = thumbnail(WANTED, source, tmp_path / "kept")
    source.unlink()
    assert thumbnail(WANTED, source, tmp_path / "kept") == first


def test_a_new_picture_of_a_frame_replaces_the_old_one(tmp_path):
    source = save(tmp_path / "frame.png", flat(0.5, 0.5, 0.5))
    old = thumbnail(WANTED, source, tmp_path / "kept")
    new = thumbnail(Wanted(shot_id=7, frame=1042, tag="def"), source, tmp_path / "kept")
    assert new.exists()
    assert not old.exists()


@pytest.mark.parametrize(
    "content", [None, b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40]
)
def test_a_missing_or_broken_file_gives_no_picture_and_leaves_nothing_behind(tmp_path, content):
    source = tmp_path / "frame.png"
    if content is not None:
        source.write_bytes(content)
    assert thumbnail(WANTED, source, tmp_path / "kept") is None
    assert [path for path in (tmp_path / "kept").rglob("*") if path.is_file()] == []


def test_a_truncated_frame_gives_no_picture(tmp_path):
    noise = np.random.default_rng(1).random((360, 640, 3)).astype(np.float32)
    source = save(tmp_path / "frame.png", noise)
    source.write_bytes(source.read_bytes()[:2000])
    assert thumbnail(WANTED, source, tmp_path / "kept") is None


def test_a_request_gives_up_when_others_take_too_long(tmp_path, monkeypatch):
    monkeypatch.setattr(thumbnails, "WAIT_S", 0.01)
    source = save(tmp_path / "frame.png", flat(0.5, 0.5, 0.5))
    with thumbnails._making, thumbnails._making:
        assert thumbnail(WANTED, source, tmp_path / "kept") is None
    assert thumbnail(WANTED, source, tmp_path / "kept") is not None


@pytest.mark.parametrize("text", ["", "../x", "a/b", "a" * 65, "a\n", "ä"])
def test_a_tag_cannot_lead_out_of_the_folder(text):
    assert not is_tag(text)
