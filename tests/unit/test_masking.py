from __future__ import annotations

import pytest

from brender_farm import masking
from brender_farm.masking import hide_password_of, mask


@pytest.fixture(autouse=True)
def _nothing_hidden(monkeypatch):
    monkeypatch.setattr(masking, "_hidden", set())


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("redis://:s3cret@farm:6379/0", "redis://:***@farm:6379/0"),
        ("at postgresql://user:p@ss@host/name now", "at postgresql://user:***@host/name now"),
        ("http://localhost:8888/shots?page=2", "http://localhost:8888/shots?page=2"),
        ("https://hooks/x?token=abc&to=me", "https://hooks/x?token=***&to=me"),
        ("2 files: a@b", "2 files: a@b"),
    ],
    ids=["broker", "@ in it", "a port", "a query", "no address"],
)
def test_passwords_in_addresses_are_masked(text, masked):
    assert mask(text) == masked


def test_a_password_that_is_known_is_masked_wherever_it_stands():
    hide_password_of("redis://:abc%2Fdef@farm:6379/0")
    assert mask("AUTH abc/def, or abc%2Fdef") == "AUTH ***, or ***"


def test_an_address_without_password_hides_nothing():
    hide_password_of("redis://farm:6379/0")
    hide_password_of("redis://:ab@farm")
    assert mask("farm ab 6379") == "farm ab 6379"
