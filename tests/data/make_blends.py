"""Make the small .blend files of the tests and the benchmarks.

Run it with the pinned `bpy`; give it an installed Blender 3.4 to make `old_34.blend` as well:

    python tests/data/make_blends.py                        # everything but old_34.blend
    blender -b --factory-startup --python tests/data/make_blends.py -- old_34
"""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
from pathlib import Path

import bpy

HERE = Path(__file__).resolve().parent
WORKSHOP = Path(tempfile.gettempdir()) / "brender"
FRAMES = 24


def build_tiny(engine: str = "CYCLES") -> bpy.types.Scene:
    """Start over with a moving cube: 160x90, frames 1-24, 2 samples, no denoising."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.name = "Scene"
    set_output(scene, engine)
    cube = new_object(scene, "Cube", cube_mesh())
    cube.data.materials.append(orange())
    move(cube)
    add_camera(scene)
    sun = new_object(scene, "Sun", bpy.data.lights.new("Sun", "SUN"))
    sun.rotation_euler = (0.6, 0.2, 0.4)
    sun.data.energy = 3.0
    scene.world = bpy.data.worlds.new("World")
    scene.world.color = (0.2, 0.3, 0.4)
    return scene


def set_output(scene: bpy.types.Scene, engine: str) -> None:
    render = scene.render
    render.engine = engine
    render.resolution_x, render.resolution_y, render.resolution_percentage = 160, 90, 100
    render.image_settings.file_format = "PNG"
    render.filepath = "//frames/"
    render.fps = 24
    render.threads_mode = "AUTO"
    scene.frame_start, scene.frame_end = 1, FRAMES
    if engine == "CYCLES":
        scene.cycles.samples = 2
        scene.cycles.use_denoising = False
        scene.cycles.use_adaptive_sampling = False


def cube_mesh() -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new("Cube")
    corners = [(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    mesh.from_pydata(corners, [], faces)
    return mesh


def orange() -> bpy.types.Material:
    material = bpy.data.materials.new("Orange")
    material.use_nodes = True
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = (0.9, 0.35, 0.05, 1.0)
    material.diffuse_color = (0.9, 0.35, 0.05, 1.0)
    return material


def move(thing: bpy.types.Object) -> None:
    for frame, place in ((1, -2.0), (FRAMES, 2.0)):
        thing.location.x = place
        thing.rotation_euler.z = place
        thing.keyframe_insert("location", index=0, frame=frame)
        thing.keyframe_insert("rotation_euler", index=2, frame=frame)


def add_camera(scene: bpy.types.Scene, name: str = "Camera") -> bpy.types.Object:
    camera = new_object(scene, name, bpy.data.cameras.new(name))
    camera.location = (0.0, -9.0, 4.0)
    camera.rotation_euler = (1.18, 0.0, 0.0)
    scene.camera = camera
    return camera


def new_object(scene: bpy.types.Scene, name: str, data: object) -> bpy.types.Object:
    thing = bpy.data.objects.new(name, data)
    scene.collection.objects.link(thing)
    return thing


def save(name: str, *, compress: bool = True) -> Path:
    """Save in a neutral place, as the file remembers where it was saved, and move it here."""
    WORKSHOP.mkdir(exist_ok=True)
    saved = WORKSHOP / f"{name}.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(saved), compress=compress, check_existing=False)
    return Path(shutil.move(saved, HERE / saved.name))


def make_tiny() -> None:
    build_tiny()
    save("tiny")
    plain = save("tiny_plain", compress=False)
    packed = gzip.compress(plain.read_bytes(), 9, mtime=0)
    (HERE / "tiny_gzip.blend").write_bytes(packed)
    future = bytearray(plain.read_bytes())
    future[9:12] = b"999"
    (HERE / "future.blend").write_bytes(gzip.compress(bytes(future), 9, mtime=0))
    plain.unlink()


def make_tiny_workbench() -> None:
    build_tiny("BLENDER_WORKBENCH")
    save("tiny_workbench")


def make_two_scenes() -> None:
    main = build_tiny()
    main.name = "Main"
    alt = bpy.data.scenes.new("Alt")
    set_output(alt, "CYCLES")
    alt.render.resolution_x, alt.render.resolution_y = 320, 200
    alt.render.resolution_percentage = 50
    alt.frame_start, alt.frame_end, alt.frame_step = 10, 40, 2
    alt.render.fps = 30
    alt.render.image_settings.file_format = "OPEN_EXR"
    alt.view_layers[0].name = "Beauty"
    alt.view_layers.new("Shadow")
    add_camera(alt, "AltSide")
    add_camera(alt, "AltFront")
    bpy.context.window.scene = alt
    save("two_scenes")


def make_missing_texture() -> None:
    build_tiny()
    image = bpy.data.images.new("Wood", 8, 8)
    image.source = "FILE"
    image.filepath = "//textures/wood.png"
    nodes = bpy.data.materials["Orange"].node_tree.nodes
    texture = nodes.new("ShaderNodeTexImage")
    texture.image = image
    shader = next(node for node in nodes if node.type == "BSDF_PRINCIPLED")
    bpy.data.materials["Orange"].node_tree.links.new(
        texture.outputs["Color"], shader.inputs["Base Color"]
    )
    link_a_library_that_goes_away()
    save("missing_texture")


def link_a_library_that_goes_away() -> None:
    library = WORKSHOP / "props" / "chair.blend"
    library.parent.mkdir(parents=True, exist_ok=True)
    chair = bpy.data.objects.new("Chair", cube_mesh())
    bpy.data.libraries.write(str(library), {chair}, fake_user=True)
    bpy.data.objects.remove(chair)
    with bpy.data.libraries.load(str(library), link=True) as (_, linked):
        linked.objects = ["Chair"]
    bpy.context.scene.collection.objects.link(linked.objects[0])
    save("missing_texture")
    bpy.ops.file.make_paths_relative()
    library.unlink()
    library.parent.rmdir()


def make_film() -> None:
    scene = build_tiny()
    scene.render.image_settings.file_format = "FFMPEG"
    scene.render.filepath = "//film.mp4"
    save("film")


def make_no_camera() -> None:
    scene = build_tiny()
    bpy.data.objects.remove(scene.camera)
    save("no_camera")


def make_old_34() -> None:
    build_tiny()
    save("old_34")


def main(wanted: list[str]) -> None:
    makers = {name[5:]: maker for name, maker in globals().items() if name.startswith("make_")}
    names = wanted or [name for name in makers if name != "old_34"]
    for name in names:
        makers[name]()


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else [])
