"""The farm's figures for Prometheus."""

from __future__ import annotations

import threading
import time

from flask import Blueprint, Response, current_app, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from brender_farm.service.disks import DiskWatch
from brender_farm.service.metrics import figures
from dashboard.metrics import FarmCollector
from dashboard.paging import whole
from dashboard.request_metrics import RequestMetrics

pages = Blueprint("metrics", __name__)

MOST_NODES = 2000
"""On a larger farm nodes have no series of their own, unless `?nodes=` asks for more."""
_FRESH_S = 2.0
_EXTENSION = "brender_metrics"


class _Kept:
    """The last answer about the farm, good for a moment; one scrape at a time makes a new one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[int, tuple[float, bytes]] = {}

    def text(self, most_nodes: int) -> bytes:
        with self._lock:
            made_s, text = self._made.get(most_nodes, (float("-inf"), b""))
            if time.monotonic() - made_s >= _FRESH_S:
                text = _farm_text(most_nodes)
                self._made = {most_nodes: (time.monotonic(), text)}
            return text


@pages.get("/metrics")
def page() -> Response:
    """Answer a scrape; `?nodes=100` leaves out single nodes when there are more than 100."""
    most_nodes = min(max(0, whole(request.args.get("nodes"), MOST_NODES)), 10**6)
    kept: _Kept = current_app.extensions.setdefault(_EXTENSION, _Kept())
    requests: RequestMetrics = current_app.extensions["brender_request_metrics"]
    text = kept.text(most_nodes) + generate_latest(requests.registry)
    response = Response(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)
    response.headers["Cache-Control"] = "no-store"
    return response


def _farm_text(most_nodes: int) -> bytes:
    disks: DiskWatch = current_app.extensions["brender_disks"]
    registry = CollectorRegistry()
    registry.register(FarmCollector(figures(most_nodes=most_nodes), disks.rooms()))
    return generate_latest(registry)
