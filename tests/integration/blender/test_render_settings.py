"""What a shot changes about its scene, in a real Blender of each kind."""

from __future__ import annotations

from itertools import count

import OpenImageIO
import pytest

from brender_farm import wire
from brender_farm.domain.formats import EXR_CODECS, FORMATS
from brender_farm.errors import SceneRefused
from workers.blender.output import Progress
from workers.blender.scene import RenderSettings


def pixels(path):
    return OpenImageIO.ImageBuf(str(path)).get_pixels(OpenImageIO.UINT8).tobytes()


def spec_of(path):
    file = OpenImageIO.ImageInput.open(str(path))
    found = file.spec()
    file.close()
    return found


def brightest(path):
    stats = OpenImageIO.ImageBufAlgo.computePixelStats(OpenImageIO.ImageBuf(str(path)))
    return max(stats.max[:3])


@pytest.fixture
def render(session, spec, tmp_path):
    """Return a way to render a frame with these settings into a file of its own."""
    numbers = count()

    def one(name="plain", **settings):
        session.open(spec(name, **settings))
        fmt = FORMATS[settings.get("format", "PNG")]
        target = tmp_path / f"{next(numbers)}.{fmt.extension}"
        session.render(5, target)
        return target

    return one


def test_a_quarter_of_the_resolution_is_a_quarter_each_way(session, spec, prover, tmp_path):
    opened = session.open(spec("plain", percentage=25))
    assert (opened.width, opened.height) == (40, 22)
    session.render(5, tmp_path / "f.png")
    prover.prove(tmp_path / "f.png", 40, 22, FORMATS["PNG"], timeout_s=60)


def test_a_finished_size_is_met_exactly_whatever_the_percentage(session, spec):
    order = wire.SceneOrder(
        blend="/x.blend", size_bytes=1, mtime_ns=1, ctime_ns=1, digest=None, scene="Scene",
        format="PNG", width=633, height=356, render=wire.RenderChanges(percentage=33),
    )  # fmt: skip
    settings = RenderSettings.of(order, threads=1)
    opened = session.open(
        spec("plain", width=settings.width, height=settings.height, percentage=settings.percentage)
    )
    assert (opened.width, opened.height) == (633, 356)


def test_samples_are_those_of_the_shot_even_where_a_view_layer_has_its_own(session, spec, tmp_path):
    seen = []
    session.open(spec("layers", samples=5, view_layers=("With",)))
    session.render(1, tmp_path / "f.png", on_progress=seen.append)
    assert seen[-1] == Progress(sample=5, sample_count=5)


def test_another_camera_makes_another_picture(render):
    assert pixels(render(camera="Far Scene")) != pixels(render(camera="Near Scene"))


def test_only_the_chosen_view_layers_are_rendered(render):
    without = render("layers", view_layers=("Without",), format="EXR_MULTILAYER")
    names = " ".join(spec_of(without).channelnames)
    assert "Without." in names
    assert "With." not in names
    both = render("layers", view_layers=("With", "Without"), format="EXR_MULTILAYER")
    names = " ".join(spec_of(both).channelnames)
    assert "Without." in names
    assert "With." in names


def test_the_picture_is_that_of_the_view_layer_which_is_left(render):
    assert brightest(render("layers", view_layers=("With",))) > 0.1
    assert brightest(render("layers", view_layers=("Without",))) < 0.01  # Blender's dithering


def test_a_view_layer_that_is_not_there_is_refused(session, spec):
    with pytest.raises(SceneRefused, match="has no view layer 'Smoke'"):
        session.open(spec("layers", view_layers=("With", "Smoke")))


@pytest.mark.parametrize("fmt", ["PNG", "TIFF"])
def test_sixteen_bits_a_channel_are_in_the_file(render, fmt):
    assert str(spec_of(render(format=fmt, color_depth="16")).format) == "uint16"
    assert str(spec_of(render(format=fmt, color_depth="8")).format) == "uint8"


@pytest.mark.parametrize(("depth", "kind"), [("16", "half"), ("32", "float")])
def test_an_exr_has_half_or_whole_floats(render, depth, kind):
    assert str(spec_of(render(format="EXR", color_depth=depth)).format) == kind


@pytest.mark.parametrize("fmt", [f.name for f in FORMATS.values()])
def test_every_depth_that_a_format_offers_can_be_saved(render, fmt):
    for depth in FORMATS[fmt].depths:
        assert render(format=fmt, color_depth=depth).stat().st_size > 0


@pytest.mark.parametrize("fmt", ["JPEG", "WEBP"])
def test_a_lower_quality_is_a_smaller_file(render, fmt):
    low, high = (render(format=fmt, quality=quality) for quality in (5, 100))
    assert low.stat().st_size < high.stat().st_size
    assert pixels(low) != pixels(high)


def test_compression_changes_the_file_of_a_png_and_no_pixel(render):
    loose, tight = (render(compression=share) for share in (0, 100))
    assert tight.stat().st_size < loose.stat().st_size
    assert pixels(tight) == pixels(loose)


@pytest.mark.parametrize("codec", EXR_CODECS)
def test_an_exr_is_compressed_as_asked(render, codec):
    header = spec_of(render(format="EXR", color_depth="16", exr_codec=codec))
    assert header.get_string_attribute("compression").split(":")[0] == codec.lower()


def test_the_engine_can_be_another(session, spec, tmp_path):
    opened = session.open(spec("plain", engine="WORKBENCH"))
    assert opened.engine == "BLENDER_WORKBENCH"
    session.render(5, tmp_path / "f.png")
    assert any(pixels(tmp_path / "f.png"))
    assert session.open(spec("plain", engine="EEVEE")).engine.startswith("BLENDER_EEVEE")
    assert session.open(spec("plain", engine="CYCLES")).engine == "CYCLES"


def test_denoising_is_done_or_its_lack_is_told(session, install, spec, render):
    if install.kind == "bpy":
        assert pixels(render(denoise=True)) != pixels(render(denoise=False))
        return
    try:
        session.open(spec("plain", denoise=True))
    except SceneRefused as error:
        assert "without a denoiser" in error.message  # noqa: PT017
        assert not error.permanent  # noqa: PT017 - another node may have one


def test_a_scene_that_wants_a_denoiser_can_be_rendered_without(render):
    assert render("denoise", denoise=False).stat().st_size > 0


def test_other_settings_are_another_scene_for_a_session(session, spec):
    session.open(spec("plain", quality=50, format="JPEG"))
    assert not session.open(spec("plain", quality=51, format="JPEG")).warm
    assert session.open(spec("plain", quality=51, format="JPEG")).warm
