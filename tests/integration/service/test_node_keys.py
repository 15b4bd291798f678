"""Keys of nodes: what is made, shown and revoked, and what the broker has of it."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from brender_farm.broker.acl import user_name, users_of_nodes
from brender_farm.broker.board import BEAT, HEARTBEATS
from brender_farm.broker.keyring import Keyring
from brender_farm.broker.link import answers, connect
from brender_farm.db.core import create_core_app, db, reading
from brender_farm.errors import NotFound, RequestRefused
from brender_farm.service import node_keys
from brender_farm.service.broker_users import UserSync
from brender_farm.service.events import list_events
from brender_farm.service.farm_settings import change_setting
from brender_farm.service.keys import load_keys
from brender_farm.service.shapes.events import EventFilter

WATCHMAN = "watchman"


@pytest.fixture
def client(broker_url):
    with connect(broker_url) as client:
        yield client
        for user in client.acl_users():
            if user != "default":
                client.acl_deluser(user)


@contextlib.contextmanager
def core(settings, broker_url):
    """Work with a farm whose broker is there."""
    with create_core_app(replace(settings, broker_url=broker_url)).app_context():
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def farm(settings, broker_url, client):
    with core(settings, broker_url):
        yield


def give(name="atlas", **more):
    return node_keys.give_node_key(name, actor="mira", **more)


def keys() -> Keyring:
    ring = Keyring()
    with reading() as session:
        load_keys(session, ring)
    return ring


def test_a_node_gets_a_user_of_its_own_and_a_key(farm, client):
    access = give(host="farm.studio")
    assert (access.is_new, access.trouble, access.is_reachable) == (True, "", True)
    assert urlsplit(access.broker_url).hostname == "farm.studio"
    assert answers(access.broker_url.replace("farm.studio", "127.0.0.1"))
    assert users_of_nodes(client) == {"atlas"}
    assert keys().names == ("atlas",)


def test_shown_anew_it_is_the_same(farm):
    first, second = give(), give()
    assert replace(first, is_new=False) == second


def test_two_nodes_share_nothing(farm):
    one, other = give("atlas"), give("boreas")
    assert one.node_key != other.node_key
    assert urlsplit(one.broker_url).password != urlsplit(other.broker_url).password


def test_revoked_it_is_gone_at_once_and_a_new_one_is_another(farm, client):
    before = give(host="127.0.0.1")
    client.set(f"{BEAT}atlas", "x")
    row, trouble = node_keys.revoke_node_key("atlas", actor="omar")
    assert (row.name, trouble) == ("atlas", "")
    assert row.revoked_at is not None
    assert not answers(before.broker_url)
    assert client.get(f"{BEAT}atlas") is None
    assert keys().names == ()
    after = give(host="127.0.0.1")
    assert after.is_new
    assert after.node_key != before.node_key
    assert answers(after.broker_url)


def test_who_did_it_is_an_event(farm):
    give()
    node_keys.revoke_node_key("atlas", actor="omar")
    told = [(line.event.actor, line.event.reason) for line in list_events(EventFilter()).lines]
    assert told == [
        ("omar", "The key of node atlas was revoked."),
        ("mira", "Node atlas was given a key."),
    ]


def test_what_a_node_said_without_its_key_is_taken_away(farm, client):
    client.hset(HEARTBEATS, "atlas", "x")
    give()
    assert not client.hexists(HEARTBEATS, "atlas")


def test_the_list_shows_no_secret(farm):
    access = give()
    assert [row.name for row in node_keys.list_node_keys()] == ["atlas"]
    assert access.node_key not in str(node_keys.list_node_keys())


@pytest.mark.parametrize("name", ["", "a b", "-x", "a" * 64, "*", "at~las", "node@x", "é"])
def test_a_name_that_no_node_can_have_is_refused(farm, name):
    with pytest.raises(RequestRefused, match="letters, digits"):
        give(name)


def test_a_key_that_there_is_not_cannot_be_revoked(farm):
    with pytest.raises(NotFound, match="node-token --list"):
        node_keys.revoke_node_key("nobody", actor="mira")


def test_a_broker_that_lost_its_users_gets_them_again(farm, client, broker_url):
    give("atlas")
    give("boreas")
    node_keys.revoke_node_key("boreas", actor="mira")
    client.acl_deluser(user_name("atlas"))
    client.acl_setuser(user_name("boreas"), enabled=True, nopass=True)
    client.acl_setuser(user_name("strangers"), enabled=True, nopass=True)
    UserSync(client, broker_url).look()
    assert users_of_nodes(client) == {"atlas", "strangers"}  # whose it is, nobody knows
    assert answers(give(host="127.0.0.1").broker_url)


def test_where_the_farm_may_not_make_users_it_says_what_somebody_must(settings, client, broker_url):
    client.acl_setuser(
        WATCHMAN,
        enabled=True,
        nopass=True,
        keys=["*"],
        channels=["*"],
        categories=["+@all"],
        commands=["-acl"],
    )
    url = broker_url.replace("://", f"://{WATCHMAN}:x@")
    with core(settings, url):
        access = give()
        assert "may not change users" in access.trouble
        client.execute_command("ACL SETUSER", user_name("atlas"), *access.rules)
        assert answers(give(host="127.0.0.1").broker_url)
        _, trouble = node_keys.revoke_node_key("atlas", actor="mira")
        assert "may not change users" in trouble


def test_without_a_broker_the_key_is_made_and_the_scheduler_makes_the_user(
    settings, broker_url, client
):
    with core(settings, "redis://127.0.0.1:1/0"):
        access = give()
        assert access.trouble
        assert access.rules == ()
        UserSync(client, broker_url).look()
        assert users_of_nodes(client) == {"atlas"}


def test_keys_can_be_required_of_all(farm):
    assert keys()._required is False
    change_setting("require_node_keys", "yes", actor="mira")
    assert keys()._required is True
