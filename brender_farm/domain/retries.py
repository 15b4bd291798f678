"""The pending frames of a shot that failed before, by the nodes they are to keep away from.

Stored with the shot as text: node ids such as `3,7` → positions (Spans). All of these frames are
pending as well; what is pending and not here has never failed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from brender_farm.domain.frames import Spans

Retries = dict[str, str]


@dataclass(frozen=True, slots=True)
class Lot:
    """Frames with one set of nodes to avoid."""

    key: str
    avoid: frozenset[int]
    positions: Spans


def lots_of(retries: Mapping[str, str]) -> Iterator[Lot]:
    """Yield the lots, the one that may go to fewest nodes first."""
    for key in sorted(retries, key=lambda key: (-key.count(","), key)):
        avoid = frozenset(int(part) for part in key.split(","))
        yield Lot(key, avoid, Spans.decode(retries[key]))


def add_retry(retries: Mapping[str, str], avoid: Iterable[int], position: int) -> Retries:
    """Return the retries with one more frame, which must keep away from at least one node."""
    key = ",".join(str(node_id) for node_id in sorted(avoid))
    spans = Spans.decode(retries.get(key, "")) | Spans.of([position])
    return {**retries, key: spans.encode()}


def among(retries: Mapping[str, str], pending: Spans) -> Retries:
    """Return the retries that are still pending."""
    kept = {key: Spans.decode(text) & pending for key, text in retries.items()}
    return {key: spans.encode() for key, spans in kept.items() if spans}


def never_failed(retries: Mapping[str, str], pending: Spans) -> Spans:
    """Return the pending frames that are not retries."""
    for text in retries.values():
        pending = pending - Spans.decode(text)
    return pending
