"""A farm whose nodes have keys, and what somebody in the middle can do with its broker."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from redis import Redis

from brender_farm.broker.link import connect
from brender_farm.service.node_keys import NodeAccess, give_node_key
from tests.farm import FAKE_BLENDER, Farm
from tests.waiting import wait_for


def give_key(farm: Farm, name: str) -> NodeAccess:
    with farm.core.app_context():
        return give_node_key(name, actor="tests", host="127.0.0.1")


def start_keyed_node(farm: Farm, name: str, **behaviour: Any) -> NodeAccess:
    """Start a node with a key and wait until the farm believes it."""
    access = give_key(farm, name)
    farm._start(
        name,
        "worker",
        {
            "BRENDER_NODE_NAME": name,
            "BRENDER_BROKER_URL": access.broker_url,
            "BRENDER_NODE_KEY": access.node_key,
            "BRENDER_BLENDER": str(FAKE_BLENDER),
            "FAKE_BLENDER": json.dumps(behaviour),
        },
    )
    wait_for(lambda: farm.node(name).online, f"node {name} is online\n{farm.log(name)}")
    return access


@dataclass
class Ear:
    """What somebody who listens at the broker has heard."""

    pushed: list[tuple[str, bytes]] = field(default_factory=list)

    def of(self, queue: str) -> list[bytes]:
        return [message for name, message in self.pushed if name == queue]


@contextlib.contextmanager
def listening(url: str) -> Iterator[Ear]:
    """Hear every message that is put into a queue while the block runs."""
    ear, client = Ear(), connect(url)
    with client, client.monitor() as monitor:
        reader = threading.Thread(target=_hear, args=(monitor, ear), daemon=True)
        reader.start()
        yield ear
    reader.join(5)


def _hear(monitor: Any, ear: Ear) -> None:
    with contextlib.suppress(Exception):
        for said in monitor.listen():
            command = said["command"]
            if command.upper().startswith("LPUSH "):
                _, queue, message = command.split(" ", 2)
                ear.pushed.append((queue, _bytes(message)))


def _bytes(message: str) -> bytes:
    return message.encode("latin-1").decode("unicode_escape").encode("latin-1")


def flood(client: Redis, queue: str, *messages: bytes) -> None:
    for message in messages:
        client.lpush(queue, message)


def is_drained(client: Redis, *queues: str) -> bool:
    return not any(client.llen(queue) for queue in queues)
