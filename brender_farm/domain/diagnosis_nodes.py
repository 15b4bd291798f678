"""What the nodes answered, and what that means; equal answers of many are told once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from brender_farm.domain.diagnosis import (
    Diagnosis,
    broken,
    listed,
    size,
    together,
    unknown,
    warning,
    well,
)
from brender_farm.domain.node_facts import (
    FrameFacts,
    NodeAnswer,
    NodeFacts,
    Reply,
    RootAsked,
    RootFacts,
)

PART = "nodes"
LEAST_ROOM_BYTES = 1_000_000_000
FULL = 0.95
MOST_TOLD = 8
"""More nodes that are well are told as a number."""


def diagnose_nodes(
    nodes: Sequence[NodeFacts], asked: Sequence[RootAsked], *, only: str = ""
) -> list[Diagnosis]:
    """Return how the nodes are. `only` names the one node that was asked about, if one was."""
    if not nodes:
        return [
            broken(
                PART,
                "No node has joined this farm, so nothing renders.",
                "Start one: brender worker here, or on another machine with this broker's "
                "BRENDER_BROKER_URL.",
            )
        ]
    found = {node.name: _diagnose(node, asked, is_only=bool(only)) for node in nodes}
    told = together(one for faults in found.values() for one in faults)
    if not any(node.is_online or node.is_here for node in nodes) and not only:
        told = [one for one in told if "is offline" not in one.found] + [_nobody(nodes)]
    return told + _well([node for node in nodes if not found[node.name]])


def _nobody(nodes: Sequence[NodeFacts]) -> Diagnosis:
    return broken(
        PART,
        f"No node is online (of {len(nodes):,}), so nothing renders.",
        "Start them: brender up here, brender worker on their machines.",
        subject=listed([node.name for node in nodes]),
    )


def _diagnose(node: NodeFacts, asked: Sequence[RootAsked], *, is_only: bool) -> list[Diagnosis]:
    faults = list(_presence(node, is_only=is_only))
    if node.count > 1:
        faults.append(
            broken(
                PART,
                f"{node.count} processes call themselves so: they take each other's chunks.",
                "Give each machine a BRENDER_NODE_NAME of its own, and start one node on each.",
                subject=node.name,
            )
        )
    if node.answer is not None:
        faults += _storage(node, node.answer, asked)
        faults += _blenders(node, node.answer)
    return faults


def _presence(node: NodeFacts, *, is_only: bool) -> Iterator[Diagnosis]:
    name = node.name
    if node.is_here:
        yield warning(
            PART,
            "is offline: its process does not run here, or hangs. It would find: "
            f"{_summary(node)}.",
            "Start it: brender worker (or brender up, for a whole farm).",
            subject=name,
        )
    elif not node.is_online:
        make = broken if is_only else warning
        yield make(
            PART,
            "is offline.",
            "Start it: brender worker on its machine. A machine that is gone for good: "
            "brender node forget NAME.",
            subject=name,
        )
    elif node.reply is Reply.SILENCE:
        yield broken(
            PART,
            f"does not answer within {node.waited_s:.0f} s, though the farm takes it for online.",
            "See its log (brender logs NAME) and its machine: it may be frozen, out of memory, or "
            "cut off. Start it again: brender worker.",
            subject=name,
        )
    elif node.reply is Reply.NO_ANSWER:
        yield broken(
            PART,
            f"began the check and did not end it within {node.waited_s:.0f} s.",
            "See its log (brender logs NAME): its storage or its Blender may hang.",
            subject=name,
        )
    elif node.reply is Reply.STRANGE:
        yield warning(
            PART,
            "does not know the check: it runs an older Brender.",
            "Install the Brender of the farm there and start it again.",
            subject=name,
        )
    elif node.reply is Reply.BUSY:
        yield unknown(
            PART, "is being checked by others already.", "Ask again in a minute.", subject=name
        )
    elif node.reply is Reply.NOT_ASKED:
        yield unknown(
            PART, "could not be asked: the broker is away.", "Mend the broker first.", subject=name
        )


def _storage(
    node: NodeFacts, answer: NodeAnswer, asked: Sequence[RootAsked]
) -> Iterator[Diagnosis]:
    wanted = {root.farm: root for root in asked}
    for seen in answer.roots:
        if seen.farm in wanted:
            yield from _root(node, answer, seen, wanted[seen.farm])
    if answer.temp_free_bytes is not None and answer.temp_free_bytes < LEAST_ROOM_BYTES:
        yield warning(
            PART,
            f"has only {size(answer.temp_free_bytes)} left for its own files.",
            "Make room under its BRENDER_DATA_DIR.",
            subject=node.name,
        )


def _root(
    node: NodeFacts, answer: NodeAnswer, seen: RootFacts, asked: RootAsked
) -> Iterator[Diagnosis]:
    called = f"{seen.path} (show {asked.show})" if asked.show else seen.path
    if seen.path != seen.farm:
        called += f", the farm's {seen.farm},"
    if not seen.is_inside:
        make = broken if asked.show else warning
        own = ", ".join(answer.own_roots) or "none"
        yield make(
            PART,
            f"{called} is outside its BRENDER_ROOTS ({own}): it refuses shots there.",
            f"Add {seen.path} to BRENDER_ROOTS of that machine and start its node again.",
            subject=node.name,
        )
    elif seen.trouble and not seen.is_there:
        yield broken(
            PART, f"{called} cannot be looked at: {seen.trouble}", _MOUNT, subject=node.name
        )
    elif not seen.is_there:
        yield broken(PART, f"{called} is not there.", _MOUNT, subject=node.name)
    elif asked.holds and seen.found != asked.holds:
        yield broken(
            PART,
            f"{called} is another folder than the farm's: a file that was put into the one does "
            "not show in the other.",
            "Mount the same storage there, or tell the show where its root is on such machines "
            "(brender shows).",
            subject=node.name,
        )
    else:
        yield from _room(node, called, seen, asked)


_MOUNT = "Mount the storage there; mount -a, and see its log if that fails."


def _room(node: NodeFacts, called: str, seen: RootFacts, asked: RootAsked) -> Iterator[Diagnosis]:
    if not seen.is_writable:
        make = broken if asked.holds else warning  # the farm's own machine cannot either
        yield make(
            PART,
            f"{called} cannot be written to: {seen.trouble or 'unknown why'}.",
            "Mount it for writing (rw), and let the node's account write there.",
            subject=node.name,
        )
    free, total = seen.free_bytes, seen.total_bytes
    if free is not None and total and (free < LEAST_ROOM_BYTES or free / total < 1 - FULL):
        yield warning(
            PART,
            f"{called} is nearly full: {size(free)} left.",
            "Make room there: frames that cannot be written go back and wait.",
            subject=node.name,
        )


def _blenders(node: NodeFacts, answer: NodeAnswer) -> Iterator[Diagnosis]:
    if answer.blender_trouble:
        yield broken(PART, answer.blender_trouble, _BLENDER, subject=node.name)
    elif not answer.blenders:
        yield broken(PART, "has no Blender.", _BLENDER, subject=node.name)
    for frame in answer.frames:
        if frame.trouble:
            yield broken(
                PART,
                f"Blender {frame.blender} ({frame.path}) renders no test frame: {frame.trouble}"
                f"{_last_words(frame.said)}",
                "Run that Blender by hand there, install it anew, or take it out of "
                "BRENDER_BLENDER.",
                subject=node.name,
            )
    if answer.not_tried:
        yield warning(
            PART, answer.not_tried, "Ask again when the node has less to do.", subject=node.name
        )


_BLENDER = "Install one there: pip install bpy, or set BRENDER_BLENDER to its path."


def _last_words(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return f" Its last words: {' / '.join(lines[-3:])}" if lines else ""


def _well(nodes: Sequence[NodeFacts]) -> list[Diagnosis]:
    """Tell few nodes one by one, and many as a number."""
    if len(nodes) <= MOST_TOLD:
        return [well(PART, _summary(node), subject=node.name) for node in nodes]
    times = [frame.seconds for node in nodes for frame in _frames(node)]
    took = f"; the test frame took {min(times):.1f} to {max(times):.1f} s" if times else ""
    slow = max(nodes, key=_seconds)
    named = f" (slowest: {slow.name})" if times else ""
    return [well(PART, f"{len(nodes):,} nodes are well{took}{named}")]


def _summary(node: NodeFacts) -> str:
    if node.answer is None:
        return "online"
    roots = len(node.answer.roots)
    folders = f"sees {roots} {'folder' if roots == 1 else 'folders'} of the farm and can write"
    frames = ", ".join(
        f"Blender {frame.blender} renders in {frame.seconds:.1f} s" for frame in _frames(node)
    )
    return f"{folders}; {frames or ', '.join(f'Blender {v}' for v in node.answer.blenders)}"


def _frames(node: NodeFacts) -> Iterable[FrameFacts]:
    return node.answer.frames if node.answer is not None else ()


def _seconds(node: NodeFacts) -> float:
    return max((frame.seconds for frame in _frames(node)), default=0.0)
