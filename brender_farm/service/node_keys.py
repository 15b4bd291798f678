"""Keys of nodes: making, showing and revoking them, and the users they stand for at the broker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from redis import RedisError

from brender_farm.broker import acl
from brender_farm.broker.address import broker_url, broker_url_of, is_reachable
from brender_farm.broker.board import Board
from brender_farm.broker.link import connect
from brender_farm.broker.seals import broker_password, new_secret, signing_key
from brender_farm.config import NODE_NAME
from brender_farm.db.core import current_settings, reading, writing
from brender_farm.db.models import NodeKey
from brender_farm.db.reads.node_keys import all_node_keys, node_key
from brender_farm.db.writes import node_keys as writes
from brender_farm.errors import Fault, NotFound, RequestRefused
from brender_farm.service.broker_users import is_forbidden, why_not
from brender_farm.service.messages import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeAccess:
    """What the machine of a node needs to know, and nothing that another's does."""

    name: str
    broker_url: str
    """With the user and the password of this node alone."""
    node_key: str
    is_new: bool
    """Whether the node had no key before."""
    is_reachable: bool
    """Whether the address leads here from other machines."""
    trouble: str = ""
    """Why the broker does not have the user; empty: it has."""
    rules: tuple[str, ...] = ()
    """Where the farm may not make users: the words of the ACL SETUSER command for somebody who may.
    Empty: the scheduler makes the user as soon as it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeKeyRow:
    """A key, without its secrets."""

    name: str
    made_by: str
    created_at: datetime
    revoked_at: datetime | None


def list_node_keys() -> tuple[NodeKeyRow, ...]:
    """Return every key, revoked ones as well, by the node's name."""
    with reading() as session:
        return tuple(_row(key) for key in all_node_keys(session))


def give_node_key(name: str, *, actor: str, host: str = "") -> NodeAccess:
    """Make a node's key, or show the one it has; `host` is where the broker is for the node.

    Raises RequestRefused for a name that no node can have.
    """
    if not NODE_NAME.match(name):
        raise RequestRefused(
            Fault(
                field="name",
                message=f"{name!r} cannot be a node's name.",
                remedy="Use 1 to 63 letters, digits, - and _, beginning with a letter or digit.",
            )
        )
    with writing() as session:
        key = node_key(session, name)
        is_new = key is None or key.revoked_at is not None
        if key is None or key.revoked_at is not None:
            key = writes.store_key(session, name, new_secret(), now=datetime.now(UTC), actor=actor)
        secret = key.secret
    trouble = _put_user(name, secret, is_new=is_new)
    announce()
    settings = current_settings()
    url, password = broker_url(settings), broker_password(secret)
    is_ours = not trouble or not is_forbidden(trouble)
    rules = [] if is_ours else acl.node_rules(name, password, database=acl.database_of(url))
    return NodeAccess(
        name=name,
        broker_url=broker_url_of(settings, acl.user_name(name), password, host=host),
        node_key=signing_key(secret),
        is_new=is_new,
        is_reachable=bool(host) or is_reachable(settings),
        trouble=trouble,
        rules=tuple(rules),
    )


def revoke_node_key(name: str, *, actor: str) -> tuple[NodeKeyRow, str]:
    """End a node's key and its connections to the broker at once.

    Returns the key, and why its user is still at the broker; empty: it is not. Raises NotFound.
    """
    with writing() as session:
        key = node_key(session, name)
        if key is None:
            raise NotFound(f"There is no key of node {name!r}. See: brender node-token --list")
        if key.revoked_at is None:
            writes.revoke_key(session, key, now=datetime.now(UTC), actor=actor)
        row = _row(key)
    trouble = _remove_user(name)
    announce()
    return row, trouble


def _put_user(name: str, secret: str, *, is_new: bool) -> str:
    """Make a node's user now; return why it cannot be."""
    url = broker_url(current_settings())
    try:
        with connect(url, timeout_s=2.0) as client:
            acl.put_user(client, name, broker_password(secret), database=acl.database_of(url))
            board = Board(client)
            board.teach()
            if is_new:
                board.forget_node(name)  # what it said without a key is believed no more
    except (RedisError, OSError) as error:
        return why_not(error)
    return ""


def _remove_user(name: str) -> str:
    try:
        with connect(broker_url(current_settings()), timeout_s=2.0) as client:
            acl.remove_user(client, name)
            Board(client).forget_node(name)
    except (RedisError, OSError) as error:
        return why_not(error)
    return ""


def _row(key: NodeKey) -> NodeKeyRow:
    return NodeKeyRow(
        name=key.name,
        made_by=key.made_by,
        created_at=key.created_at,
        revoked_at=key.revoked_at,
    )
