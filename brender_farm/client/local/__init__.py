"""The farm of this machine: its services, called in this process on the farm's database.

Each service is imported when it is first needed, so that one command does not load them all.
"""

from __future__ import annotations

from dataclasses import dataclass

from brender_farm.client.local.farm import LocalFarmWork
from brender_farm.client.local.hooks import LocalHooks
from brender_farm.client.local.looks import LocalLooks
from brender_farm.client.local.nodes import LocalNodes
from brender_farm.client.local.rules import LocalRules
from brender_farm.client.local.work import LocalWork
from brender_farm.config import settings


@dataclass(frozen=True)
class LocalFarm(LocalLooks, LocalWork, LocalNodes, LocalRules, LocalFarmWork, LocalHooks):
    """The farm whose database this process can open. All such handles are the same farm."""

    @property
    def url(self) -> str:
        return settings().url

    @property
    def is_remote(self) -> bool:
        return False
