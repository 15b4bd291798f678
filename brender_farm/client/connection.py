"""Which farm a script or a command works with, and the way to one elsewhere."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from brender_farm.config import load_address, read_farm_url
from brender_farm.errors import ConfigError

if TYPE_CHECKING:
    from brender_farm.client.backend import Backend


def this_farm() -> Backend:
    """Return the farm that this process works with.

    BRENDER_URL says which, with BRENDER_TOKEN as the way in; without it, it is the farm of this
    machine. Asks nothing of it yet. Raises ConfigError for an address that is none.
    """
    address = load_address()
    if address.url is None:
        return _farm_here()
    return _farm_at(address.url, address.token)


def _farm_here() -> Backend:
    try:
        from brender_farm.client.local import LocalFarm
    except ModuleNotFoundError as error:  # requirements/client.txt has no database and no Flask
        raise ConfigError(
            f"This machine can only work with a farm elsewhere ({error.name} is not installed). "
            "Set BRENDER_URL to that farm's address, such as https://farm.studio.com."
        ) from error
    return LocalFarm()


def farm_at(url: str, token: str | None) -> Backend:
    """Return the farm at an address; nothing is asked of it yet. Raises ConfigError."""
    try:
        return _farm_at(read_farm_url(url.strip()), token.strip() or None if token else None)
    except ValueError as error:
        raise ConfigError(f"{url!r} is no farm's address: {error}") from error


@lru_cache(maxsize=8)
def _farm_at(url: str, token: str | None) -> Backend:
    """Return one and the same farm for all calls, since it keeps connections open."""
    from brender_farm.client.remote import RemoteFarm

    return RemoteFarm.at(url, token)
