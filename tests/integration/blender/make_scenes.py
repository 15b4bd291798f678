"""Runs inside Blender: makes the scenes of these tests, and pictures to compare with.

`python make_scenes.py -- FOLDER`, or `blender -b --python make_scenes.py -- FOLDER`.
"""

import os
import sys
from pathlib import Path

import bpy

FOLDER = Path(sys.argv[-1])
FILM_SCRIPT = f"open({str(FOLDER / 'script_ran')!r}, 'w').close()"


def fill(scene, *, camera=True):
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 2
    scene.cycles.use_denoising = False
    scene.render.resolution_x, scene.render.resolution_y = 160, 90
    scene.frame_start, scene.frame_end = 1, 24
    mesh = bpy.data.meshes.new("Cube")
    corners = [(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    sides = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    mesh.from_pydata(corners, [], sides)
    cube = add(scene, f"{scene.name} cube", mesh)
    for frame, x in ((1, -2), (24, 2)):
        cube.location.x = x
        cube.keyframe_insert("location", frame=frame)
    add(scene, f"{scene.name} sun", bpy.data.lights.new("Sun", "SUN"))
    if camera:
        for name, height in (("Near", 8), ("Far", 16)):
            add(scene, f"{name} {scene.name}", bpy.data.cameras.new(name)).location.z = height
        scene.camera = scene.objects[f"Near {scene.name}"]
    return cube


def add(scene, name, data):
    thing = bpy.data.objects.new(name, data)
    scene.collection.objects.link(thing)
    return thing


def empty():
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.context.scene.name = "Scene"
    return bpy.context.scene


def save(name):
    bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / f"{name}.blend"))


def reference(scene, name, *frames):
    """Render as an artist's own Blender would: as an animation, into numbered files."""
    first, last = scene.frame_start, scene.frame_end
    for frame in frames:
        scene.frame_start = scene.frame_end = frame
        scene.render.filepath = str(FOLDER / f"{name}_")
        bpy.ops.render.render(animation=True, scene=scene.name)
    scene.frame_start, scene.frame_end = first, last


def make_scenes():
    scene = empty()
    fill(scene)
    for name, frame in (("Near Scene", 1), ("Far Scene", 10)):
        scene.timeline_markers.new(name, frame=frame).camera = scene.objects[name]
    second = bpy.data.scenes.new("Second")
    fill(second)
    second.render.resolution_x, second.render.resolution_y = 64, 48
    fill(bpy.data.scenes.new("Blind"), camera=False)
    save("scenes")
    reference(scene, "scenes", 5, 15)
    reference(second, "second", 5)


def make_film():
    """Everything that could make a render go elsewhere than to one plain image."""
    scene = empty()
    fill(scene)
    render = scene.render
    render.image_settings.file_format = "FFMPEG"
    render.filepath = str(FOLDER / "elsewhere" / "film.mp4")
    render.use_placeholder, render.use_overwrite = True, False
    scene.frame_step = 5
    scene.use_preview_range = True
    scene.frame_preview_start, scene.frame_preview_end = 7, 9
    save("film")


def make_borders():
    borders = ((0.1, 0.7, 0.3, 0.9), (0.33, 0.34, 0.5, 1.0), (0.123, 0.777, 0.05, 0.55))
    for number, (left, right, bottom, top) in enumerate(borders):
        scene = empty()
        fill(scene)
        render = scene.render
        render.use_border = render.use_crop_to_border = True
        render.border_min_x, render.border_max_x = left, right
        render.border_min_y, render.border_max_y = bottom, top
        render.resolution_percentage = 90
        save(f"border{number}")


def make_special():
    scene = empty()
    fill(scene)
    scene.cycles.use_denoising = True
    save("denoise")

    scene = empty()
    fill(scene)
    scene.render.use_multiview = True
    save("stereo")

    scene = empty()
    text = bpy.data.texts.new("start.py")
    text.write(FILM_SCRIPT)
    text.use_module = True
    fill(scene)
    save("script")

    scene = empty()
    driver = fill(scene).driver_add("location", 1).driver
    variable = driver.variables.new()
    variable.name = "last"
    variable.targets[0].id_type = "SCENE"
    variable.targets[0].id = scene
    variable.targets[0].data_path = "frame_end"
    driver.expression = "last / 24"
    save("driver")
    scene.frame_set(5)
    scene.render.filepath = str(FOLDER / "driver_0005.png")
    bpy.ops.render.render(write_still=True)


make_scenes()
make_film()
make_borders()
make_special()
sys.stdout.flush()
os._exit(0)
