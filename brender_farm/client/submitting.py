"""The module-level functions: the farm that BRENDER_URL names, or else that of this machine."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from brender_farm.client.connection import farm_at
from brender_farm.client.farm import Farm
from brender_farm.config import load_address
from brender_farm.errors import ConfigError

_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")


def connect(url: str | None = None, token: str | None = None) -> Farm:
    """Return the farm at an address, after asking whether it lets this person in.

    `url` is its dashboard's, such as "https://farm.studio.com"; left out, they are those of
    BRENDER_URL and BRENDER_TOKEN. A token is made on the account's page, or by brender tokens add.

    Raises ConfigError for what is no address, FarmUnreachable, SignInNeeded and NotAllowed.
    """
    address = load_address()
    if url is None and address.url is None:
        raise ConfigError(
            "It was not said where the farm is. Give its address, or set BRENDER_URL."
        )
    if token is None and (url is None or address.url in (None, url.strip().rstrip("/"))):
        token = address.token  # it is no other farm's business
    farm = Farm(farm_at(url or address.url or "", token))
    farm.shots(limit=1)
    return farm


def _on_this_farm(
    method: Callable[Concatenate[Farm, _Given], _Answer],
) -> Callable[_Given, _Answer]:
    """Return a method of a farm as a function of the farm that this process works with."""

    @wraps(method)
    def call(*args: _Given.args, **kwargs: _Given.kwargs) -> _Answer:
        return method(Farm(), *args, **kwargs)

    signature = inspect.signature(method)
    arguments = [each for name, each in signature.parameters.items() if name != "self"]
    call.__signature__ = signature.replace(parameters=arguments)  # type: ignore[attr-defined]
    call.__qualname__ = method.__name__
    call.__module__ = __name__
    return call


submit_shot = _on_this_farm(Farm.submit_shot)
get_shot = _on_this_farm(Farm.get_shot)
