"""Two bare Celery workers that play a farm: what the broker and Celery alone take for a chunk.

A *node* (threads pool, early acknowledgement) does a task that does nothing and sends one to the
*farm* (solo pool, late acknowledgement), which sends the node the next. As many are on their way as
the node has slots. Both are configured as the farm's own processes are.

    python -m tests.benchmarks.bare_celery node|farm BROKER_URL SLOTS
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from celery import Celery
from redis import Redis

from brender_farm.broker.link import connect
from brender_farm.celery_app import client_app, node_app, scheduler_app

NODE, FARM = "node.bare", "bare"
"""Their queues."""
_WORK, _TOLD = "bare.work", "bare.told"
_LEFT, _DONE = "bare:left", "bare:done"
_LIMIT_S = 120.0


def chunks_per_s(url: str, slots: int, count: int) -> float:
    """Send `count` chunks through the two workers on this broker; return how many a second."""
    with _workers(url, slots), connect(url) as client:
        _send(client_app(url), client, slots, slots)  # both are up, and their threads as well
        began = time.perf_counter()
        _send(client_app(url), client, slots, count)
        return count / (time.perf_counter() - began)


def _send(celery: Celery, client: Redis, slots: int, count: int) -> None:
    client.set(_LEFT, max(0, count - slots))
    client.delete(_DONE)
    for _ in range(min(slots, count)):
        celery.send_task(_WORK, queue=NODE)
    end = time.monotonic() + _LIMIT_S
    while int(client.get(_DONE) or 0) < count:
        if time.monotonic() > end:
            raise TimeoutError(f"Bare Celery took longer than {_LIMIT_S:.0f} s.")
        time.sleep(0.01)


@contextmanager
def _workers(url: str, slots: int) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.benchmarks.bare_celery"]
    workers = [
        subprocess.Popen(
            [*command, role, url, str(slots)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for role in ("node", "farm")
    ]
    try:
        yield
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            with suppress(subprocess.TimeoutExpired):
                worker.wait(10)
            worker.kill()


def _main(role: str, url: str, slots: str) -> None:
    if role == "node":
        celery, pool = node_app(url, node_name="bare"), f"--pool=threads --concurrency={slots}"
    else:
        celery, pool = scheduler_app(url), "--pool=solo"
    client = connect(url)

    @celery.task(name=_WORK)
    def work() -> None:
        celery.send_task(_TOLD, queue=FARM, retry=False)

    @celery.task(name=_TOLD, send_events=False)
    def told() -> None:
        if client.decr(_LEFT) >= 0:
            celery.send_task(_WORK, queue=NODE, retry=False)
        client.incr(_DONE)

    celery.worker_main(
        [
            "--quiet",
            "worker",
            *pool.split(),
            f"--queues={NODE if role == 'node' else FARM}",
            f"--hostname={role}@bare",
            "--without-gossip",
            "--without-mingle",
            "--heartbeat-interval=10",
            "--loglevel=ERROR",
        ]
    )


if __name__ == "__main__":
    _main(*sys.argv[1:])
