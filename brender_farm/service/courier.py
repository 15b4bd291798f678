"""Takes a message to an address over the network, with Apprise, and says truly how it went.

Apprise is imported with the first message only: it costs 35 MB and a fifth of a second.
"""

from __future__ import annotations

import logging
import re
import threading
from typing import TYPE_CHECKING, Any

from brender_farm.domain.addresses import (
    HIDDEN,
    SERVICES,
    masked,
    refused_argument,
    scheme_of,
    without_secrets,
)
from brender_farm.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apprise.logger import NotifyLogEntry

    from brender_farm.domain.news import Message

LIMIT_S = 10.0
"""A message that is not taken within so long counts as not delivered."""
_CONNECT_S = 4.0
_READ_S = 8.0
_LONGEST = 1000
_MOST_SIGNS = 300
_NATIVE = ("http", "https")
"""The web address that a chat shows for its webhook; Apprise knows it by its host."""
_TOLD = ("WARNING", "ERROR")
_SOCKET = "Socket Exception: "
"""So begins, at a lower level, the true cause of what could not be reached."""
_CAUSE = re.compile(
    r"Socket Exception: .*Caused by \w+\(\W*(?:\w+\([^)]*\): )?(.+?)\W*\Z", re.DOTALL
)
"""Of what urllib3 says only the innermost error."""

log = logging.getLogger(__name__)


def read_address(text: str) -> str | Fault:
    """Return the address as it is to be kept, or what is wrong with it."""
    address = text.strip()
    return _fault_of_words(address) or _fault_of_service(address) or address


def allowed() -> str:
    """Return the schemes that are allowed, with commas between them."""
    return ", ".join(SERVICES)


def deliver(address: str, message: Message, *, limit_s: float = LIMIT_S) -> str:
    """Send a message; return why it was not delivered, empty if it was. Takes `limit_s` at most.

    What is returned holds none of the address's secrets.
    """
    if _is_hanging(address):
        return "The last message to it is still being sent: its server neither takes nor ends it."
    sending = _Sending(address, message)
    _sent[address] = sending
    sending.start()
    sending.join(limit_s)
    if sending.is_alive():
        return f"{_name(address)} did not take it within {limit_s:g} s."
    _sent.pop(address, None)
    return sending.trouble


_sent: dict[str, _Sending] = {}
"""Messages on their way, by address. No thread can be ended: one that hangs is not added to."""


def _is_hanging(address: str) -> bool:
    before = _sent.get(address)
    return before is not None and before.is_alive()


class _Sending(threading.Thread):
    """One message on its way; what Apprise says meanwhile in this thread is kept."""

    def __init__(self, address: str, message: Message) -> None:
        super().__init__(name="sending", daemon=True)
        self._address = address
        self._message = message
        self.trouble = "It was not sent."

    def run(self) -> None:
        try:
            self.trouble = self._send()
        except Exception as error:  # noqa: BLE001 - a service's own code: whatever it raises
            # Not with its traceback, which would show the address.
            log.error("A message broke.", extra={"kind": type(error).__name__})  # noqa: TRY400
            self.trouble = f"Sending failed: {type(error).__name__}."

    def _send(self) -> str:
        plugin = _instantiate(self._address)
        if plugin is None:
            return "The address cannot be read any more. Enter it anew."
        import apprise

        kind = apprise.NotifyType
        box = apprise.Apprise(services=[plugin], asset=plugin.asset)
        result = box.notify(
            title=self._message.title,
            body=self._message.text,
            notify_type=kind.SUCCESS if self._message.is_good else kind.WARNING,
            body_format=apprise.NotifyFormat.TEXT,
            log_level=logging.DEBUG,
        )
        with result:
            if result:
                return ""
            words = without_secrets(_words(result.logs()), self._address)[:_MOST_SIGNS]
        return words or f"{_name(self._address)} refused it."


def _words(lines: Iterable[NotifyLogEntry]) -> str:
    """Return what a service said of a failure, each sentence once."""
    said = [
        _CAUSE.sub(r"\1", line.message).removeprefix(_SOCKET).strip()
        for line in lines
        if line.level in _TOLD or line.message.startswith(_SOCKET)
    ]
    return " ".join(dict.fromkeys(said))


def _instantiate(address: str) -> Any:
    """Return Apprise's object for an address; None for what it cannot read."""
    import apprise

    apprise.logger.setLevel(logging.DEBUG)  # a mail server's own words are told at this level
    apprise.logger.propagate = False  # what it says holds addresses
    asset = apprise.AppriseAsset(storage_mode=apprise.PersistentStoreMode.MEMORY)
    asset.app_id, asset.app_desc = "Brender", "Brender render farm"
    asset.async_mode = asset.http_redirects = False  # in this thread; a redirect leads elsewhere
    plugin = apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    if plugin is not None:
        plugin.socket_connect_timeout, plugin.socket_read_timeout = _CONNECT_S, _READ_S
    return plugin


def _fault_of_words(address: str) -> Fault | None:
    scheme = scheme_of(address)
    if not scheme or len(address) > _LONGEST or not address.isprintable():
        return _fault("This is no address.", f"Write one such as {_example('mailtos')}")
    if scheme not in SERVICES and scheme not in _NATIVE:
        return _fault(f"{scheme[:20]}:// is not allowed.", f"Allowed are {allowed()}.")
    if argument := refused_argument(address):
        return _fault(f"The argument {argument} is not allowed.", "Leave it out.")
    return None


def _fault_of_service(address: str) -> Fault | None:
    scheme, plugin = scheme_of(address), _instantiate(address)
    if plugin is None:
        known = scheme if scheme in SERVICES else "jsons"
        return _fault("The address is not complete, or misspelt.", f"Compare {_example(known)}")
    if not SERVICES.keys() & set(plugin.schemas()):
        return _fault("This service is not allowed.", f"Allowed are {allowed()}.")
    if scheme.startswith("mailto") and not plugin.targets:
        return _fault("The address names no reader.", f"Add one, as in {_example('mailtos')}")
    return None


def _name(address: str) -> str:
    service = SERVICES.get(scheme_of(address))
    return service.name if service is not None else masked(address).removesuffix(HIDDEN)


def _example(scheme: str) -> str:
    return SERVICES[scheme].example


def _fault(message: str, remedy: str) -> Fault:
    return Fault(field="address", message=message, remedy=remedy)
