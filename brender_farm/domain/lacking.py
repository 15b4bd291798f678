"""What nodes lack that a shot asks for, in words."""

from __future__ import annotations

from collections.abc import Sequence

from brender_farm.domain.misfit import A_NODE_WITH, asked, blender
from brender_farm.domain.reasons import Reason, ReasonKind, gigabytes, listed, shown
from brender_farm.domain.versions import parse_version
from brender_farm.domain.views import NodeView, ShotView

_K = ReasonKind


def lacked_by_all(
    shot: ShotView, kind: ReasonKind, left: Sequence[NodeView], passed: Sequence[ReasonKind]
) -> Reason:
    """Say what all these nodes lack; others lack what has `passed` already."""
    if kind is _K.POOL:
        return _no_pool(shot, left)
    if kind in (_K.UNWELL, _K.BANNED):
        return kept_away(shot, kind, sorted(node.name for node in left))
    which = _which(shot, left, passed)
    if kind is _K.TAGS:
        return _no_tags(shot, left, which)
    if kind is _K.MEMORY:
        return _too_little_memory(shot, left, which)
    return _no_gpu(left, which) if kind is _K.DEVICE else _no_version(shot, left, which)


def lacked_by_some(shot: ShotView, kind: ReasonKind, names: Sequence[str]) -> Reason:
    """Say what these nodes lack while others have it."""
    if kind in (_K.UNWELL, _K.BANNED):
        return kept_away(shot, kind, names, is_partial=True)
    does, belongs = ("does", "belongs") if len(names) == 1 else ("do", "belong")
    text = f"{listed(names)} {does} not fit: it needs {asked(shot, kind)}."
    if kind is _K.POOL:
        pool = f"the pool {shot.needs.pool}" if shot.needs.pool else "no pool"
        text = f"{listed(names)} {belongs} elsewhere: it is for {pool}."
    return Reason(
        kind=kind,
        text=text,
        is_partial=True,
        nodes=shown(names),
    )


def kept_away(
    shot: ShotView, kind: ReasonKind, names: Sequence[str], *, is_partial: bool = False
) -> Reason:
    """Say that these nodes could render it, but for a full folder or a ban."""
    who = listed(names)
    if kind is _K.UNWELL:
        text = f"{who} cannot write to {shot.output_dir} now."
        remedy = "Make room there or mend the storage, and it goes on by itself."
    else:
        text = f"{who} failed it and {'gets' if len(names) == 1 else 'get'} no more of it."
        remedy = "See why on the shot's page, mend it, then clear the bans."
    return Reason(kind=kind, text=text, remedy=remedy, is_partial=is_partial, nodes=shown(names))


def _which(shot: ShotView, left: Sequence[NodeView], passed: Sequence[ReasonKind]) -> str:
    """Name what is left: `the 5 nodes online`, `the one node with the tag gpu`."""
    of = ""
    if _K.POOL in passed:
        of = f" of the pool {shot.needs.pool}" if shot.needs.pool else " of no pool"
    words = [asked(shot, kind).removeprefix(A_NODE_WITH) for kind in passed if kind is not _K.POOL]
    having = f" with {' and '.join(words)}" if words else ""
    nodes = "one node" if len(left) == 1 else f"{len(left)} nodes"
    return f"the {nodes}{of}{having}" if passed else f"the {nodes} online"


def _no_pool(shot: ShotView, left: Sequence[NodeView]) -> Reason:
    pool = shot.needs.pool
    if pool:
        return Reason(
            kind=_K.POOL,
            text=f"It is for the pool {pool}: no node online belongs to it.",
            remedy=f"Start a node with BRENDER_POOL={pool}, or submit it for another pool.",
        )
    pools = listed(sorted({node.pool for node in left}))
    return Reason(
        kind=_K.POOL,
        text=f"It is for no pool, and every node online belongs to one: {pools}.",
        remedy="Submit it for a pool, or start a node without BRENDER_POOL.",
    )


def _no_tags(shot: ShotView, left: Sequence[NodeView], which: str) -> Reason:
    tags = sorted(shot.needs.tags)
    lacked = next((tag for tag in tags if not any(tag in node.tags for node in left)), None)
    if lacked is None:
        return Reason(
            kind=_K.TAGS,
            text=f"It needs {asked(shot, _K.TAGS)}: {_none(left, which, 'is like that')}.",
            remedy="Change a node's BRENDER_TAGS, or submit it with other tags.",
        )
    return Reason(
        kind=_K.TAGS,
        text=f"It needs the tag {lacked}: {_none(left, which, 'has it')}.",
        remedy=f"Give it to a node with BRENDER_TAGS={lacked}, or submit it without.",
    )


def _too_little_memory(shot: ShotView, left: Sequence[NodeView], which: str) -> Reason:
    largest = max(left, key=lambda node: node.memory_bytes)
    whose = which if len(left) == 1 else f"the largest of {which}"
    return Reason(
        kind=_K.MEMORY,
        text=(
            f"It needs {gigabytes(shot.needs.memory_bytes)} of memory: "
            f"{whose}, {largest.name}, has {gigabytes(largest.memory_bytes)}."
        ),
        remedy="Start a larger node, or submit it with a smaller need.",
        nodes=(largest.name,),
    )


def _no_gpu(left: Sequence[NodeView], which: str) -> Reason:
    return Reason(
        kind=_K.DEVICE,
        text=f"It needs a GPU: {_none(left, which, 'has one')}.",
        remedy="Start a node that has one, or submit it for any device.",
    )


def _no_version(shot: ShotView, left: Sequence[NodeView], which: str) -> Reason:
    versions = {version for node in left for version in node.blender_versions}
    newest = max(versions, key=parse_version, default="")
    need = (
        f"It asks for {blender(shot)}"
        if shot.needs.blender
        else f"Its file was saved by Blender {shot.blend_version}"
    )
    there = f"the newest on {which} is {newest}" if newest else f"there is none on {which}"
    return Reason(
        kind=_K.VERSION,
        text=f"{need}: {there}.",
        remedy="Install that version on a node, and start the node again.",
    )


def _none(left: Sequence[NodeView], which: str, has: str) -> str:
    """Say `none of the 5 nodes online has it`, `the one node online does not have it`."""
    if len(left) > 1:
        return f"none of {which} {has}"
    does = {"has": "does not have", "is": "is not"}
    verb, rest = has.split(" ", 1)
    return f"{which} {does[verb]} {rest}"
