"""The node's heartbeat: every 2 s what it is and does; the answer says which chunks are its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from redis import RedisError

from brender_farm import wire
from brender_farm.broker.link import is_refusal, refused_words
from brender_farm.masking import mask
from workers.cards import CardWatch
from workers.stats import Gauges, machine_facts

if TYPE_CHECKING:
    from brender_farm.broker.board import Board
    from brender_farm.config import Settings
    from workers.node import Node

log = logging.getLogger(__name__)

INTERVAL_S = 2.0
_COMPLAIN_EVERY_S = 60.0
_CLOCK_PRECISION_S = 1.0
"""A broker that took longer to answer says too little about the time."""
GOODBYE_S = 1.0
_MOST_FOLDERS = 1000
"""A broker that does not answer must not keep a node from ending."""


class Heart(threading.Thread):
    """Posts the heartbeat and stops chunks that are no longer this node's."""

    def __init__(
        self, node: Node, settings: Settings, board: Board, versions: Sequence[str]
    ) -> None:
        super().__init__(name="heart", daemon=True)
        self._node = node
        self._settings = settings
        self._board = board
        self._facts = machine_facts(versions, settings.tags, settings.pool)
        self._cards = CardWatch()
        self._gauges = Gauges(settings.roots[0], self._cards.figures)
        self._beat = 0
        self._complain_at_s = 0.0
        self._was_answered = False
        self._accepting = True
        self._leaving = False
        self._stopping = threading.Event()
        self._hurry = threading.Event()
        self._beating = threading.Lock()

    def run(self) -> None:
        self._cards.start()
        while not self._stopping.is_set():
            self._hurry.clear()
            self.beat()
            self._hurry.wait(INTERVAL_S)

    def beat(self) -> None:
        """Post a heartbeat now, and return when it was posted or could not be."""
        try:
            self.beat_once()
        except (RedisError, OSError) as error:
            self._tell_of(error)
        except Exception:
            log.exception("A heartbeat failed; the next one tries again.")

    def _tell_of(self, error: Exception) -> None:
        """Say why the broker cannot be used; that it refuses this node, once a minute."""
        if not is_refusal(error):
            log.info("The broker does not answer.", extra={"error": mask(str(error))})
        elif time.monotonic() >= self._complain_at_s:
            self._complain_at_s = time.monotonic() + _COMPLAIN_EVERY_S
            log.error(refused_words(self._settings.broker_url or ""))

    def beat_once(self) -> None:
        """Post one heartbeat and obey its answer."""
        with self._beating:  # a later one must not be overtaken by an earlier one
            running = self._node.claims.running()
            asked_s = time.time()
            answer = self._board.beat(self._heartbeat(running), self._node.seal)
            self._compare_clocks(asked_s, answer.clock_s, time.time())
        if answer.live is not None:
            self._node.stop_chunks(running.keys() - answer.live)
        self._node.finish_chunks(answer.ending)
        self._node.note_restart(answer.restart, is_first=not self._was_answered)
        self._was_answered = True

    def _compare_clocks(self, asked_s: float, broker_s: float, answered_s: float) -> None:
        """Keep how far this machine's clock is ahead, for the next heartbeat to tell."""
        if 0 <= answered_s - asked_s < _CLOCK_PRECISION_S:
            ahead_s = round((asked_s + answered_s) / 2 - broker_s, 1)
            self._facts = msgspec.structs.replace(self._facts, clock_off_s=ahead_s)

    def refuse_work(self) -> None:
        """Tell the farm at once that this node takes nothing new."""
        self._accepting = False
        self._hurry.set()

    def tell_gpus(self, names: Sequence[str]) -> None:
        """Tell the farm at once which graphics cards were found."""
        self._facts = msgspec.structs.replace(self._facts, gpus=list(names))
        self._hurry.set()

    def stop(self) -> None:
        """Say good-bye, so that nobody waits for this node."""
        self._stopping.set()
        self._cards.stop()
        self._hurry.set()
        self._leaving = True
        goodbye = threading.Thread(target=self.beat, name="goodbye", daemon=True)
        goodbye.start()
        goodbye.join(GOODBYE_S)

    def hurry(self) -> None:
        """Have the next heartbeat posted at once."""
        self._hurry.set()

    def _heartbeat(self, running: dict[int, wire.ChunkClaim]) -> wire.Heartbeat:
        self._beat += 1
        # A chunk stays claimed until the farm has been told everything about it.
        untold = self._node.outbox.untold_chunks() - running.keys()
        return wire.Heartbeat(
            node=self._settings.node_name,
            boot=self._node.boot,
            beat=self._beat,
            slots=self._settings.slots,
            accepting=self._accepting,
            leaving=self._leaving,
            claims=[*running.values(), *(wire.ChunkClaim(chunk_id=c) for c in sorted(untold))],
            warm=self._node.sessions.warm_files(),
            unwell=self._node.storage.unwell()[:_MOST_FOLDERS],
            facts=self._facts,
            sample=self._gauges.read(),
        )
