"""Only a whole image of the right kind and size is a proven frame."""

from __future__ import annotations

import hashlib
import os
import signal
import threading

import numpy as np
import OpenImageIO
import psutil
import pytest

from brender_farm.domain.formats import FORMATS
from brender_farm.errors import FrameFailed, SceneRefused
from brender_farm.images.decode import ENDINGS
from workers.blender.prove import Prover

WIDTH, HEIGHT = 48, 32
TIMEOUT_S = 60
NODE = "unit-tests-of-the-prover"


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    """Return one image of noise in every format: noise, so that no part can be missed."""
    folder = tmp_path_factory.mktemp("images")
    return {fmt.name: draw(folder / f"{fmt.name}.{fmt.extension}", fmt) for fmt in FORMATS.values()}


def draw(path, fmt, pixels=None, names=("R", "G", "B")):
    if pixels is None:
        pixels = np.random.default_rng(1).random((HEIGHT, WIDTH, 3), dtype=np.float32)
    height, width, channels = pixels.shape
    spec = OpenImageIO.ImageSpec(width, height, channels, "half" if fmt.floating else "uint8")
    spec.channelnames = names
    output = OpenImageIO.ImageOutput.create(str(path))
    assert output.open(str(path), spec), output.geterror()
    assert output.write_image(pixels), output.geterror()
    output.close()
    return path


def prove(prover, path, fmt="PNG", width=WIDTH, height=HEIGHT):
    return prover.prove(path, width, height, FORMATS[fmt], TIMEOUT_S)


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_whole_image_is_proven_and_measured(prover, images, fmt):
    proof = prove(prover, images[fmt], fmt)
    data = images[fmt].read_bytes()
    assert (proof.width, proof.height, proof.channels) == (WIDTH, HEIGHT, 3)
    assert proof.byte_count == len(data)
    assert proof.digest == hashlib.blake2b(data, digest_size=20).hexdigest()
    assert not proof.is_black
    assert proof.nan_count == 0


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize(
    "keep",
    [
        lambda size: 1,
        lambda size: size // 10,
        lambda size: size // 2,
        lambda size: size * 9 // 10,
        lambda size: size - 1,
    ],
    ids=["first byte", "10 %", "50 %", "90 %", "all but the last byte"],
)
def test_a_cut_file_is_refused(prover, images, tmp_path, fmt, keep):
    data = images[fmt].read_bytes()
    cut = tmp_path / images[fmt].name
    cut.write_bytes(data[: keep(len(data))])
    with pytest.raises(FrameFailed, match=rf"{cut.name} is not a proven frame: it"):
        prove(prover, cut, fmt)


@pytest.mark.parametrize("ending", sorted(set(ENDINGS) - {".cin"}))  # OpenImageIO only reads it
def test_a_compositors_file_is_proven_by_its_ending_and_has_any_size(prover, tmp_path, ending):
    whole = draw(tmp_path / f"whole{ending}", FORMATS["EXR" if ending == ".exr" else "PNG"])
    proof = prover.prove_file(whole, TIMEOUT_S)
    assert (proof.width, proof.height) == (WIDTH, HEIGHT)
    data = whole.read_bytes()
    cut = tmp_path / f"cut{ending}"
    for keep in (1, len(data) // 2, len(data) - 1):
        cut.write_bytes(data[:keep])
        with pytest.raises(FrameFailed, match=rf"cut{ending} is not a proven frame: it"):
            prover.prove_file(cut, TIMEOUT_S)


@pytest.mark.parametrize("name", ["mask.jp2", "notes.txt", "mask", "picture.PNG.part"])
def test_a_file_of_an_unknown_kind_is_refused_for_good(prover, tmp_path, name):
    (tmp_path / name).write_text("whatever")
    with pytest.raises(SceneRefused, match=rf"{name} cannot be proven.*Choose one of these"):
        prover.prove_file(tmp_path / name, TIMEOUT_S)


@pytest.mark.parametrize("fmt", ["PNG", "EXR"])
def test_a_file_with_a_hole_is_refused(prover, images, tmp_path, fmt):
    data = bytearray(images[fmt].read_bytes())
    data[len(data) // 2 : len(data) // 2 + 512] = bytes(512)
    holed = tmp_path / images[fmt].name
    holed.write_bytes(data)
    with pytest.raises(FrameFailed, match="cannot be decoded"):
        prove(prover, holed, fmt)


def test_an_empty_file_is_refused(prover, tmp_path):
    empty = tmp_path / "empty.png"
    empty.touch()
    with pytest.raises(FrameFailed, match="it is empty"):
        prove(prover, empty)


def test_a_missing_file_is_refused(prover, tmp_path):
    with pytest.raises(FrameFailed, match="cannot be read: No such file"):
        prove(prover, tmp_path / "gone.png")


def test_another_format_under_the_right_extension_is_refused(prover, images, tmp_path):
    disguised = tmp_path / "frame.png"
    disguised.write_bytes(images["JPEG"].read_bytes())
    with pytest.raises(FrameFailed, match="it is jpeg inside, not png"):
        prove(prover, disguised)


def test_text_is_refused(prover, tmp_path):
    text = tmp_path / "frame.png"
    text.write_text("not an image at all\n" * 100)
    with pytest.raises(FrameFailed, match="cannot be decoded"):
        prove(prover, text)


def test_another_size_is_refused(prover, images):
    with pytest.raises(FrameFailed, match="48 by 32 pixels instead of 50 by 32"):
        prove(prover, images["PNG"], width=50)


def test_a_black_image_is_marked(prover, tmp_path):
    black = np.zeros((HEIGHT, WIDTH, 4), np.float32)
    black[..., 3] = 1  # opaque
    path = draw(tmp_path / "black.png", FORMATS["PNG"], black, ("R", "G", "B", "A"))
    assert prove(prover, path).is_black


def test_one_dark_pixel_is_not_black(prover, tmp_path):
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    pixels[5, 7, 1] = 1 / 255
    assert not prove(prover, draw(tmp_path / "dark.png", FORMATS["PNG"], pixels)).is_black


def test_values_that_are_no_numbers_are_counted(prover, tmp_path):
    pixels = np.ones((HEIGHT, WIDTH, 3), np.float32)
    pixels[0, 0, 0] = np.nan
    pixels[1, 1, :2] = np.inf
    path = draw(tmp_path / "nan.exr", FORMATS["EXR"], pixels)
    proof = prove(prover, path, "EXR")
    assert proof.nan_count == 3
    assert not proof.is_black


def test_many_threads_prove_at_the_same_time(prover, images):
    failures = []

    def work():
        try:
            for fmt, path in images.items():
                prove(prover, path, fmt)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.fixture
def own_prover():
    prover = Prover(node_name=NODE)
    yield prover
    prover.close()


def decoder(prover):
    return psutil.Process(prover._child.pid)


def test_the_decoder_starts_with_the_first_proof(own_prover, images):
    assert own_prover._child is None
    prove(own_prover, images["PNG"])
    assert decoder(own_prover).is_running()


def test_a_decoder_that_died_is_replaced(own_prover, images):
    prove(own_prover, images["PNG"])
    os.kill(own_prover._child.pid, signal.SIGKILL)
    assert prove(own_prover, images["PNG"]).width == WIDTH


def test_a_file_that_crashes_the_decoder_fails_alone(own_prover, images, monkeypatch):
    real = own_prover._living

    def crashing():
        child = real()
        os.kill(child.pid, signal.SIGSEGV)
        return child

    monkeypatch.setattr(own_prover, "_living", crashing)
    with pytest.raises(FrameFailed, match="the decoder crashed on it"):
        prove(own_prover, images["PNG"])
    monkeypatch.undo()
    prove(own_prover, images["PNG"])


def test_a_decoder_that_hangs_is_given_up_and_replaced(own_prover, images):
    prove(own_prover, images["PNG"])
    os.kill(own_prover._child.pid, signal.SIGSTOP)
    with pytest.raises(FrameFailed, match=r"took longer than 0\.1 s"):
        own_prover.prove(images["PNG"], WIDTH, HEIGHT, FORMATS["PNG"], 0.1)
    prove(own_prover, images["PNG"])


def test_a_closed_prover_leaves_no_process_and_starts_again(own_prover, images):
    prove(own_prover, images["PNG"])
    pid = own_prover._child.pid
    own_prover.close()
    assert not psutil.pid_exists(pid)
    prove(own_prover, images["PNG"])
