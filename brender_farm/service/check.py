"""Understanding a submission: everything filled in from the .blend, every fault found at once."""

from __future__ import annotations

from brender_farm.blendfile.facts import BlendFacts, inspect
from brender_farm.blendfile.scenes import SceneFacts
from brender_farm.config import Settings
from brender_farm.db.core import current_settings, reading
from brender_farm.domain.frames import FrameList
from brender_farm.domain.paths import confine, expand
from brender_farm.errors import BlendFileError, Fault, FrameSyntaxError, RequestRefused
from brender_farm.service import checks, first, limits, needs, rules, snapshots, waits
from brender_farm.service.blender_versions import farm_versions
from brender_farm.service.gathering import Gatherer
from brender_farm.service.presets import fill_in, filled_fields
from brender_farm.service.render_changes import read_render
from brender_farm.service.render_values import read_percentage
from brender_farm.service.requests import Checked, ShotRequest
from brender_farm.service.shows import choose_show
from brender_farm.service.taken import TakenFolders
from brender_farm.service.target import choose_target
from brender_farm.service.their_paths import with_own_paths


def check(request: ShotRequest, submitter: str = "") -> Checked:
    """Understand a request without storing anything. Raises RequestRefused with every fault."""
    settings = current_settings()
    request = with_own_paths(request)
    facts = read_blend(request.blend, settings)
    with reading() as session:
        versions = farm_versions(session)
    good = Gatherer()
    good(checks.priority_fault(request.priority))
    chunk_size = good(checks.read_chunk_size(request.chunk_size))
    name = good(checks.read_name(request.name, facts.path))
    show = good(choose_show(request.show, facts.path))
    asked = request
    request = good(fill_in(asked, show)) or asked
    existing = good(checks.read_existing(request.existing))
    frame_limit_s = good(limits.read_frame_limit(request.frame_limit_s))
    memory_limit_bytes = good(limits.read_memory_limit(request.memory_limit_gb))
    tags = good(needs.read_shot_tags(request.tags))
    min_memory_bytes = good(needs.read_min_memory(request.min_memory_gb))
    max_nodes = good(needs.read_max_nodes(request.max_nodes))
    pool = good(needs.read_pool(request.pool))
    blender = good(needs.read_blender(request.blender))
    good(checks.version_fault(facts, versions, blender) if blender is not None else None)
    device = good(needs.read_device(request.device))
    limit_names = good(rules.read_limit_names(request.limits))
    after = good(waits.read_after(request.after, "after"))
    after_frames = good(waits.read_after(request.after_frames, "after_frames"))
    not_before = good(waits.read_not_before(request.not_before))
    good(snapshots.snapshot_fault(facts.path) if request.snapshot else None)
    scene = good(checks.choose_scene(facts, request.scene))
    fmt = good(checks.choose_format(request.format, scene)) if scene else None
    size = good(_read_size(request, scene)) if scene else None
    frames = good(_read_frames(request.frames, scene)) if scene or request.frames else None
    frames = good(first.put_first(frames, request.first)) if frames else None
    if frames and after_frames:
        good(waits.unshared_fault(after_frames, frames))
    target = None
    if name and existing and scene and fmt:
        target = good(
            choose_target(
                request,
                show,
                settings=settings,
                blend=facts.path,
                name=name,
                scene=scene.name,
                submitter=submitter,
                existing=existing,
                fmt=fmt,
                taken=TakenFolders(),
            )
        )
    warnings = checks.warnings_of(facts, scene, fmt) if scene and fmt else ()
    for text in warnings if request.strict else ():
        good(Fault(field="blend", message=text, remedy="Mend it, or submit without strict."))
    filled = filled_fields(asked, request)
    render = read_render(request, scene, fmt, good, filled=filled) if scene and fmt else None
    good.settle()
    assert tags is not None
    assert name and existing and scene and fmt and size and frames and target and render  # noqa: PT018
    return Checked(
        blend=str(facts.path),
        blend_size_bytes=facts.size_bytes,
        blend_mtime_ns=facts.mtime_ns,
        blend_version=facts.blender_version,
        name=name,
        scene=scene.name,
        scenes=tuple(other.name for other in facts.scenes),
        frames=str(frames),
        frame_count=len(frames),
        width=size[0],
        height=size[1],
        size_given=size[2],
        format=fmt.name,
        output_dir=str(target.folder),
        priority=request.priority,
        chunk_size=chunk_size,
        existing=existing,
        snapshot=request.snapshot,
        frame_limit_s=frame_limit_s,
        memory_limit_bytes=memory_limit_bytes,
        tags=tags.wanted,
        not_tags=tags.unwanted,
        min_memory_bytes=min_memory_bytes or 0,
        max_nodes=max_nodes,
        pool=pool or "",
        blender=blender or "",
        device=device or "",
        limit_names=limit_names or (),
        after=after or (),
        after_frames=after_frames or (),
        not_before=not_before,
        race=request.race,
        show_id=show.id if show else None,
        file_prefix=target.file_prefix,
        padding=target.padding,
        render=render,
        notes=(request.notes or "").strip(),
        warnings=warnings,
    )


def read_blend(text: str, settings: Settings) -> BlendFacts:
    """Read the .blend, without which nothing else can be checked. Raises RequestRefused."""
    path = confine(expand(text), settings.roots, "blend")
    if fault := snapshots.is_a_snapshot_fault(path):
        raise RequestRefused(fault)
    try:
        return inspect(path)
    except BlendFileError as error:
        raise RequestRefused(Fault(field="blend", message=str(error), remedy="")) from error


def _read_size(request: ShotRequest, scene: SceneFacts) -> tuple[int, int, bool] | Fault:
    percentage = read_percentage(request.percentage)
    if isinstance(percentage, Fault):
        percentage = None  # refused with the other render settings
    return checks.choose_size(request.width, request.height, scene, percentage)


def _read_frames(text: str | None, scene: SceneFacts | None) -> FrameList | Fault:
    if text is None or not text.strip():
        assert scene is not None
        step = f"x{scene.frame_step}" if scene.frame_step > 1 else ""
        text = f"{scene.frame_start}-{scene.frame_end}{step}"
    try:
        return FrameList.parse(text)
    except FrameSyntaxError as error:
        return Fault(field="frames", message=str(error), remedy="")
