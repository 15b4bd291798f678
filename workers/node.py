"""The node: everything that attempts share, put together once per process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import psutil

from brender_farm import wire
from brender_farm.celery_app import FARM_QUEUE, REPORT
from workers.attempt import Attempt
from workers.blender.leftovers import end_leftovers
from workers.blender.locate import find_blender
from workers.blender.prove import Prover
from workers.claims import Claims
from workers.heartbeat import Heart
from workers.outbox import Outbox
from workers.publish import Publisher
from workers.sessions import Sessions
from workers.watchdog import Watchdog

if TYPE_CHECKING:
    from celery import Celery

    from brender_farm.broker.board import Board
    from brender_farm.config import Settings

log = logging.getLogger(__name__)

GRACE_S = 3.0
"""How long a stopping node lets its frames finish; Procfile runners kill after 5 s."""
DELIVERY_S = 1.0
_WARM_SHARE = 0.6
"""Share of the machine's memory that idle Blenders may hold together."""


class Node:
    """Owns sessions, prover, outbox and claims. Raises BlenderNotFound without a Blender."""

    def __init__(self, settings: Settings, celery: Celery, board: Board) -> None:
        name, slots = settings.node_name, settings.slots
        self.roots = settings.roots
        self.threads_per_slot = max(1, (psutil.cpu_count() or 1) // slots) if slots > 1 else None
        self._warm = settings.warm
        self._celery = celery
        end_leftovers(name)
        install = find_blender(settings.blender)
        memory = psutil.virtual_memory().total
        self.sessions = Sessions(
            install,
            node_name=name,
            slots=slots,
            max_rss_bytes=int(memory * _WARM_SHARE / slots),
        )
        self.prover = Prover(node_name=name)
        self.outbox = Outbox(settings.node_dir / "outbox", node_name=name, deliver=self._deliver)
        self.publisher = Publisher(prover=self.prover, board=board, outbox=self.outbox, slots=slots)
        self.claims = Claims()
        self.watchdog = Watchdog(self.claims, stall_s=settings.stall_s)
        self._heart = Heart(self, settings, board, [install.version])
        self._ended = threading.Event()

    def start(self) -> None:
        """Begin to live: the farm sees the node, and Blender starts ahead of work."""
        if self._warm:
            self.sessions.warm_up()
            self.publisher.prepare()
        self._heart.start()
        self.watchdog.start()

    def render(self, body: object) -> None:
        """Render one chunk, unless it is not live or was taken before.

        Raises MessageRefused for a message that is not in the agreed form.
        """
        order = wire.read(wire.ChunkOrder, body)
        attempt = Attempt(order, self)
        if not self.claims.take(order.chunk_id, attempt):
            log.warning("A chunk came twice.", extra={"chunk_id": order.chunk_id})
            return
        try:
            if self.publisher.is_live(order.chunk_id, attempt.stopped):
                self.outbox.post(wire.ChunkStarted(chunk_id=order.chunk_id))
                attempt.run()
        except Exception as error:
            log.exception("A chunk failed in the node itself.", extra={"chunk_id": order.chunk_id})
            attempt.give_up(f"The node failed: {error!r}.")
        finally:
            self.claims.release(order.chunk_id)

    def stop_chunks(self, chunk_ids: Iterable[int]) -> None:
        """Kill what renders of these chunks; they are no longer this node's."""
        self.claims.stop(chunk_ids)

    def stop(self) -> None:
        """Finish the current frames within the grace time, give the rest back, end Blender."""
        if self._ended.is_set():
            return
        self._ended.set()
        self._heart.refuse_work()
        self.claims.wind_down()
        end = time.monotonic() + GRACE_S
        while self.claims.count and time.monotonic() < end:
            time.sleep(0.02)
        self.claims.return_all()
        while self.claims.count and time.monotonic() < end + DELIVERY_S:
            time.sleep(0.02)
        self.outbox.close(DELIVERY_S)
        self._heart.stop()
        self.watchdog.stop()
        self.publisher.close()
        self.sessions.close()
        self.prover.close()

    def _deliver(self, report: wire.Report) -> None:
        self._celery.send_task(
            REPORT,
            args=[wire.write(report)],
            queue=FARM_QUEUE,
            argsrepr=f"{report.node}: {_summary(report)}",
            kwargsrepr="",
            retry=False,
        )


def _summary(report: wire.Report) -> str:
    """Say in Flower what a report is about."""
    chunks = sorted({item.chunk_id for item in report.items})
    done = sum(isinstance(item, wire.FrameDone) for item in report.items)
    failed = sum(isinstance(item, wire.FrameFailed) for item in report.items)
    names = ", ".join(str(chunk) for chunk in chunks[:5])
    return f"chunk {names} · {done} frames done, {failed} failed"
