"""Counting what the dashboard is asked, for /metrics: by endpoint, and how long it takes by page.

Pages share a histogram, because one for each endpoint would be a thousand series.
"""

from __future__ import annotations

import time

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.process_collector import ProcessCollector

_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NOWHERE = "none"
"""Of what no page and no operation answers."""


class RequestMetrics:
    """Counters of one app, in a registry of its own."""

    def __init__(self, app: Flask) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "brender_http_requests",
            "Requests to the dashboard.",
            ["endpoint", "method", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "brender_http_request_seconds",
            "From a request to the beginning of its answer.",
            ["page"],
            buckets=_BOUNDS,
            registry=self.registry,
        )
        app.before_request(self._begin)
        app.after_request(self._end)

    def _begin(self) -> None:
        g.began_s = time.perf_counter()

    def _end(self, response: Response) -> Response:
        endpoint = request.endpoint or _NOWHERE
        self._requests.labels(endpoint, _method(), str(response.status_code)).inc()
        began_s = g.get("began_s")
        if began_s is not None:
            page = endpoint.rpartition(".")[0] or endpoint
            self._seconds.labels(page).observe(time.perf_counter() - began_s)
        return response


def _method() -> str:
    """Return the request's method, if it is one: anybody may invent others."""
    return request.method if request.method in _METHODS else "other"
