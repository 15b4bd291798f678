"""The node's heartbeat: every 2 s what it is and does; the answer says which chunks are its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from redis import RedisError

from brender_farm import wire
from workers.stats import machine_facts, machine_sample

if TYPE_CHECKING:
    from brender_farm.broker.board import Board
    from brender_farm.config import Settings
    from workers.node import Node

log = logging.getLogger(__name__)

INTERVAL_S = 2.0
GOODBYE_S = 1.0
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
        self._beat = 0
        self._accepting = True
        self._leaving = False
        self._stopping = threading.Event()
        self._hurry = threading.Event()
        self._beating = threading.Lock()

    def run(self) -> None:
        while not self._stopping.is_set():
            self._hurry.clear()
            self.beat()
            self._hurry.wait(INTERVAL_S)

    def beat(self) -> None:
        """Post a heartbeat now, and return when it was posted or could not be."""
        try:
            self.beat_once()
        except (RedisError, OSError) as error:
            log.info("The broker does not answer.", extra={"error": str(error)})
        except Exception:
            log.exception("A heartbeat failed; the next one tries again.")

    def beat_once(self) -> None:
        """Post one heartbeat and obey its answer."""
        with self._beating:  # a later one must not be overtaken by an earlier one
            running = self._node.claims.running()
            answer = self._board.beat(self._heartbeat(running))
        if answer.live is not None:
            self._node.stop_chunks(running.keys() - answer.live)
        self._node.finish_chunks(answer.ending)

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
            unwell=self._node.storage.unwell(),
            facts=self._facts,
            sample=machine_sample(self._settings.roots[0]),
        )
