"""The nodes of a farm elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from brender_farm.client.remote.decode import decode, decode_all
from brender_farm.client.remote.http import Http, with_query
from brender_farm.errors import NotFound
from brender_farm.service.shapes.nodes import NodeList, NodeRow
from brender_farm.service.shapes.why import NodeWhy

_MOST = 1000


@dataclass(frozen=True)
class RemoteNodes:
    """See `backend.NodeWork`."""

    http: Http

    def list_nodes(self) -> NodeList:
        told = self.http.get("/nodes", {"limit": _MOST})
        rows = list(told["nodes"])
        while told.get("next_cursor"):
            told = self.http.get("/nodes", {"limit": _MOST, "cursor": told["next_cursor"]})
            rows += told["nodes"]
        return NodeList(rows=decode_all(NodeRow, rows), tag=told.get("tag", ""))

    def why_node(self, node_id: int) -> NodeWhy:
        return decode(NodeWhy, self.http.get(f"/nodes/{node_id}/why"))

    def why_node_named(self, name: str) -> NodeWhy:
        found = next((row for row in self.list_nodes().rows if row.name == name), None)
        if found is None:
            raise NotFound(f"There is no node {name!r}. See: brender nodes")
        return self.why_node(found.id)

    def act_on_node(
        self, node_id: int, action: str, *, reason: str = "", kill: bool = False
    ) -> NodeRow:
        return self._changed(
            "POST", f"/nodes/{node_id}/actions/{action}", {"reason": reason, "kill": kill}
        )

    def set_hours(self, node_id: int, text: str) -> NodeRow:
        return self._changed("PUT", f"/nodes/{node_id}/hours", {"hours": text})

    def set_tags(self, node_id: int, text: str | None) -> NodeRow:
        tags = None if text is None else [tag.strip() for tag in text.split(",") if tag.strip()]
        return self._changed("PUT", f"/nodes/{node_id}/tags", {"tags": tags})

    def restart_blenders(self, node_id: int) -> NodeRow:
        return self._changed("POST", f"/nodes/{node_id}/restart", {})

    def forget_node(self, node_id: int, *, reason: str = "") -> None:
        self.http.send("DELETE", with_query(f"/nodes/{node_id}", {"reason": reason}))

    def _changed(self, method: str, path: str, body: dict[str, object]) -> NodeRow:
        return decode(NodeRow, self.http.send(method, path, body))
