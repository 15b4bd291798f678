"""The farm's figures as Prometheus reads them; names and units as its conventions say.

https://prometheus.io/docs/practices/naming/
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from brender_farm.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from brender_farm.broker.figures import HistogramFigures, SchedulerFigures
    from brender_farm.service.disks import DiskRoom
    from brender_farm.service.shapes.metrics import BrokerFigures, FarmFigures, Figures, NodeFigures

_OF_A_NODE: tuple[tuple[str, str, float, str], ...] = (
    ("cpu_usage_ratio", "cpu_pct", 0.01, "Share of its processors that is at work, 0 to 1."),
    ("memory_used_bytes", "memory_used_bytes", 1, "Memory in use."),
    ("memory_total_bytes", "memory_total_bytes", 1, "Memory it has."),
    ("disk_free_bytes", "disk_free_bytes", 1, "Room on the disk of the node's own files."),
    ("disk_total_bytes", "disk_total_bytes", 1, "Size of the disk of the node's own files."),
    ("temperature_celsius", "temperature_c", 1, "Its processor's hottest sensor."),
    ("gpu_usage_ratio", "gpu_pct", 0.01, "Its busiest graphics card, 0 to 1."),
    ("gpu_memory_used_bytes", "gpu_memory_used_bytes", 1, "Memory of its graphics cards in use."),
)
"""Metric, figure of the sample, factor, help."""
_COUNTED = (
    ("frames_done", "brender_frames_done", "Frames finished."),
    ("frames_failed", "brender_frame_tries_failed", "Tries of frames that failed."),
    ("render_seconds", "brender_render_seconds", "Blender's time for the finished frames."),
    ("chunks_sent", "brender_chunks_sent", "Chunks given to nodes."),
    ("chunks_lost", "brender_chunks_lost", "Chunks whose node vanished or claims them no more."),
)
"""Of the scheduler, since it started."""
_TIMED = (
    ("plan", "brender_plan_seconds", "How long a plan takes: who renders what."),
    ("pass", "brender_pass_seconds", "How long a pass of the scheduler takes."),
    (
        "chunk_gap",
        "brender_chunk_gap_seconds",
        "From the farm's hearing of a chunk's end to the start of the next one in its slot.",
    ),
    (
        "first_frame",
        "brender_first_frame_seconds",
        "From a shot's submission, or start time, to its first finished frame (no followers).",
    ),
)
_HOOK_RESULTS = ("taken", "refused", "given_up")


class FarmCollector(Collector):
    """One look at the farm, for one scrape."""

    def __init__(self, figures: Figures, rooms: Iterable[DiskRoom]) -> None:
        self._figures = figures
        self._rooms = tuple(rooms)

    def collect(self) -> Iterator[Metric]:
        farm, broker = self._figures.farm, self._figures.broker
        yield from _build()
        yield from _of_farm(farm)
        yield from _of_nodes(farm.each_node)
        yield from _of_rooms(self._rooms)
        yield from _of_broker(broker)
        if broker.scheduler is not None:
            yield from _of_scheduler(broker.scheduler)


def _build() -> Iterator[Metric]:
    labels = {"version": VERSION, "python": platform.python_version()}
    yield _labelled("brender_build_info", "The Brender that answers.", labels)


def _of_farm(farm: FarmFigures) -> Iterator[Metric]:
    yield _by_state("brender_shots", "Shots, archived ones left out.", farm.shots)
    yield _by_state("brender_frames", "Frames of shots that are not over.", farm.frames)
    yield _by_state("brender_chunks", "Chunks on nodes.", farm.chunks)
    yield _by_state("brender_slots", "Slots of nodes that are online.", farm.slots)
    yield _by_state("brender_nodes", "Nodes.", farm.nodes)
    if farm.pass_at is not None:
        yield GaugeMetricFamily(
            "brender_scheduler_last_pass_timestamp_seconds",
            "When the scheduler's last pass ended.",
            farm.pass_at.timestamp(),
        )
    yield GaugeMetricFamily("brender_database_bytes", "Size of the database.", farm.database_bytes)
    yield GaugeMetricFamily(
        "brender_webhooks_in_trouble",
        "Webhooks whose last try failed.",
        farm.webhooks_in_trouble,
    )
    yield GaugeMetricFamily(
        "brender_notices_in_trouble",
        "Subscriptions whose last message was not delivered.",
        farm.notices_in_trouble,
    )


def _of_nodes(nodes: tuple[NodeFigures, ...]) -> Iterator[Metric]:
    if not nodes:
        return
    up = _of_node("brender_node_up", "Whether the node is online.")
    slots = _of_node("brender_node_slots", "Chunks it renders at a time.")
    busy = _of_node("brender_node_busy_slots", "Chunks it has.")
    for node in nodes:
        labels = [node.name]
        up.add_metric(labels, node.online)
        slots.add_metric(labels, node.slots)
        busy.add_metric(labels, node.busy)
    yield from (up, slots, busy)
    for name, figure, factor, words in _OF_A_NODE:
        family = _of_node(f"brender_node_{name}", words)
        for node in nodes:
            value = node.sample.get(figure)
            if value is not None:
                family.add_metric([node.name], value * factor)
        yield family


def _of_rooms(rooms: tuple[DiskRoom, ...]) -> Iterator[Metric]:
    free = GaugeMetricFamily(
        "brender_storage_free_bytes", "Room below the farm's roots.", labels=["root"]
    )
    total = GaugeMetricFamily(
        "brender_storage_total_bytes", "Size of the disks of the farm's roots.", labels=["root"]
    )
    for room in rooms:
        free.add_metric([room.root], room.free_bytes)
        total.add_metric([room.root], room.total_bytes)
    yield from (free, total)


def _of_broker(broker: BrokerFigures) -> Iterator[Metric]:
    yield GaugeMetricFamily("brender_broker_up", "Whether the broker answers.", broker.answers)
    if not broker.answers:
        return
    yield GaugeMetricFamily(
        "brender_broker_memory_bytes", "Memory the broker uses.", broker.memory_bytes
    )
    yield GaugeMetricFamily("brender_broker_clients", "Connections to the broker.", broker.clients)
    yield GaugeMetricFamily(
        "brender_reports_waiting",
        "Reports of nodes that the scheduler has not taken yet.",
        broker.reports_waiting,
    )


def _of_scheduler(told: SchedulerFigures) -> Iterator[Metric]:
    for key, name, words in _COUNTED:
        yield CounterMetricFamily(name, words, told.counts.get(key, 0))
    sent = CounterMetricFamily(
        "brender_webhook_deliveries", "Tries to deliver events to webhooks.", labels=["result"]
    )
    for result in _HOOK_RESULTS:
        sent.add_metric([result], told.counts.get(f"hooks_{result}", 0))
    yield sent
    for key, name, words in _TIMED:
        if (seen := told.histograms.get(key)) is not None:
            yield _histogram(name, words, seen)


def _histogram(name: str, words: str, seen: HistogramFigures) -> Metric:
    family = HistogramMetricFamily(name, words)
    buckets, count = [], 0
    for bound, more in zip((*map(str, seen.bounds), "+Inf"), seen.counts, strict=True):
        count += more
        buckets.append((bound, count))
    family.add_metric([], buckets, seen.total_s)
    return family


def _by_state(name: str, words: str, counts: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=["state"])
    for state, count in counts.items():
        family.add_metric([state], count)
    return family


def _of_node(name: str, words: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, labels=["node"])


def _labelled(name: str, words: str, labels: Mapping[str, str]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=list(labels))
    family.add_metric(list(labels.values()), 1)
    return family
