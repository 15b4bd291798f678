"""What a node lacks that a shot asks for, named one by one; `domain.fit` is the rule itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from brender_farm.domain.fit import GPU, has_version
from brender_farm.domain.reasons import ReasonKind, gigabytes
from brender_farm.domain.versions import ANY_VERSION
from brender_farm.domain.views import NodeView, ShotView

_K = ReasonKind

_CHECKS: dict[ReasonKind, Callable[[ShotView, NodeView], bool]] = {
    _K.POOL: lambda shot, node: shot.needs.pool == node.pool,
    _K.TAGS: lambda shot, node: (
        shot.needs.tags <= node.tags and shot.needs.not_tags.isdisjoint(node.tags)
    ),
    _K.MEMORY: lambda shot, node: shot.needs.memory_bytes <= node.memory_bytes,
    _K.DEVICE: lambda shot, node: shot.needs.device != GPU or node.has_gpu,
    _K.VERSION: has_version,
    _K.UNWELL: lambda shot, node: shot.output_dir not in node.unwell,
    _K.BANNED: lambda shot, node: node.name not in shot.banned,
}
"""Each part of `fits` by itself, the lasting ones first."""
MISFITS = tuple(_CHECKS)

A_NODE_WITH = "a node with "


def meets(kind: ReasonKind, shot: ShotView, node: NodeView) -> bool:
    """Tell whether the node is well in this one respect, one of MISFITS."""
    return _CHECKS[kind](shot, node)


def misfit(shot: ShotView, node: NodeView) -> ReasonKind | None:
    """Return the first thing that keeps the shot from the node; None: it fits."""
    return next((kind for kind, check in _CHECKS.items() if not check(shot, node)), None)


def asked(shot: ShotView, kind: ReasonKind) -> str:
    """Say what the shot asks for in this respect: `the tag gpu`, `32 GB of memory`."""
    needs = shot.needs
    if kind is _K.POOL:
        return f"a node of the pool {needs.pool}" if needs.pool else "a node of no pool"
    if kind is _K.TAGS:
        return _tags(shot)
    if kind is _K.MEMORY:
        return f"{gigabytes(needs.memory_bytes)} of memory"
    return "a GPU" if kind is _K.DEVICE else blender(shot)


def blender(shot: ShotView) -> str:
    """Name the Blender that it asks for."""
    wanted = shot.needs.blender
    if wanted == ANY_VERSION:
        return "a Blender of any version"
    return f"Blender {wanted}" if wanted else f"Blender {shot.blend_version} or newer"


def _tags(shot: ShotView) -> str:
    tags, not_tags = sorted(shot.needs.tags), sorted(shot.needs.not_tags)
    wanted = f"the {_tag(tags)} {', '.join(tags)}"
    unwanted = f"no {_tag(not_tags)} {', '.join(not_tags)}"
    if not not_tags:
        return wanted
    return f"{wanted} and {unwanted}" if tags else f"{A_NODE_WITH}{unwanted}"


def _tag(tags: Sequence[str]) -> str:
    return "tag" if len(tags) == 1 else "tags"
