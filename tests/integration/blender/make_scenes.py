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


def depend_on_frame_range(scene, thing):
    driver = thing.driver_add("location", 1).driver
    variable = driver.variables.new()
    variable.name = "last"
    variable.targets[0].id_type = "SCENE"
    variable.targets[0].id = scene
    variable.targets[0].data_path = "frame_end"
    driver.expression = "last / 24"


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
    if hasattr(render.image_settings, "media_type"):
        render.image_settings.media_type = "VIDEO"
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
    save("plain")
    scene.cycles.device = "GPU"
    save("gpu")

    scene = empty()
    text = bpy.data.texts.new("start.py")
    text.write(FILM_SCRIPT)
    text.use_module = True
    fill(scene)
    save("script")

    scene = empty()
    expression = f"open({str(FOLDER / 'driver_ran')!r}, 'w').close() or frame / 24"
    fill(scene).driver_add("location", 1).driver.expression = expression
    save("driver_script")

    scene = empty()
    depend_on_frame_range(scene, fill(scene))
    save("driver")
    scene.frame_set(5)
    scene.render.filepath = str(FOLDER / "driver_0005.png")
    bpy.ops.render.render(write_still=True)


def make_layers():
    """Two view layers, the second without the cube; the first has samples of its own."""
    scene = empty()
    cube = fill(scene)
    scene.collection.objects.unlink(cube)
    apart = bpy.data.collections.new("Apart")
    scene.collection.children.link(apart)
    apart.objects.link(cube)
    scene.view_layers[0].name = "With"
    scene.view_layers[0].samples = 3
    without = scene.view_layers.new("Without")
    without.layer_collection.children["Apart"].exclude = True
    save("layers")


def make_views():
    """Stereo in each way that Blender can save it, and views that want their files elsewhere."""
    scene = empty()
    fill(scene)
    for camera in bpy.data.cameras:
        camera.stereo.interocular_distance = 1
    render = scene.render
    render.use_multiview = True
    save("stereo")
    reference(scene, "stereo", 5)

    render.views["right"].use = False
    save("one_eye")
    render.views["right"].use = True

    render.image_settings.views_format = "STEREO_3D"
    for mode in ("SIDEBYSIDE", "TOPBOTTOM", "ANAGLYPH", "INTERLACE"):
        render.image_settings.stereo_3d_format.display_mode = mode
        save(f"stereo_{mode}")
    render.image_settings.stereo_3d_format.display_mode = "SIDEBYSIDE"
    render.image_settings.stereo_3d_format.use_squeezed_frame = True
    save("stereo_squeezed")

    if hasattr(render.image_settings, "media_type"):
        render.image_settings.media_type = "IMAGE"
    render.image_settings.file_format = "OPEN_EXR"
    render.image_settings.views_format = "MULTIVIEW"
    save("stereo_in_one_exr")

    render.views_format = "MULTIVIEW"
    render.image_settings.views_format = "INDIVIDUAL"
    render.views["left"].file_suffix = render.views["right"].file_suffix = "_same"
    render.views.new("third").file_suffix = "/../../evil"
    save("evil_views")


def compositor(scene):
    """Return the scene's compositor, with nothing but its render layer and a socket of that."""
    if bpy.app.version < (5,):
        scene.use_nodes = True
        tree = scene.node_tree
        tree.nodes.clear()
        result, layer = (
            tree.nodes.new(f"CompositorNode{kind}") for kind in ("Composite", "RLayers")
        )
    else:
        tree = scene.compositing_node_group = group("Compositor", "OUTPUT")
        result, layer = tree.nodes.new("NodeGroupOutput"), tree.nodes.new("CompositorNodeRLayers")
    tree.links.new(layer.outputs["Image"], result.inputs[0])
    return tree, layer.outputs["Image"]


def group(name, in_out):
    tree = bpy.data.node_groups.new(name, "CompositorNodeTree")
    if hasattr(tree, "interface"):
        tree.interface.new_socket("Image", in_out=in_out, socket_type="NodeSocketColor")
    else:
        tree.inputs.new("NodeSocketColor", "Image")
    return tree


def file_output(tree, image, label, folder, slots, many_layers=False):
    node = tree.nodes.new("CompositorNodeOutputFile")
    node.label = label
    if hasattr(node.format, "media_type"):
        node.format.media_type = "MULTI_LAYER_IMAGE" if many_layers else "IMAGE"
    node.format.file_format = "OPEN_EXR_MULTILAYER" if many_layers else "PNG"
    if hasattr(node, "directory"):
        node.directory, _, node.file_name = folder.rpartition("/")
        for slot in slots:
            node.file_output_items.new("RGBA", slot)
    else:
        node.base_path = folder
        (node.layer_slots if many_layers else node.file_slots).clear()
        for slot in slots:
            (node.layer_slots if many_layers else node.file_slots).new(slot)
    for socket in list(node.inputs)[: len(slots)]:
        tree.links.new(image, socket)
    return node


def make_outputs():
    """File Output nodes with every way to name a place outside the farm's folders."""
    elsewhere = str(FOLDER / "elsewhere")
    scene = empty()
    fill(scene)
    tree, image = compositor(scene)
    file_output(tree, image, "Beauty", f"{elsewhere}/", ["Image", "sub/Mask"])
    save("outputs")
    scene.render.use_multiview = True
    save("outputs_of_both_eyes")
    scene.render.use_multiview = False
    file_output(tree, image, "Layers", "//elsewhere/Many_", ["Image", "Again"], many_layers=True)
    file_output(tree, image, "../Beauty", f"{elsewhere}/", ["../../evil", "evil", "//x/../y"])
    inner = group("Inner", "INPUT")
    file_output(inner, inner.nodes.new("NodeGroupInput").outputs[0], "", f"{elsewhere}/", ["Deep"])
    user = tree.nodes.new("CompositorNodeGroup")
    user.node_tree = inner
    tree.links.new(image, user.inputs[0])
    file_output(tree, image, "Quiet", f"{elsewhere}/", ["Quiet"]).mute = True
    save("all_outputs")
    depend_on_frame_range(scene, scene.objects[0])
    save("outputs_of_a_still")

    scene = empty()
    fill(scene)
    file_output(*compositor(scene), "", f"{elsewhere}/", ["Image", "Image0003.png/in a file"])
    save("outputs_in_conflict")


make_scenes()
make_film()
make_borders()
make_special()
make_layers()
make_views()
make_outputs()
sys.stdout.flush()
os._exit(0)
