"""Whether a node could render a shot at all, busy or not."""

from __future__ import annotations

from brender_farm.domain.versions import is_wanted
from brender_farm.domain.views import NodeView, ShotView

GPU = "gpu"


def fits(shot: ShotView, node: NodeView) -> bool:
    """Tell whether the node could render this shot, busy or not."""
    return node.name not in shot.banned and is_able(shot, node)


def is_able(shot: ShotView, node: NodeView) -> bool:
    """Tell whether it could but for bans: what is the same for all nodes of a kind."""
    return (
        shot.output_dir not in node.unwell and meets_needs(shot, node) and has_version(shot, node)
    )


def has_version(shot: ShotView, node: NodeView) -> bool:
    """Tell whether the node has the Blender that the shot asks for."""
    wanted = shot.needs.blender
    return any(is_wanted(version, wanted, shot.blend_version) for version in node.blender_versions)


def meets_needs(shot: ShotView, node: NodeView) -> bool:
    """Tell whether the node has the pool, tags, memory and device that the shot asks for."""
    needs = shot.needs
    return (
        needs.pool == node.pool
        and needs.tags <= node.tags
        and needs.not_tags.isdisjoint(node.tags)
        and needs.memory_bytes <= node.memory_bytes
        and (needs.device != GPU or node.has_gpu)
    )
