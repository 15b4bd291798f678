"""Which nodes are asked in a check, and what is known of each afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches

import msgspec
from redis import RedisError

from brender_farm.domain.node_facts import NodeAnswer, NodeFacts, Reply
from brender_farm.errors import NotFound
from brender_farm.service.doctor_known import KnownNode
from brender_farm.service.doctor_nodes import NodeReply, Told, ask_nodes
from brender_farm.wire_checkup import CheckupAnswer, CheckupOrder

CheckHere = Callable[[CheckupOrder], CheckupAnswer]
"""Looks at this machine itself, whose node does not run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """Who is there to be asked."""

    own_name: str
    """What the node of this machine is called."""
    known: tuple[KnownNode, ...] = ()
    """Those in the database."""
    heard_of: tuple[str, ...] = ()
    """Those that the broker has a heartbeat of."""
    is_current: bool = True
    """Whether the scheduler runs, and so knows who is online."""
    is_node_only: bool = False
    """Whether this machine has no farm, but is a node of one elsewhere."""
    only: str = ""
    """The one node that is to be asked about; empty: all."""
    broker_url: str | None = None

    def names(self) -> list[str]:
        """Return the nodes that the answer is about. Raises NotFound for an unknown `only`."""
        names = [node.name for node in self.known] or list(self.heard_of)
        if self.is_node_only:
            names = [self.own_name]
        if not self.only:
            return names
        if self.only in (*names, *self.heard_of):
            return [self.only]
        near = get_close_matches(self.only, names, n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise NotFound(f"There is no node {self.only}.{meant} See: brender nodes")

    def take(
        self, order: CheckupOrder, check_here: CheckHere | None, told: Told | None = None
    ) -> list[NodeFacts]:
        """Ask whoever can be asked; return what is known of each. Raises NotFound."""
        names = self.names()
        online = {node.name for node in self.known if node.is_online}
        asked = [name for name in names if name in online or not (self.known and self.is_current)]
        replies = self._ask(asked, order, told)
        found = [self._facts(name, replies.get(name), online) for name in names]
        return self._with_this_machine(found, order, check_here)

    def _ask(
        self, names: Sequence[str], order: CheckupOrder, told: Told | None
    ) -> dict[str, NodeReply]:
        if self.broker_url is None or not names:
            return {}
        try:
            return ask_nodes(self.broker_url, names, order, told=told)
        except (RedisError, OSError):
            return {}  # it has gone since it was looked at; what is said of it tells

    def _facts(self, name: str, reply: NodeReply | None, online: Iterable[str]) -> NodeFacts:
        is_silent = reply is None or reply.reply is Reply.SILENCE
        is_online = name in online if self.is_current and self.known else not is_silent
        if reply is None:
            return NodeFacts(
                name=name,
                is_online=is_online,
                reply=Reply.NOT_ASKED,
                seen_ago_s=self._seen_ago_s(name),
            )
        return NodeFacts(
            name=name,
            is_online=is_online,
            seen_ago_s=self._seen_ago_s(name),
            reply=reply.reply,
            waited_s=reply.waited_s,
            answer=reply.answer,
            count=reply.count,
        )

    def _with_this_machine(
        self, found: list[NodeFacts], order: CheckupOrder, check_here: CheckHere | None
    ) -> list[NodeFacts]:
        """Look at this machine itself where its own node, or every node, does not run."""
        is_wanted = self.only in ("", self.own_name)
        if check_here is None or not is_wanted or any(node.is_online for node in found):
            return found
        seen = check_here(order)
        own = NodeFacts(
            name=self.own_name, is_online=False, is_here=True, answer=answer_facts(seen)
        )
        return [node for node in found if node.name != self.own_name] + [own]

    def _seen_ago_s(self, name: str) -> float | None:
        seen = next((node.seen_at for node in self.known if node.name == name), None)
        return (datetime.now(UTC) - seen).total_seconds() if seen is not None else None


def answer_facts(answer: CheckupAnswer) -> NodeAnswer:
    """Return what a node answered as the rules take it."""
    return msgspec.convert(answer, NodeAnswer, from_attributes=True)
