"""Why a node has slots without work: the node itself, or what each unfinished shot asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from brender_farm.domain.away import back_in_s, remedy, state_words
from brender_farm.domain.case import Away, Health, LimitUse
from brender_farm.domain.contest import is_on_all_it_may
from brender_farm.domain.health import why_nobody_plans
from brender_farm.domain.misfit import asked, misfit
from brender_farm.domain.reasons import Reason, ReasonKind, counted, gigabytes, listed_shots
from brender_farm.domain.views import NodeView, ShotView

_K = ReasonKind
_Cause = tuple[ReasonKind, str]
"""What hinders, and by what: a need in words, a limit's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The unfinished shots, counted."""

    active: int = 0
    """Queued or rendering, with or without frames to give away."""
    waiting: int = 0
    paused: int = 0


def why_away(away: Away, now: datetime) -> Reason:
    """Say why a node takes no work, whatever there is to do."""
    return Reason(
        kind=_K.NODES_AWAY,
        text=f"It is {state_words(away, now)}.",
        remedy=remedy([away]),
        free_in_s=back_in_s([away], now),
    )


class Queue:
    """The shots that have frames to give away, asked node by node why none goes there.

    Nodes that are alike have the same answer, which is found once.
    """

    def __init__(
        self,
        shots: Sequence[ShotView],
        *,
        limits: Mapping[str, LimitUse],
        tally: Tally,
        health: Health,
    ) -> None:
        self._shots = [shot for shot in shots if shot.pending_count > 0]
        self._limits, self._tally, self._health = limits, tally, health
        self._answers: dict[object, tuple[Reason, ...]] = {}
        self._named = frozenset[str]().union(*map(_names_in, self._shots))
        self._groups: defaultdict[object, list[ShotView]] = defaultdict(list)
        for shot in self._shots:
            self._groups[shot.needs, shot.blend_version].append(shot)

    def why_idle(self, node: NodeView) -> tuple[Reason, ...]:
        """Return why its free slots get nothing, by how many shots; none when they get some."""
        if node.free_slots <= 0:
            return ()
        silent = why_nobody_plans(self._health)
        if silent:
            return tuple(silent)
        if not self._shots:
            return (self._no_work(),)
        like = (
            node.pool,
            node.tags,
            node.memory_bytes,
            node.has_gpu,
            node.blender_versions,
            node.unwell,
            node.name if node.name in self._named else "",
        )
        if like not in self._answers:
            self._answers[like] = self._why(node)
        return self._answers[like]

    def _why(self, node: NodeView) -> tuple[Reason, ...]:
        causes: defaultdict[_Cause, list[ShotView]] = defaultdict(list)
        for group in self._groups.values():
            lack = misfit(group[0], node)
            if lack is not None and lack not in (_K.UNWELL, _K.BANNED):
                causes[lack, asked(group[0], lack)] += group
                continue
            for shot in group:
                cause = self._cause(shot, node)
                if cause is None:
                    return ()
                causes[cause].append(shot)
        most = sorted(causes, key=lambda cause: (-len(causes[cause]), cause))
        return tuple(self._reason(cause, causes[cause], node) for cause in most)

    def _cause(self, shot: ShotView, node: NodeView) -> _Cause | None:
        """Return what keeps from the node a shot whose needs it meets; None: nothing."""
        lack = misfit(shot, node)
        if lack is not None:
            return lack, ""
        for name in sorted(shot.limits):
            limit = self._limits.get(name)
            if limit is not None and limit.used >= limit.slots:
                return _K.LIMIT, name
        if is_on_all_it_may(shot) and node.name not in shot.on_nodes:
            return _K.MAX_NODES, ""
        left = shot.pending_count - sum(lot.count for lot in shot.retries)
        if left <= 0 and all(node.name in lot.avoid for lot in shot.retries):
            return _K.AVOIDED, ""
        return None

    def _reason(self, cause: _Cause, shots: Sequence[ShotView], node: NodeView) -> Reason:
        kind, what = cause
        are = f"{counted(len(shots), 'shot')} {{}}"
        one = len(shots) == 1
        text, todo = self._words(kind, what, node, one=one)
        names = listed_shots([shot.id for shot in sorted(shots, key=lambda shot: shot.id)])
        return Reason(kind=kind, text=f"{are.format(text)}: {names}.", remedy=todo)

    def _words(self, kind: ReasonKind, what: str, node: NodeView, *, one: bool) -> tuple[str, str]:
        need, are, have = ("needs", "is", "has") if one else ("need", "are", "have")
        if kind is _K.MEMORY:
            return f"{need} {what}, and it has {gigabytes(node.memory_bytes)}", ""
        if kind is _K.LIMIT:
            limit = self._limits[what]
            use = f"{limit.used} of {limit.slots} in use"
            raise_it = f"Raise it: brender limits set {what} {limit.used + 1}"
            return f"{'waits' if one else 'wait'} for the limit {what} ({use})", raise_it
        words = {
            _K.UNWELL: ("cannot be written from it now", "See its folders on the Nodes page."),
            _K.BANNED: (
                f"{are} banned here, because it failed {'it' if one else 'them'}",
                "Mend the node, then clear the bans on the shot's page.",
            ),
            _K.MAX_NODES: (f"{are} on as many nodes as {'it' if one else 'they'} may have", ""),
            _K.AVOIDED: (f"{have} only frames left that failed here, which others try next", ""),
        }
        remedies = {
            _K.POOL: "Change its BRENDER_POOL, if it is to render them.",
            _K.TAGS: "Change its BRENDER_TAGS, if it is to render them.",
            _K.VERSION: "Install it there, and start the node again.",
        }
        return words.get(kind) or (f"{need} {what}", remedies.get(kind, ""))

    def _no_work(self) -> Reason:
        """Say that nothing can be given away, and what has become of the unfinished shots."""
        tally = self._tally
        if not (tally.active or tally.waiting or tally.paused):
            return Reason(
                kind=_K.NO_WORK, text="Every shot is finished.", remedy="Submit one to use it."
            )
        parts = []
        if tally.active:
            has = "has all its" if tally.active == 1 else "have all their"
            parts.append(f"{counted(tally.active, 'shot')} {has} frames on nodes already")
        if tally.waiting:
            wait = "waits for its" if tally.waiting == 1 else "wait for their"
            parts.append(f"{counted(tally.waiting, 'shot')} {wait} time or for other shots")
        if tally.paused:
            are = "is" if tally.paused == 1 else "are"
            parts.append(f"{counted(tally.paused, 'shot')} {are} paused")
        return Reason(
            kind=_K.NO_WORK,
            text=f"No frame is left to give: {', '.join(parts)}.",
            remedy="Resume one to use it." if tally.paused else "Submit another shot to use it.",
        )


def _names_in(shot: ShotView) -> frozenset[str]:
    """Return the nodes that the shot treats otherwise than their like."""
    kept = frozenset(shot.on_nodes) if is_on_all_it_may(shot) else frozenset[str]()
    return shot.banned.union(kept, *(lot.avoid for lot in shot.retries))
