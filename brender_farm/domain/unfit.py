"""Which nodes cannot render a shot: all of them, or some."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from brender_farm.domain.away import away_words, back_in_s, named, remedy
from brender_farm.domain.case import Away, Case
from brender_farm.domain.fit import fits
from brender_farm.domain.lacking import kept_away, lacked_by_all, lacked_by_some
from brender_farm.domain.misfit import MISFITS, meets, misfit
from brender_farm.domain.reasons import Reason, ReasonKind
from brender_farm.domain.views import NodeView, ShotView

_K = ReasonKind


def why_no_node_fits(case: Case) -> list[Reason]:
    """Say what keeps the shot from every node that takes work."""
    if not case.nodes:
        return [_nobody(case)]
    away = [each for each in case.away if fits(case.shot, each.node)]
    count = len(away)
    start = "The only node that fits is away" if count == 1 else f"All {count} that fit are away"
    reasons = [_away(start, away, case)] if away else []
    return [*reasons, *_nobody_has_it(case.shot, case.nodes)]


def why_not_more_nodes(case: Case) -> list[Reason]:
    """Say which nodes cannot have it while others can."""
    away = [each for each in case.away if fits(case.shot, each.node)]
    start = "1 more node fits" if len(away) == 1 else f"{len(away)} more nodes fit"
    reasons = [_away(start, away, case, is_partial=True)] if away else []
    lacking: defaultdict[ReasonKind, list[str]] = defaultdict(list)
    for node in case.nodes:
        kind = misfit(case.shot, node)
        if kind is not None:
            lacking[kind].append(node.name)
    return reasons + [
        lacked_by_some(case.shot, kind, sorted(lacking[kind]))
        for kind in reversed(MISFITS)  # what is mended most easily first
        if kind in lacking
    ]


def _nobody(case: Case) -> Reason:
    count = len(case.away)
    if count == 0:
        return Reason(
            kind=_K.NO_NODE,
            text="The farm has no node yet.",
            remedy="Start one with: brender worker",
        )
    one = "The farm's one node takes no work"
    return _away(one if count == 1 else f"None of the {count} nodes takes work", case.away, case)


def _away(start: str, away: Sequence[Away], case: Case, *, is_partial: bool = False) -> Reason:
    return Reason(
        kind=_K.NODES_AWAY,
        text=f"{start}: {away_words(away, case.now)}.",
        remedy=remedy(away),
        free_in_s=back_in_s(away, case.now),
        is_partial=is_partial,
        nodes=named(away),
    )


def _nobody_has_it(shot: ShotView, nodes: Sequence[NodeView]) -> list[Reason]:
    """Leave out the nodes that lack one thing after the other: what ends them all is the reason."""
    left, passed, reasons = list(nodes), list[ReasonKind](), list[Reason]()
    for kind in MISFITS:
        fewer = [node for node in left if meets(kind, shot, node)]
        if not fewer:
            return [*reasons, lacked_by_all(shot, kind, left, passed)]
        if len(fewer) < len(left):
            passed.append(kind)
            if kind is _K.UNWELL:
                unwell = sorted(node.name for node in left if not meets(kind, shot, node))
                reasons.append(kept_away(shot, kind, unwell))
        left = fewer
    return reasons
