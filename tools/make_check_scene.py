"""Make the scene that a node renders when it is checked: `brender_farm/demo/check.blend`.

A lit plane with a cube on it, 64 by 36 pixels, one sample. Run it with Blender 3.4, so that every
later Blender opens the file:

    blender -b --factory-startup --python tools/make_check_scene.py
"""

from __future__ import annotations

from pathlib import Path

import bpy

TARGET = Path(__file__).resolve().parents[1] / "brender_farm" / "demo" / "check.blend"


def build() -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.name = "Check"
    render = scene.render
    render.engine = "CYCLES"
    render.resolution_x, render.resolution_y, render.resolution_percentage = 64, 36, 100
    render.image_settings.file_format = "PNG"
    scene.frame_start = scene.frame_end = 1
    scene.cycles.samples = 1
    scene.cycles.use_denoising = scene.cycles.use_adaptive_sampling = False
    scene.world = bpy.data.worlds.new("World")
    scene.world.color = (0.6, 0.7, 0.8)
    bpy.ops.mesh.primitive_plane_add(size=20)
    bpy.ops.mesh.primitive_cube_add(location=(0, 0, 1))
    bpy.ops.object.light_add(type="SUN", rotation=(0.6, 0.2, 0.4))
    bpy.context.object.data.energy = 3.0
    bpy.ops.object.camera_add(location=(6, -6, 4), rotation=(1.15, 0, 0.785))
    scene.camera = bpy.context.object
    for unused in (bpy.data.brushes, bpy.data.linestyles, bpy.data.palettes):
        bpy.data.batch_remove(list(unused))


build()
bpy.context.preferences.filepaths.file_preview_type = "NONE"
bpy.ops.wm.save_as_mainfile(filepath=str(TARGET), compress=True)
