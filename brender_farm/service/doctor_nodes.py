"""Asking nodes how they are: all at once, and their answers gathered until a deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from brender_farm import wire
from brender_farm.broker.board import Board
from brender_farm.broker.link import connect
from brender_farm.domain.markers import new_token
from brender_farm.domain.node_facts import NodeAnswer, Reply, RootAsked
from brender_farm.domain.path_mapping import Root, System, to_node
from brender_farm.service.doctor_storage import MarkedFolder
from brender_farm.wire_checkup import BUSY, MAX_ROOTS, CheckupAnswer, CheckupOrder, RootOrder

ACK_LIMIT_S = 4.0
"""A node says within milliseconds that it begins; a thousand within a second."""
RENDER_LIMIT_S = 120.0
LOOK_LIMIT_S = 25.0
"""For all but the test frames."""
_LOOK_EVERY_S = 0.05
_NAMED_ONE_BY_ONE = 20
"""More are called by a pattern: the list of their names would go to each of them."""

Told = Callable[[int, int], None]
"""Takes how many nodes have answered, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeReply:
    """What came back from one node."""

    reply: Reply
    waited_s: float = 0.0
    answer: NodeAnswer | None = None
    count: int = 1
    """How many processes have answered to the name."""


def order_of(
    folders: Sequence[MarkedFolder], roots: tuple[Root, ...], *, render: bool
) -> CheckupOrder:
    """Return the order to look at these folders; `roots` say where nodes have the shows'."""
    limit_s = LOOK_LIMIT_S + (RENDER_LIMIT_S if render else 0.0)
    return CheckupOrder(
        checkup=new_token(),
        asked_at_s=0.0,
        limit_s=limit_s,
        render=render,
        roots=[
            RootOrder(
                farm=each.folder.path,
                marker=each.token if each.holds else None,
                **{str(system): to_node(each.folder.path, roots, system) for system in System},
            )
            for each in folders[:MAX_ROOTS]
        ],
    )


def asked_of(folders: Sequence[MarkedFolder]) -> list[RootAsked]:
    """Return what is told of the folders to whoever judges the answers."""
    return [
        RootAsked(farm=each.folder.path, show=each.folder.show, holds=each.holds)
        for each in folders[:MAX_ROOTS]
    ]


def ask_nodes(
    broker_url: str, names: Sequence[str], order: CheckupOrder, *, told: Told | None = None
) -> dict[str, NodeReply]:
    """Ask nodes and return what came back, by name. Raises redis.RedisError and OSError."""
    with connect(broker_url) as client:
        board = Board(client)
        order = msgspec.structs.replace(order, asked_at_s=board.clock_s())
        call = _Call(broker_url, names, order)
        call.start()
        return _gather(board, call, names, order, told or _tell_nobody)


def _tell_nobody(_done: int, _total: int) -> None:
    pass


def _gather(
    board: Board, call: _Call, names: Sequence[str], order: CheckupOrder, told: Told
) -> dict[str, NodeReply]:
    answers: dict[str, CheckupAnswer] = {}
    wanted, end_s = set(names), time.monotonic() + order.limit_s
    while time.monotonic() < end_s:
        has_called = not call.is_alive()  # before the look: an answer may come in between
        for answer in board.take_checkups(order.checkup):
            if answer.node in wanted and answer.checkup == order.checkup:
                answers[answer.node] = answer
        told(len(answers), len(wanted))
        waited_for = call.beginners() if has_called else wanted
        if not waited_for - answers.keys():
            break
        time.sleep(_LOOK_EVERY_S)
    if call.error is not None and not answers:
        raise call.error
    return {name: _reply(name, call, answers.get(name), order.limit_s) for name in names}


def _reply(name: str, call: _Call, answer: CheckupAnswer | None, limit_s: float) -> NodeReply:
    words = call.words.get(name, [])
    if answer is not None:
        seen = msgspec.convert(answer, NodeAnswer, from_attributes=True)
        return NodeReply(reply=Reply.ANSWER, answer=seen, count=len(words) or 1)
    if not words:
        return NodeReply(reply=Reply.SILENCE, waited_s=ACK_LIMIT_S)
    if any(word.get("ok") for word in words):
        return NodeReply(reply=Reply.NO_ANSWER, waited_s=limit_s, count=len(words))
    is_busy = any(word.get("error") == BUSY for word in words)
    return NodeReply(reply=Reply.BUSY if is_busy else Reply.STRANGE, count=len(words))


class _Call(threading.Thread):
    """Sends the order to all nodes, and hears which begin."""

    def __init__(self, broker_url: str, names: Sequence[str], order: CheckupOrder) -> None:
        super().__init__(name="doctor-call", daemon=True)
        self._url = broker_url
        self._names = names
        self._order = order
        self.words: dict[str, list[dict[str, Any]]] = {}
        """What nodes said at once: name → one word, or more when several bear the name."""
        self.error: Exception | None = None

    def beginners(self) -> set[str]:
        """Return the nodes that said that they begin."""
        words = dict(self.words)
        return {name for name, said in words.items() if any(word.get("ok") for word in said)}

    def run(self) -> None:
        try:
            self._call()
        except Exception as error:  # noqa: BLE001 - whatever it is, who waits must hear of it
            self.error = error

    def _call(self) -> None:
        from brender_farm.celery_app import CHECK_NODE, client_app, node_hostname

        few = len(self._names) <= _NAMED_ONE_BY_ONE
        whom: dict[str, Any] = (
            {"destination": [node_hostname(name) for name in self._names]}
            if few
            else {"pattern": node_hostname("*"), "matcher": "glob"}
        )
        client_app(self._url).control.broadcast(
            CHECK_NODE,
            arguments={"order": wire.write(self._order)},
            reply=True,
            timeout=ACK_LIMIT_S,
            limit=2 * len(self._names) + _NAMED_ONE_BY_ONE,
            callback=self._hear,
            **whom,
        )

    def _hear(self, replies: object) -> None:
        """Keep what one node said; called with Celery's host name → word."""
        if not isinstance(replies, dict):
            return
        for hostname, word in replies.items():
            if isinstance(word, dict):
                name = str(hostname).partition("@")[2]
                self.words.setdefault(name, []).append(word)
