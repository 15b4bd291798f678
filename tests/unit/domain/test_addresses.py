from __future__ import annotations

import pytest

from brender_farm.domain.addresses import SERVICES, masked, refused_argument, without_secrets


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (
            "mailtos://me:passw0rd@smtp.studio.com?to=mira@studio.com",
            "mailtos://smtp.studio.com to m…@studio.com",
        ),
        ("mailto://mira:passw0rd@gmail.com", "mailto://gmail.com to m…@gmail.com"),
        ("mailto://127.0.0.1:2525?from=a@b.de&to=x@y.de", "mailto://127.0.0.1:2525 to x…@y.de"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlaz", "slack://…"),
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BR", "https://…"),
        (
            "jsons://user:pw@hooks.studio.com:8443/s3cret?+X-Key=abc",
            "jsons://hooks.studio.com:8443/…",
        ),
        ("ntfy://my-secret-topic", "ntfy://…"),
        ("ntfys://ntfy.studio.com/topic", "ntfys://ntfy.studio.com/…"),
        ("json://[::1", "json://…"),
    ],
)
def test_an_address_is_shown_without_its_secrets(address, shown):
    assert masked(address) == shown


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)
def test_no_example_keeps_its_password_or_token_when_masked(service):
    shown = masked(service.example)
    for word in ("password", "token", "user", "signature", "a1b2c3"):
        assert word not in shown.partition("://")[2]


def test_a_text_that_quotes_an_address_loses_it():
    address = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajk%2Fdnlaz"
    text = "Cannot reach /services/T1JJ3T3L2/A1BRTD4JD/TIiajk%2Fdnlaz at hooks.slack.com."
    assert without_secrets(text, address) == "Cannot reach /services/…/…/… at hooks.slack.com."
    mail = "mailtos://me:passw0rd@smtp.studio.com?to=mira@studio.com"
    said = "smtp.studio.com: 535 passw0rd is wrong"
    assert without_secrets(said, mail) == "smtp.studio.com: 535 … is wrong"


@pytest.mark.parametrize(
    "address",
    [
        "slack://a/b/c?template=/etc/passwd",
        "mailto://u:p@gmail.com?to=a@b.de&PGPPUB=/home/mira/.ssh/id",
        "form://host?attach-as=x",
        "json://host?retry=99",
    ],
)
def test_what_reads_files_or_waits_is_refused(address):
    assert refused_argument(address)
