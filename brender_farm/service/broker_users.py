"""Keeps the users of nodes at the broker as the keys in the database say."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from redis import RedisError

from brender_farm.broker import acl
from brender_farm.broker.board import Board
from brender_farm.broker.seals import broker_password
from brender_farm.db.core import reading
from brender_farm.db.reads.node_keys import all_node_keys
from brender_farm.masking import mask

if TYPE_CHECKING:
    from redis import Redis

_FORBIDDEN = "The farm's own user may not change users at this broker"
_UNKNOWN = re.compile(r"\Aunknown command|no permission|noperm", re.IGNORECASE)

log = logging.getLogger(__name__)


def why_not(error: Exception) -> str:
    """Return why users could not be changed, in a sentence."""
    text = mask(str(error)).rstrip(".")
    if _UNKNOWN.search(text):
        return f"{_FORBIDDEN} ({text})."
    return f"The broker does not do it ({text})."


def is_forbidden(trouble: str) -> bool:
    """Whether the farm may not change users at this broker at all."""
    return trouble.startswith(_FORBIDDEN)


class UserSync:
    """Keeps the nodes' users at the broker as the keys say, also after it was emptied."""

    def __init__(self, client: Redis, url: str) -> None:
        self._redis = client
        self._database = acl.database_of(url)
        self._is_first = True
        self._trouble = ""

    def look(self) -> None:
        """Put and remove users so that they are as the keys say. Raises nothing of the broker's."""
        with reading() as session:
            keys = all_node_keys(session)
            wanted = {key.name: key.secret for key in keys if key.revoked_at is None}
        if not keys:
            return
        try:
            self._settle(wanted, frozenset(key.name for key in keys))
        except (RedisError, OSError) as error:
            self._tell(why_not(error))
        else:
            self._tell("")

    def _settle(self, wanted: dict[str, str], known: frozenset[str]) -> None:
        there = acl.users_of_nodes(self._redis)
        for name, secret in wanted.items():
            if name not in there or self._is_first:  # rules may have changed with the version
                acl.put_user(self._redis, name, broker_password(secret), database=self._database)
        for name in (there & known) - wanted.keys():
            acl.remove_user(self._redis, name)
        Board(self._redis).teach()
        self._is_first = False

    def _tell(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            log.warning("The nodes' users cannot be kept at the broker.", extra={"why": trouble})
        self._trouble = trouble
