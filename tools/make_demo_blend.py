"""Make the bundled demo scene: a render farm, literally. An island of one barn, a mill and sheep.

Run it with the pinned `bpy`:

    python tools/make_demo_blend.py

It writes brender_farm/demo/spinning.blend: 48 frames of 480x270, Cycles on the CPU. The light is
large and soft and every surface rough, so that few samples are enough without a denoiser.
"""

from __future__ import annotations

import math
import random
import shutil
import struct
import tempfile
from pathlib import Path

import bpy  # first, as it brings the other two along
import zstandard

# isort: split
import bmesh
from mathutils import Matrix, Vector

TARGET = Path(__file__).resolve().parents[1] / "brender_farm" / "demo" / "spinning.blend"
WORKSHOP = Path(tempfile.gettempdir()) / "brender"
FRAMES = 48
SIZE = (480, 270)
SAMPLES = 12
PREVIEW_WIDTH = 192

COLOURS = {
    "grass": "#7DBE4B",
    "meadow": "#98D15C",
    "soil": "#8A5A3C",
    "rock": "#6E5F74",
    "barn": "#D8412F",
    "cream": "#FFF3DC",
    "roof": "#56405E",
    "wool": "#FFF8EE",
    "face": "#3A2F3B",
    "wood": "#A86B3D",
    "leaf": "#3FA06A",
    "blossom": "#FF9FB2",
    "path": "#E9CF9A",
    "silo": "#5FA8C9",
    "pumpkin": "#FF8A1F",
    "cloud": "#FFFFFF",
    "dark": "#1B1820",
}


def main() -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.preferences.edit.keyframe_new_interpolation_type = "LINEAR"
    scene = bpy.context.scene
    scene.name = "Farm"
    set_output(scene)
    island = make_island()
    for build in (make_barn, make_silo, make_mill, make_trees, make_fence, make_pumpkins):
        build(island)
    make_sheep(island)
    make_clouds()
    spin(island, turns=1)
    share_meshes()
    make_sky(scene)
    make_lights()
    make_camera(scene)
    save(scene)


def set_output(scene: bpy.types.Scene) -> None:
    render, cycles = scene.render, scene.cycles
    render.engine = "CYCLES"
    render.resolution_x, render.resolution_y = SIZE
    render.image_settings.file_format = "PNG"
    render.filepath = "//spinning/"
    render.fps = 12
    scene.frame_start, scene.frame_end = 1, FRAMES
    cycles.device = "CPU"
    cycles.samples = SAMPLES
    cycles.use_adaptive_sampling = False
    cycles.use_denoising = False
    cycles.max_bounces = 3
    cycles.diffuse_bounces = 2
    cycles.glossy_bounces = 1
    cycles.transmission_bounces = cycles.transparent_max_bounces = cycles.volume_bounces = 0
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sampling_pattern = "BLUE_NOISE"
    cycles.filter_width = 1.8
    cycles.use_light_tree = False  # two lamps need no choosing
    cycles.use_fast_gi = True
    cycles.fast_gi_method = "REPLACE"
    cycles.ao_bounces_render = 1
    cycles.sample_clamp_direct = 4.0
    cycles.sample_clamp_indirect = 1.0
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.look = "AgX - Medium High Contrast"
    scene.view_settings.exposure = 0.4


# --- building blocks ---------------------------------------------------------------------------


def linear(code: str) -> tuple[float, float, float, float]:
    """Turn #RRGGBB into scene-linear RGBA."""
    parts = [int(code[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return red, green, blue, 1.0


def paint(name: str, *, glow: float = 0.0) -> bpy.types.Material:
    """Return a material of soft clay in one of the colours; with `glow` it is a lamp."""
    key = f"{name}{' lamp' if glow else ''}"
    if key in bpy.data.materials:
        return bpy.data.materials[key]
    material = bpy.data.materials.new(key)
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    colour = linear(COLOURS.get(name, name))
    shader = nodes.new("ShaderNodeEmission" if glow else "ShaderNodeBsdfDiffuse")
    shader.inputs["Color"].default_value = colour
    if glow:
        shader.inputs["Strength"].default_value = glow
        material.cycles.emission_sampling = "NONE"  # small lamps are seen, not sampled
    links.new(shader.outputs[0], nodes.new("ShaderNodeOutputMaterial").inputs["Surface"])
    material.diffuse_color = colour
    return material


def add(
    name: str,
    mesh: bmesh.types.BMesh,
    colour: str,
    *,
    parent: bpy.types.Object | None = None,
    at: tuple[float, float, float] = (0, 0, 0),
    turn: tuple[float, float, float] = (0, 0, 0),
    bevel: float = 0.0,
    smooth: bool = True,
    glow: float = 0.0,
) -> bpy.types.Object:
    """Put a mesh into the scene, rounded if wanted."""
    data = bpy.data.meshes.new(name)
    if bevel:
        bmesh.ops.bevel(
            mesh, geom=mesh.edges, offset=bevel, segments=3, profile=0.6, affect="EDGES"
        )
    bmesh.ops.recalc_face_normals(mesh, faces=mesh.faces)
    for face in mesh.faces:
        face.smooth = smooth
    mesh.to_mesh(data)
    mesh.free()
    data.materials.append(paint(colour, glow=glow))
    thing = bpy.data.objects.new(name, data)
    thing.location, thing.rotation_euler, thing.parent = at, turn, parent
    bpy.context.scene.collection.objects.link(thing)
    return thing


def box(width: float, depth: float, height: float) -> bmesh.types.BMesh:
    """Return a box standing on the ground."""
    mesh = bmesh.new()
    place = Matrix.Translation((0, 0, height / 2)) @ Matrix.Diagonal((width, depth, height, 1))
    bmesh.ops.create_cube(mesh, size=1, matrix=place)
    return mesh


def ball(radius: float, detail: int = 3, squash: float = 1.0) -> bmesh.types.BMesh:
    mesh = bmesh.new()
    bmesh.ops.create_icosphere(
        mesh, subdivisions=detail, radius=radius, matrix=Matrix.Diagonal((1, 1, squash, 1))
    )
    return mesh


def tube(bottom: float, top: float, height: float, sides: int = 40) -> bmesh.types.BMesh:
    """Return a cylinder or cone standing on the ground."""
    mesh = bmesh.new()
    bmesh.ops.create_cone(
        mesh,
        cap_ends=True,
        segments=sides,
        radius1=bottom,
        radius2=top,
        depth=height,
        matrix=Matrix.Translation((0, 0, height / 2)),
    )
    return mesh


def prism(outline: list[tuple[float, float]], depth: float) -> bmesh.types.BMesh:
    """Return an outline in x and z, drawn out along y around its middle."""
    mesh = bmesh.new()
    face = mesh.faces.new([mesh.verts.new((x, -depth / 2, z)) for x, z in outline])
    new = bmesh.ops.extrude_face_region(mesh, geom=[face])["geom"]
    moved = [vertex for vertex in new if isinstance(vertex, bmesh.types.BMVert)]
    bmesh.ops.translate(mesh, verts=moved, vec=(0, depth, 0))
    return mesh


def share_meshes() -> None:
    """Let equal things share one mesh, which keeps the file small."""
    first: dict[object, bpy.types.Mesh] = {}
    for thing in bpy.data.objects:
        if thing.type == "MESH":
            corners = tuple(
                round(value, 4) for vertex in thing.data.vertices for value in vertex.co
            )
            key = (corners, thing.data.materials[0].name)
            thing.data = first.setdefault(key, thing.data)
    for mesh in list(bpy.data.meshes):
        if not mesh.users:
            bpy.data.meshes.remove(mesh)


def spin(thing: bpy.types.Object, *, turns: float, axis: int = 2) -> None:
    """Turn evenly, so that the last frame leads into the first."""
    start = thing.rotation_euler[axis]
    for frame, angle in ((1, 0.0), (FRAMES + 1, turns * math.tau)):
        thing.rotation_euler[axis] = start + angle
        thing.keyframe_insert("rotation_euler", index=axis, frame=frame)


# --- the island --------------------------------------------------------------------------------


def make_island() -> bpy.types.Object:
    dice = random.Random(7)  # noqa: S311 (a picture, not a secret)
    island = add("Island", tube(3.3, 3.3, 0.34, 72), "grass", bevel=0.12, at=(0, 0, -0.34))
    add("Meadow", tube(2.95, 2.9, 0.05, 72), "meadow", parent=island, at=(0, 0, 0.32))
    add("Soil", tube(2.9, 3.22, 0.5, 72), "soil", parent=island, at=(0, 0, -0.42))
    rock = tube(0.35, 3.0, 1.9, 11)
    bmesh.ops.subdivide_edges(rock, edges=rock.edges, cuts=2)
    for vertex in rock.verts:
        if vertex.co.z < 1.85:
            vertex.co += Vector([dice.uniform(-0.22, 0.22) for _ in range(3)])
    add("Rock", rock, "rock", parent=island, at=(0, 0, -2.3), smooth=False)
    path = prism([(-0.32, 0), (0.32, 0), (0.42, 0.05), (-0.42, 0.05)], 2.2)
    add("Path", path, "path", parent=island, at=(0.35, -1.75, 0.345))
    return island


def make_barn(island: bpy.types.Object) -> None:
    """Build the barn; behind its door stand the machines of the farm."""
    at = (0.35, 0.55, 0.36)
    outline = [(-0.95, 0), (0.95, 0), (0.95, 1.15), (0.62, 1.75), (0, 2.08), (-0.62, 1.75)]
    barn = add(
        "Barn", prism([*outline, (-0.95, 1.15)], 2.1), "barn", parent=island, at=at, bevel=0.03
    )
    for side in (-1, 1):
        for name, low, high in (
            ("Eaves", (1.06, 1.06), (0.62, 1.8)),
            ("Ridge", (0.7, 1.72), (0, 2.12)),
        ):
            slab = roof_slab(low, high, side)
            add(f"{name} {side}", slab, "roof", parent=barn, bevel=0.03)
    add("Ridge", box(0.26, 2.38, 0.12), "roof", parent=barn, at=(0, 0, 2.12), bevel=0.04)
    for name, place, size in (
        ("Lintel", (0, -1.06, 1.12), (1.2, 0.08, 0.1)),
        ("Post left", (-0.55, -1.06, 0), (0.1, 0.08, 1.14)),
        ("Post right", (0.55, -1.06, 0), (0.1, 0.08, 1.14)),
        ("Loft", (0, -1.05, 1.4), (0.4, 0.06, 0.34)),
    ):
        add(name, box(*size), "cream", parent=barn, at=place, bevel=0.02)
    add("Doorway", box(1.0, 0.05, 1.12), "dark", parent=barn, at=(0, -1.04, 0))
    make_machines(barn)


def roof_slab(low: tuple[float, float], high: tuple[float, float], side: int) -> bmesh.types.BMesh:
    along = Vector((high[0] - low[0], high[1] - low[1])).normalized()
    out = Vector((-along.y, along.x)) * -0.12
    corners = [low, high, (high[0] + out.x, high[1] + out.y), (low[0] + out.x, low[1] + out.y)]
    return prism([(side * x, z) for x, z in corners], 2.36)


def make_machines(barn: bpy.types.Object) -> None:
    """Set rows of lamps behind the door; each blinks at its own time."""
    dice = random.Random(3)  # noqa: S311 (a picture, not a secret)
    for row in range(4):
        add(
            f"Shelf {row}",
            box(0.92, 0.06, 0.03),
            "#4A4458",
            parent=barn,
            at=(0, -1.07, 0.14 + row * 0.25),
        )
        for column in range(5):
            colour = dice.choice(("#35E0A1", "#35E0A1", "#FFC247", "#4FC3FF"))
            lamp = add(
                f"Lamp {row}{column}",
                ball(0.068, 2),
                colour,
                parent=barn,
                at=(-0.36 + column * 0.18, -1.08, 0.25 + row * 0.25),
                glow=1.1,
            )
            blink(lamp, dice)


def blink(lamp: bpy.types.Object, dice: random.Random) -> None:
    period, shift = dice.choice((8, 12, 16)), dice.randrange(16)
    for frame in range(1, FRAMES + 2, 2):
        size = 0.75 + 0.3 * math.sin(math.tau * (frame + shift) / period)
        lamp.scale = (size, size, size)
        lamp.keyframe_insert("scale", frame=frame)


def make_silo(island: bpy.types.Object) -> None:
    silo = add(
        "Silo", tube(0.52, 0.52, 2.1), "silo", parent=island, at=(1.95, 0.95, 0.36), bevel=0.02
    )
    add("Silo cap", ball(0.54, 4, 0.75), "cream", parent=silo, at=(0, 0, 2.1))
    for height in (0.5, 1.1, 1.7):
        add(f"Hoop {height}", tube(0.545, 0.545, 0.07), "cream", parent=silo, at=(0, 0, height))


def make_mill(island: bpy.types.Object) -> None:
    mill = add(
        "Mill",
        tube(0.62, 0.4, 1.9, 8),
        "cream",
        parent=island,
        at=(-1.75, 0.55, 0.36),
        bevel=0.03,
        smooth=False,
    )
    add(
        "Mill cap",
        tube(0.52, 0.02, 0.62, 8),
        "barn",
        parent=mill,
        at=(0, 0, 1.88),
        bevel=0.02,
        smooth=False,
    )
    add("Mill door", box(0.3, 0.1, 0.55), "wood", parent=mill, at=(0, -0.56, 0.02), bevel=0.03)
    hub = add("Hub", ball(0.13), "wood", parent=mill, at=(0, -0.66, 1.72))
    for number in range(4):
        turn = (0, number * math.tau / 4 + 0.4, 0)
        add(f"Arm {number}", box(0.07, 0.06, 1.3), "wood", parent=hub, turn=turn, bevel=0.015)
        sail = box(0.34, 0.03, 0.92)
        bmesh.ops.translate(sail, verts=sail.verts, vec=(0.17, 0, 0.34))
        add(f"Sail {number}", sail, "blossom", parent=hub, turn=turn, bevel=0.012)
    spin(hub, turns=2, axis=1)


def make_trees(island: bpy.types.Object) -> None:
    dice = random.Random(11)  # noqa: S311 (a picture, not a secret)
    for number, (x, y, size) in enumerate(
        (
            (-0.9, 2.1, 1.0),
            (1.3, 2.2, 0.8),
            (-2.45, -0.75, 0.85),
            (2.55, -0.4, 0.75),
            (-0.1, 2.5, 0.7),
        )
    ):
        trunk = add(
            f"Trunk {number}", tube(0.11, 0.08, 0.6, 12), "wood", parent=island, at=(x, y, 0.34)
        )
        trunk.scale = (size, size, size)
        colour = "blossom" if number in {2, 4} else "leaf"
        for place in ((0, 0, 0.95), (0.26, 0.1, 0.75), (-0.24, 0.14, 0.78), (0.02, -0.24, 0.76)):
            radius = dice.uniform(0.3, 0.42)
            add(f"Crown {number}", ball(radius), colour, parent=trunk, at=place)


def make_fence(island: bpy.types.Object) -> None:
    posts = 44
    for number in range(posts):
        angle = number * math.tau / posts
        if abs(math.remainder(angle - math.radians(278), math.tau)) < 0.2:  # the gate
            continue
        place = (3.02 * math.cos(angle), 3.02 * math.sin(angle), 0.3)
        add(
            f"Post {number}",
            box(0.07, 0.11, 0.42),
            "cream",
            parent=island,
            at=place,
            turn=(0, 0, angle),
            bevel=0.02,
        )
        if abs(math.remainder(angle + 0.07 - math.radians(278), math.tau)) < 0.26:
            continue
        middle = angle + math.pi / posts
        rail = (3.02 * math.cos(middle), 3.02 * math.sin(middle), 0.52)
        add(
            f"Rail {number}",
            box(0.04, 0.44, 0.06),
            "cream",
            parent=island,
            at=rail,
            turn=(0, 0, middle),
        )


def make_pumpkins(island: bpy.types.Object) -> None:
    for number, (x, y, size) in enumerate(
        ((1.6, -1.1, 0.2), (1.95, -0.85, 0.16), (1.9, -1.35, 0.24), (2.25, -1.2, 0.15))
    ):
        fruit = add(
            f"Pumpkin {number}",
            ball(size, 3, 0.78),
            "pumpkin",
            parent=island,
            at=(x, y, 0.36 + size * 0.7),
        )
        add(
            f"Stalk {number}",
            tube(0.035, 0.02, 0.12, 8),
            "leaf",
            parent=fruit,
            at=(0, 0, size * 0.7),
        )


def make_sheep(island: bpy.types.Object) -> None:
    """Put the sheep on the meadow; they hop one after the other."""
    places = (
        (-1.35, -1.15, 2.5),
        (-0.55, -1.85, 1.9),
        (-1.7, -2.0, 0.6),
        (1.2, -2.15, 2.9),
        (2.4, 0.15, 1.2),
    )
    for number, (x, y, heading) in enumerate(places):
        sheep = bpy.data.objects.new(f"Sheep {number}", None)
        bpy.context.scene.collection.objects.link(sheep)
        sheep.location, sheep.rotation_euler, sheep.parent = (x, y, 0.37), (0, 0, heading), island
        shape_sheep(sheep)
        hop(sheep, start=number * 9)


def shape_sheep(sheep: bpy.types.Object) -> None:
    add("Wool", ball(0.33, 3, 0.85), "wool", parent=sheep, at=(0, 0, 0.42))
    for angle in range(0, 360, 60):
        x, y = 0.24 * math.cos(math.radians(angle)), 0.2 * math.sin(math.radians(angle))
        add("Curl", ball(0.17), "wool", parent=sheep, at=(x, y, 0.46 + 0.06 * (angle % 120 == 0)))
    head = add("Head", ball(0.15, 3, 0.95), "face", parent=sheep, at=(0.4, 0, 0.56))
    add("Fringe", ball(0.11), "wool", parent=head, at=(-0.03, 0, 0.11))
    for side in (-1, 1):
        add("Ear", ball(0.06, 2, 0.5), "face", parent=head, at=(-0.03, side * 0.17, 0.03))
        add("Eye", ball(0.035, 2), "cream", parent=head, at=(0.115, side * 0.07, 0.05))
        for front in (-1, 1):
            add(
                "Leg",
                tube(0.05, 0.05, 0.24, 10),
                "face",
                parent=sheep,
                at=(front * 0.15, side * 0.12, 0),
            )


def hop(sheep: bpy.types.Object, start: int) -> None:
    ground = sheep.location.z
    for frame in range(1, FRAMES + 2):
        phase = ((frame - 1 - start) % FRAMES) / 12
        height = max(0.0, math.sin(math.pi * phase)) if phase < 1 else 0.0
        squash = 1 + 0.14 * height - (0.12 if phase and phase < 1 and height < 0.3 else 0)
        sheep.location.z = ground + 0.55 * height
        sheep.scale = (1 / math.sqrt(squash), 1 / math.sqrt(squash), squash)
        sheep.keyframe_insert("location", index=2, frame=frame)
        sheep.keyframe_insert("scale", frame=frame)


# --- around it ---------------------------------------------------------------------------------


def make_clouds() -> None:
    dice = random.Random(5)  # noqa: S311 (a picture, not a secret)
    middle = bpy.data.objects.new("Clouds", None)
    bpy.context.scene.collection.objects.link(middle)
    for number, (angle, distance, height) in enumerate(
        ((25, 4.6, 1.9), (150, 4.9, 2.5), (215, 4.5, 0.2), (300, 4.4, -1.1), (90, 5.2, -0.2))
    ):
        place = (
            distance * math.cos(math.radians(angle)),
            distance * math.sin(math.radians(angle)),
            height,
        )
        cloud = add(
            f"Cloud {number}",
            ball(0.42, 3, 0.8),
            "cloud",
            parent=middle,
            at=place,
            turn=(0, 0, dice.random() * 6),
        )
        for x, size in ((-0.5, 0.27), (0.48, 0.3), (0.85, 0.18), (-0.8, 0.16)):
            add(
                "Puff",
                ball(size, 3, 0.8),
                "cloud",
                parent=cloud,
                at=(x, dice.uniform(-0.1, 0.1), -0.09),
            )
    spin(middle, turns=-1)


def make_sky(scene: bpy.types.Scene) -> None:
    """Show a sunset gradient to the camera and light the scene with an even, soft sky."""
    world = scene.world = bpy.data.worlds.new("Sky")
    world.use_nodes = True
    nodes, links = world.node_tree.nodes, world.node_tree.links
    nodes.clear()
    output = nodes.new("ShaderNodeOutputWorld")
    mix, rays = nodes.new("ShaderNodeMixShader"), nodes.new("ShaderNodeLightPath")
    light, seen = nodes.new("ShaderNodeBackground"), nodes.new("ShaderNodeBackground")
    place, split = nodes.new("ShaderNodeTexCoord"), nodes.new("ShaderNodeSeparateXYZ")
    ramp = nodes.new("ShaderNodeValToRGB")
    light.inputs["Color"].default_value = linear("#BFD9FF")
    light.inputs["Strength"].default_value = 1.15
    stops = ramp.color_ramp.elements
    stops[0].position, stops[0].color = 0.0, linear("#FF9E7A")
    stops[1].position, stops[1].color = 1.0, linear("#3F6FD0")
    for position, colour in ((0.35, "#FFC9A3"), (0.65, "#A9C9F5")):
        stops.new(position).color = linear(colour)
    links.new(place.outputs["Window"], split.inputs[0])
    links.new(split.outputs["Y"], ramp.inputs[0])
    links.new(ramp.outputs[0], seen.inputs["Color"])
    links.new(rays.outputs["Is Camera Ray"], mix.inputs[0])
    links.new(light.outputs[0], mix.inputs[1])
    links.new(seen.outputs[0], mix.inputs[2])
    links.new(mix.outputs[0], output.inputs[0])
    world.cycles.sampling_method = "NONE"


def make_lights() -> None:
    add_light("Sunset", (-6, -6, 7), 1250, 1.8, "#FFE0B8")
    add_light("Rim", (5.5, 4.5, 4.5), 620, 1.8, "#FFB3D0")


def add_light(
    name: str, at: tuple[float, float, float], power: float, size: float, colour: str
) -> None:
    data = bpy.data.lights.new(name, "AREA")
    data.energy, data.size, data.color = power, size, linear(colour)[:3]
    light = bpy.data.objects.new(name, data)
    light.location = at
    light.rotation_euler = look(Vector(at), Vector((0, 0, 0.4)))
    bpy.context.scene.collection.objects.link(light)


def look(start: Vector, end: Vector) -> tuple[float, float, float]:
    return tuple((end - start).to_track_quat("-Z", "Y").to_euler())


def make_camera(scene: bpy.types.Scene) -> None:
    data = bpy.data.cameras.new("Camera")
    data.lens = 52
    camera = scene.camera = bpy.data.objects.new("Camera", data)
    camera.location = (0, -14.6, 6.0)
    camera.rotation_euler = look(camera.location, Vector((0, 0, 0.3)))
    scene.collection.objects.link(camera)


# --- saving ------------------------------------------------------------------------------------


def save(scene: bpy.types.Scene) -> None:
    """Save in a neutral place, put a preview into the file, and pack it."""
    WORKSHOP.mkdir(exist_ok=True)
    plain = WORKSHOP / "spinning.blend"
    scene.frame_set(1)
    pixels = render_preview(scene)
    bpy.ops.wm.save_as_mainfile(filepath=str(plain), compress=False, check_existing=False)
    data = with_preview(plain.read_bytes(), *pixels)
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(zstandard.ZstdCompressor(level=19).compress(data))
    shutil.rmtree(WORKSHOP)


def render_preview(scene: bpy.types.Scene) -> tuple[int, int, bytes]:
    """Render a small picture; Blender itself makes none without a display."""
    render, picture = scene.render, WORKSHOP / "preview.png"
    before = render.resolution_x, render.resolution_y, render.filepath, scene.cycles.samples
    render.resolution_x, render.resolution_y = PREVIEW_WIDTH, PREVIEW_WIDTH * SIZE[1] // SIZE[0]
    render.filepath, scene.cycles.samples = str(picture), 128
    bpy.ops.render.render(write_still=True)
    render.resolution_x, render.resolution_y, render.filepath, scene.cycles.samples = before
    image = bpy.data.images.load(str(picture))
    width, height = image.size
    pixels = bytes(min(255, max(0, round(value * 255))) for value in image.pixels[:])
    bpy.data.images.remove(image)
    return width, height, pixels


def with_preview(data: bytes, width: int, height: int, pixels: bytes) -> bytes:
    """Insert a TEST block, which holds a file's preview, behind the first block."""
    layout = struct.Struct("<4siQii")  # code, length, address, struct, count
    first_bytes = layout.unpack_from(data, 12)[1]
    place = 12 + layout.size + first_bytes
    body = struct.pack("<ii", width, height) + pixels
    return data[:place] + layout.pack(b"TEST", len(body), 0, 0, 1) + body + data[place:]


if __name__ == "__main__":
    main()
