"""The node: everything that attempts share, put together once per process."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import psutil

from brender_farm import wire
from brender_farm.broker.door import COMMANDS
from brender_farm.broker.node_seal import NodeSeal
from brender_farm.broker.queues import FARM_QUEUE
from brender_farm.celery_app import FINISH_CHUNKS, REPORT
from workers.attempt import Attempt
from workers.blender.leftovers import end_leftovers
from workers.blender.locate import find_blenders
from workers.blender.prove import Prover
from workers.checkup import Checkups
from workers.claims import Claims
from workers.gpus import GpuSearch, may_have_gpu
from workers.heartbeat import Heart
from workers.outbox import Outbox
from workers.publish import Publisher
from workers.sessions import Sessions
from workers.storage import Storage
from workers.watchdog import Watchdog

if TYPE_CHECKING:
    from celery import Celery

    from brender_farm.broker.board import Board
    from brender_farm.config import Settings
    from workers.place import Place

log = logging.getLogger(__name__)

DELIVERY_S = 1.0
"""How long killed renders and the last reports may take when the node stops."""
_PACE_S_PER_SLOT, _MAX_PACE_S = 0.005, 0.025
"""Between two reports, for each slot beyond the first: so many chunks may end at about one time."""
_WARM_SHARE = 0.6
"""Share of the machine's memory that idle Blenders may hold together."""


class Node:
    """Owns sessions, prover, outbox and claims. Raises BlenderNotFound without a Blender."""

    def __init__(self, settings: Settings, celery: Celery, board: Board) -> None:
        name, slots = settings.node_name, settings.slots
        self.boot = uuid.uuid4().hex
        self.seal = NodeSeal(name, settings.node_key, self.boot)
        self.roots = settings.roots
        self.may_run_scripts = settings.auto_run == "show"
        self.threads_per_slot = max(1, (psutil.cpu_count() or 1) // slots) if slots > 1 else None
        self._warm = settings.warm
        self._restarted = ""
        self._restarting = threading.Lock()
        self._celery = celery
        end_leftovers(name)
        installs = find_blenders(settings.blender)
        memory = psutil.virtual_memory().total
        self.sessions = Sessions(
            installs,
            node_name=name,
            slots=slots,
            max_rss_bytes=int(memory * _WARM_SHARE / slots),
            temp_dir=settings.node_dir / "temp",
            greet=GpuSearch(self._tell_gpus).ask,
        )
        self.prover = Prover(node_name=name)
        self.outbox = Outbox(
            settings.node_dir / "outbox",
            node_name=name,
            deliver=self._deliver,
            farm=board,
            pace_s=min(_PACE_S_PER_SLOT * (slots - 1), _MAX_PACE_S),
        )
        self.publisher = Publisher(prover=self.prover, board=board, outbox=self.outbox, slots=slots)
        self.publisher.on_failure = self._judge
        self.storage = Storage()
        self.claims = Claims()
        self.checkups = Checkups(settings, installs, self.prover, board)
        self.watchdog = Watchdog(
            self.claims,
            self.sessions,
            stall_s=settings.stall_s,
            memory_floor_pct=settings.memory_floor_pct,
        )
        self._grace_s = settings.grace_s
        self._heart = Heart(self, settings, board, [install.version for install in installs])

    def start(self) -> None:
        """Begin to live: the farm sees the node, and Blender starts ahead of work."""
        if self._warm:
            self.sessions.warm_up()
            self.publisher.prepare()
        elif may_have_gpu():
            self.sessions.start_one_and_end_it()
        self._heart.start()
        self.watchdog.start()
        self.storage.start(self._heart.hurry)

    def render(self, body: object) -> None:
        """Render one chunk, unless it is not live or was taken before.

        Raises MessageRefused for a message that is not in the agreed form, or not the farm's.
        """
        order = self.seal.order(body)
        attempt = Attempt(order, self)
        if not self.claims.take(order.chunk_id, attempt):
            log.warning("A chunk came twice.", extra={"chunk_id": order.chunk_id})
            return
        try:
            if self.publisher.is_live(order.chunk_id, attempt.stopped):
                attempt.run()
        except Exception as error:
            log.exception("A chunk failed in the node itself.", extra={"chunk_id": order.chunk_id})
            attempt.give_up(f"The node failed: {error!r}.")
        finally:
            self.claims.release(order.chunk_id)

    def obey(self, command: str, given: dict[str, Any]) -> None:
        """Obey a command by remote control. Raises MessageRefused: it is not the farm's."""
        order = self.seal.command(command, COMMANDS[command], given)
        if isinstance(order, wire.RestartOrder):
            self.restart_blenders(order.order)
        elif command == FINISH_CHUNKS:
            self.finish_chunks(order.chunk_ids)
        else:
            self.stop_chunks(order.chunk_ids)

    def stop_chunks(self, chunk_ids: Iterable[int]) -> None:
        """Kill what renders of these chunks; they are no longer this node's."""
        self.claims.stop(chunk_ids)

    def finish_chunks(self, chunk_ids: Iterable[int]) -> None:
        """End these chunks after their current frame and give the rest back."""
        self.claims.finish(chunk_ids)

    def restart_blenders(self, order: str) -> None:
        """Start new Blenders: in place of those that idle at once, of others after their frame.

        Orders are named so that later ones sort later: one that comes a second time, or late, is
        not obeyed again.
        """
        with self._restarting:
            if order <= self._restarted:
                return
            self._restarted = order
        log.info("The Blenders are started anew: somebody asked for it.")
        self.sessions.renew()
        if self._warm:
            self.sessions.warm_up()

    def note_restart(self, order: str | None, *, is_first: bool) -> None:
        """Obey the farm's last order to start anew; one from before this start is obeyed already.

        `is_first`: it came with the first answer that this process has from the farm.
        """
        if order is None:
            return
        if not is_first:
            self.restart_blenders(order)
            return
        with self._restarting:
            self._restarted = max(self._restarted, order)

    def examine(self, place: Place, need_bytes: int) -> str:
        """Return why a chunk's place cannot be written to, if so; the farm has heard of it then."""
        trouble = self.storage.examine(place.folder, place.output_dir, need_bytes)
        if trouble:
            self._heart.beat()  # before the chunk is given back, or it would come here again
        return trouble

    def distrust(self, place: Place, error: OSError) -> str:
        """Tell the farm that a chunk's place is of no use here for now, and return why."""
        trouble = self.storage.distrust(place.folder, place.output_dir, error)
        self._heart.beat()
        return trouble

    def stop(self, is_hurried: Callable[[], bool] = lambda: False) -> None:
        """Finish the current frames within the grace time, give the rest back, end Blender.

        `is_hurried` is asked again and again; once it says yes, the grace time is over.
        """
        self._heart.refuse_work()
        self.checkups.close()
        self.claims.wind_down()
        self._wait_for_claims(self._grace_s, is_hurried)
        self.claims.return_all()
        self._wait_for_claims(DELIVERY_S)
        self.claims.abandon_all()
        self.outbox.close(DELIVERY_S)
        self._heart.stop()
        self.watchdog.stop()
        self.storage.stop()
        self.publisher.close()
        self.sessions.close()
        self.prover.close()

    def _wait_for_claims(
        self, limit_s: float, is_hurried: Callable[[], bool] = lambda: False
    ) -> None:
        end = time.monotonic() + limit_s
        while self.claims.count and time.monotonic() < end and not is_hurried():
            time.sleep(0.02)

    def _tell_gpus(self, names: list[str]) -> None:
        self._heart.tell_gpus(names)

    def _judge(self, failed: wire.FrameFailed) -> None:
        attempt = self.claims.find(failed.chunk_id)
        if attempt is not None:  # it waits for the outcome of each of its frames
            attempt.judge(failed)

    def _deliver(self, report: wire.Report) -> None:
        self._celery.send_task(
            REPORT,
            args=[self.seal.report(report)],
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
