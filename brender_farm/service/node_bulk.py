"""One action over many nodes: each has its own transaction, and none stops the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from brender_farm.db.core import reading
from brender_farm.db.reads.nodes import node_names
from brender_farm.errors import ActionRefused, NotFound
from brender_farm.service.nodes import act_on_node

_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NodesResult:
    """What became of each node."""

    done: tuple[str, ...]
    """Their names."""
    refused: tuple[str, ...]
    """Why not, of each other."""

    @property
    def words(self) -> str:
        """Say the first refusals, and how many more there are."""
        more = len(self.refused) - _NAMED
        return " ".join(self.refused[:_NAMED]) + (f" And {more} more." if more > 0 else "")


def act_on_nodes(ids: Iterable[int], action: str, *, actor: str, reason: str = "") -> NodesResult:
    """Enable, drain or disable these nodes; disabled ones finish their current frames."""
    with reading() as session:
        names = node_names(session)
    done, refused = [], []
    for node_id in dict.fromkeys(ids):
        try:
            row = act_on_node(node_id, action, actor=actor, reason=reason)
        except (ActionRefused, NotFound) as error:
            refused.append(f"{names.get(node_id, node_id)}: {error.message}")
        else:
            done.append(row.name)
    return NodesResult(done=tuple(done), refused=tuple(refused))
