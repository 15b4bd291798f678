"""The nodes of this machine's farm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from brender_farm.client.local.context import in_farm
from brender_farm.client.who import user_name

if TYPE_CHECKING:
    from brender_farm.service.shapes.nodes import NodeList, NodeRow
    from brender_farm.service.shapes.why import NodeWhy


class LocalNodes:
    """See `backend.NodeWork`."""

    def list_nodes(self) -> NodeList:
        from brender_farm.service import nodes

        with in_farm():
            return nodes.list_nodes()

    def why_node(self, node_id: int) -> NodeWhy:
        from brender_farm.service import why

        with in_farm():
            return why.why_node(node_id)

    def why_node_named(self, name: str) -> NodeWhy:
        from brender_farm.service import why

        with in_farm():
            return why.why_node_named(name)

    def act_on_node(
        self, node_id: int, action: str, *, reason: str = "", kill: bool = False
    ) -> NodeRow:
        from brender_farm.service import nodes

        with in_farm():
            return nodes.act_on_node(node_id, action, reason=reason, kill=kill, actor=user_name())

    def set_hours(self, node_id: int, text: str) -> NodeRow:
        from brender_farm.service import nodes

        with in_farm():
            return nodes.set_hours(node_id, text, actor=user_name())

    def set_tags(self, node_id: int, text: str | None) -> NodeRow:
        from brender_farm.service import nodes

        with in_farm():
            return nodes.set_tags(node_id, text, actor=user_name())

    def restart_blenders(self, node_id: int) -> NodeRow:
        from brender_farm.service import nodes

        with in_farm():
            return nodes.restart_blenders(node_id, actor=user_name())

    def forget_node(self, node_id: int, *, reason: str = "") -> None:
        from brender_farm.service import nodes

        with in_farm():
            nodes.forget(node_id, reason=reason, actor=user_name())
