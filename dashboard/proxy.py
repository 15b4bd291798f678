"""What a proxy in front says of a request: believed from the proxies that are named, else not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

Wsgi = Callable[..., Iterable[bytes]]


class NamedProxy:
    """Takes address, scheme and host from a named proxy's headers; nobody else's are heard.

    The headers of a stranger stay to be seen: what was forwarded does not come from this machine.
    """

    def __init__(self, app: Wsgi, networks: tuple[IPv4Network | IPv6Network, ...]) -> None:
        self._plain = app
        self._behind = ProxyFix(app, x_for=1, x_proto=1, x_host=1, x_port=1)
        self._networks = networks

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        app = self._behind if self._is_named(environ.get("REMOTE_ADDR", "")) else self._plain
        return app(environ, start_response)

    def _is_named(self, text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        return any(address in network for network in self._networks)
