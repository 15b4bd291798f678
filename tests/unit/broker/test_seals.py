"""A seal says whose a message is, which, and for which start of the node."""

from __future__ import annotations

import pytest

from brender_farm.broker.seals import (
    ORDER,
    REPORT,
    Seal,
    broker_password,
    new_secret,
    signing_key,
)
from brender_farm.errors import MessageRefused

SECRET = new_secret()
SEAL = Seal("atlas", signing_key(SECRET))


def changed(sealed, **fields):
    return type(sealed)(
        **{name: getattr(sealed, name) for name in sealed.__struct_fields__} | fields
    )


def test_what_was_sealed_is_opened_again():
    assert SEAL.open(ORDER, SEAL.close(ORDER, "boot", '{"é": 1}')) == '{"é": 1}'


def test_neither_of_the_two_secrets_tells_the_other():
    assert len({SECRET, broker_password(SECRET), signing_key(SECRET)}) == 3


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"text": "{} "}, id="another text"),
        pytest.param({"boot": "later"}, id="another start"),
        pytest.param({"node": "boreas"}, id="another node"),
        pytest.param({"mac": "0" * 64}, id="another seal"),
    ],
)
def test_a_changed_message_is_refused(change):
    with pytest.raises(MessageRefused):
        SEAL.open(ORDER, changed(SEAL.close(ORDER, "boot", "{}"), **change))


def test_a_report_is_no_order():
    with pytest.raises(MessageRefused):
        SEAL.open(ORDER, SEAL.close(REPORT, "boot", "{}"))


def test_another_farms_seal_of_a_node_of_this_name_is_refused():
    other = Seal("atlas", signing_key(new_secret()))
    with pytest.raises(MessageRefused, match="atlas"):
        SEAL.open(ORDER, other.close(ORDER, "boot", "{}"))
