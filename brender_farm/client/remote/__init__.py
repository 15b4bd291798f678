"""A farm elsewhere: asked over its JSON API, with a token that says who somebody is."""

from __future__ import annotations

from dataclasses import dataclass

from brender_farm.client.remote.farm import RemoteFarmWork
from brender_farm.client.remote.files import RemoteFiles
from brender_farm.client.remote.hooks import RemoteHooks
from brender_farm.client.remote.http import Http
from brender_farm.client.remote.nodes import RemoteNodes
from brender_farm.client.remote.rules import RemoteRules
from brender_farm.client.remote.work import RemoteWork


@dataclass(frozen=True)
class RemoteFarm(RemoteWork, RemoteFiles, RemoteNodes, RemoteRules, RemoteFarmWork, RemoteHooks):
    """The farm whose dashboard is at an address. Any thread may use it."""

    @classmethod
    def at(cls, url: str, token: str | None) -> RemoteFarm:
        """Return the farm at this address; nothing is asked of it yet. Raises FarmError."""
        return cls(http=Http(url.rstrip("/"), token))

    @property
    def url(self) -> str:
        return self.http.url

    @property
    def is_remote(self) -> bool:
        return True
