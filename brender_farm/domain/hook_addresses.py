"""Where webhooks may be sent: web addresses, and no machine that only the farm's own can reach.

Private networks are allowed, because that is where a studio's servers are. Addresses by which a
cloud's machines learn their own passwords are not, nor is the farm's own machine, unless the farm
itself is open to nobody else.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

from brender_farm.errors import Fault

MOST_SIGNS = 1000
_METADATA = (
    ipaddress.ip_network("169.254.0.0/16"),  # most clouds
    ipaddress.ip_network("fe80::/10"),
    ipaddress.ip_network("fd00:ec2::/32"),  # Amazon, IPv6
    ipaddress.ip_network("100.100.100.200/32"),  # Alibaba
    ipaddress.ip_network("168.63.129.16/32"),  # Azure
    ipaddress.ip_network("192.0.0.192/32"),  # Oracle
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def read_hook_url(text: str) -> str | Fault:
    """Return a webhook's address as it is kept, or what is wrong with it."""
    url = text.strip()
    example = "Write one such as https://hooks.studio.com/renders"
    if not url or len(url) > MOST_SIGNS or not url.isprintable() or " " in url:
        return _fault("This is no web address.", example)
    parts = _split(url)
    if parts is None or not parts.hostname:
        return _fault("This is no web address.", example)
    if parts.scheme not in ("http", "https"):
        return _fault(f"{parts.scheme[:20]}:// is not allowed.", "Use http:// or https://.")
    if parts.username is not None:
        return _fault("The address holds a password.", "Leave it out: the signature proves enough.")
    if parts.fragment:
        return _fault("What stands after # is never sent.", "Leave it out.")
    return url


def refusal(address: str, *, allow_own: bool) -> str:
    """Return why nothing is sent to this IP address; empty: it may be."""
    try:
        ip = _plain(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return f"{address} is no address."
    if any(ip in network for network in _METADATA if network.version == ip.version):
        return f"{ip} is an address of this network's own services: nothing is sent there."
    if ip.is_unspecified or ip.is_multicast or ip == ipaddress.ip_address("255.255.255.255"):
        return f"{ip} is no machine's address."
    if ip.is_loopback and not allow_own:
        return (
            f"{ip} is the farm's own machine: nothing is sent there while the dashboard listens to "
            "others (BRENDER_HOST)."
        )
    return ""


def _plain(ip: Address) -> Address:
    """Return the IPv4 address that is inside an IPv6 one, if it leads there."""
    if not isinstance(ip, ipaddress.IPv6Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname
    except ValueError:
        return None
    return parts if parts.port != 0 else None


def _fault(message: str, remedy: str) -> Fault:
    return Fault(field="url", message=message, remedy=remedy)
