from __future__ import annotations

import pytest

from brender_farm.domain.hook_addresses import read_hook_url, refusal
from brender_farm.errors import Fault


@pytest.mark.parametrize(
    "text",
    [
        "https://hooks.studio.com/renders",
        "http://tracker:8080",
        "http://[fd12::1]:81/a?b=c",
        " https://x ",
    ],
)
def test_a_web_address_is_kept(text):
    assert read_hook_url(text) == text.strip()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no web address"),
        ("hooks.studio.com", "no web address"),
        ("https://", "no web address"),
        ("https://a b", "no web address"),
        ("https://a:99999/", "no web address"),
        ("https://x/\n", ""),
        ("https://" + "x" * 1000, "no web address"),
        ("ftp://x/", "not allowed"),
        ("https://mira:pw@x/", "password"),
        ("https://x/#part", "never sent"),
    ],
)
def test_what_is_no_address_is_refused_with_what_to_write(text, words):
    read = read_hook_url(text)
    if not words:
        assert read == text.strip()
        return
    assert isinstance(read, Fault)
    assert words in read.message
    assert read.remedy


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "fe80::1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "100.100.100.200",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "nonsense",
    ],
)
def test_addresses_that_lead_to_no_receiver_are_refused_whatever_is_allowed(address):
    assert refusal(address, allow_own=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_the_farms_own_machine_is_refused_unless_allowed(address):
    assert refusal(address, allow_own=True) == ""
    assert "the farm's own machine" in refusal(address, allow_own=False)


@pytest.mark.parametrize("address", ["10.0.0.5", "192.168.1.1", "172.16.0.1", "fd12::1", "8.8.8.8"])
def test_private_networks_are_where_a_studios_servers_are(address):
    assert refusal(address, allow_own=False) == ""
