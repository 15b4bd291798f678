from __future__ import annotations

import os
from pathlib import Path

import pytest

from brender_farm.config import load_settings
from brender_farm.errors import ConfigError


def test_a_farm_needs_no_setting_at_all():
    found = load_settings({})
    home = Path("~").expanduser().resolve()
    assert found.data_dir == home / ".brender"
    assert found.broker_url is None
    assert found.database_url == f"sqlite:///{home}/.brender/farm.db"
    assert (found.host, found.port, found.flower_port) == ("127.0.0.1", 8888, 5555)
    assert found.slots == 1
    assert found.blender is None
    assert found.roots == (home, home / ".brender")
    assert found.warm is True
    assert found.url == "http://localhost:8888"
    assert found.flower_url == "http://localhost:8888/flower/"


@pytest.mark.parametrize("name", ["BRENDER_PORT", "BRENDER_BROKER_URL", "BRENDER_ROOTS"])
@pytest.mark.parametrize("blank", ["", "   "])
def test_an_empty_value_is_the_default(name, blank):
    assert load_settings({name: blank}) == load_settings({})


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("BRENDER_BROKER_URL", "redis://:pw@host:6379/0", "broker_url", "redis://:pw@host:6379/0"),
        ("BRENDER_BROKER_URL", "rediss://host/1", "broker_url", "rediss://host/1"),
        ("BRENDER_BROKER_URL", "unix:///run/redis.sock", "broker_url", "unix:///run/redis.sock"),
        ("BRENDER_DATABASE_URL", "sqlite:////x/f.db", "database_url", "sqlite:////x/f.db"),
        (
            "BRENDER_DATABASE_URL",
            "postgresql://me:pw@host/farm",
            "database_url",
            "postgresql+psycopg://me:pw@host/farm",
        ),
        (
            "BRENDER_DATABASE_URL",
            "postgresql+psycopg://host/farm",
            "database_url",
            "postgresql+psycopg://host/farm",
        ),
        ("BRENDER_HOST", "0.0.0.0", "host", "0.0.0.0"),
        ("BRENDER_PORT", "1", "port", 1),
        ("BRENDER_PORT", " 65535 ", "port", 65535),
        ("BRENDER_FLOWER_PORT", "5556", "flower_port", 5556),
        ("BRENDER_NODE_NAME", "Node-01_b", "node_name", "Node-01_b"),
        ("BRENDER_NODE_NAME", "n" * 63, "node_name", "n" * 63),
        ("BRENDER_SLOTS", "64", "slots", 64),
        ("BRENDER_BLENDER", "bpy", "blender", "bpy"),
        ("BRENDER_BLENDER", "/opt/blender/blender", "blender", "/opt/blender/blender"),
        ("BRENDER_GRACE_S", "0", "grace_s", 0.0),
        ("BRENDER_GRACE_S", "2.5", "grace_s", 2.5),
        ("BRENDER_MEMORY_FLOOR_PCT", "12.5", "memory_floor_pct", 12.5),
        ("BRENDER_TAGS", "GPU, big,gpu", "tags", ("gpu", "big")),
        ("BRENDER_WARM", "no", "warm", False),
        ("BRENDER_WARM", "OFF", "warm", False),
        ("BRENDER_WARM", "1", "warm", True),
    ],
)
def test_a_good_value_is_taken(name, text, field, value):
    assert getattr(load_settings({name: text}), field) == value


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("BRENDER_BROKER_URL", "localhost:6379", "looks like redis://:password@host:6379/0"),
        ("BRENDER_BROKER_URL", "amqp://host", "looks like redis://"),
        ("BRENDER_DATABASE_URL", "mysql://host/farm", "looks like postgresql://"),
        ("BRENDER_DATABASE_URL", "farm.db", "or sqlite:////path/to/farm.db"),
        ("BRENDER_PORT", "0", "a number from 1 to 65535"),
        ("BRENDER_PORT", "65536", "a number from 1 to 65535"),
        ("BRENDER_PORT", "http", "a number from 1 to 65535"),
        ("BRENDER_PORT", "-1", "a number from 1 to 65535"),
        ("BRENDER_FLOWER_PORT", "5.5", "a number from 1 to 65535"),
        ("BRENDER_NODE_NAME", "render 1", "1 to 63 letters, digits, - and _"),
        ("BRENDER_NODE_NAME", "-node", "beginning with a letter or digit"),
        ("BRENDER_NODE_NAME", "n" * 64, "1 to 63 letters"),
        ("BRENDER_NODE_NAME", "node\n", None),
        ("BRENDER_SLOTS", "0", "from 1 to 64"),
        ("BRENDER_SLOTS", "65", "from 1 to 64"),
        ("BRENDER_SLOTS", "two", "from 1 to 64"),
        ("BRENDER_ROOTS", "shows", "'shows' is not an absolute path"),
        ("BRENDER_ROOTS", "/a" + os.pathsep + "b", "'b' is not an absolute path"),
        ("BRENDER_ROOTS", os.pathsep, "names no folder"),
        ("BRENDER_ROOTS", "~no-such-user-here/x", "ould not determine home directory"),
        ("BRENDER_DATA_DIR", "~no-such-user-here/x", "ould not determine home directory"),
        ("BRENDER_GRACE_S", "-1", "number of seconds from 0 to 86400"),
        ("BRENDER_GRACE_S", "nan", "number of seconds from 0 to 86400"),
        ("BRENDER_MEMORY_FLOOR_PCT", "half", "a percentage from 0 to 90"),
        ("BRENDER_MEMORY_FLOOR_PCT", "91", "a percentage from 0 to 90"),
        ("BRENDER_TAGS", "gpu, not this", "'not this' is no tag"),
        ("BRENDER_WARM", "perhaps", "answer yes or no"),
    ],
)
def test_a_wrong_value_is_explained_with_its_name(name, text, words):
    if words is None:  # blanks around a value are not part of it
        assert load_settings({name: text}).node_name == text.strip()
        return
    with pytest.raises(ConfigError) as refusal:
        load_settings({name: text})
    message = str(refusal.value)
    assert message.startswith(f"{name} is {text!r}: ")
    assert words in message
    assert message.endswith("See .env.example.")


def test_a_file_is_no_data_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"BRENDER_DATA_DIR is .*: this is not a folder"):
        load_settings({"BRENDER_DATA_DIR": str(tmp_path / "file")})


def test_the_data_folder_holds_database_and_all_else(tmp_path):
    found = load_settings({"BRENDER_DATA_DIR": str(tmp_path / "farm"), "BRENDER_NODE_NAME": "n1"})
    assert found.database_url == f"sqlite:///{tmp_path}/farm/farm.db"
    assert found.data_dir in found.roots
    assert found.node_dir == tmp_path / "farm" / "nodes" / "n1"
    assert found.broker_dir == tmp_path / "farm" / "broker"
    assert found.log_dir == tmp_path / "farm" / "logs"


def test_a_relative_data_folder_is_taken_from_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings({"BRENDER_DATA_DIR": "farm"}).data_dir == tmp_path / "farm"


def test_roots_are_resolved_and_named_once(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    text = os.pathsep.join([f"{tmp_path}/link", f"{tmp_path}/real", f" {tmp_path}/other/.. "])
    with_blanks = load_settings({"BRENDER_ROOTS": text.replace(" ", "")})
    assert with_blanks.roots == (tmp_path / "real", tmp_path)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("farm.studio.example.org", "farm"),
        ("österreich", "sterreich"),
        ("_", "node"),
        ("a" * 80, "a" * 63),
        ("my host", "my-host"),
    ],
)
def test_a_node_is_named_after_its_machine(monkeypatch, host, name):
    monkeypatch.setattr("socket.gethostname", lambda: host)
    assert load_settings({}).node_name == name


def test_a_dashboard_elsewhere_has_its_hosts_address():
    found = load_settings({"BRENDER_HOST": "farm.example.org", "BRENDER_PORT": "80"})
    assert found.url == "http://farm.example.org:80"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://Farm.studio.com", "https://farm.studio.com"),
        ("http://farm:8888/", "http://farm:8888"),
        ("https://[fd12::1]:8443", "https://[fd12::1]:8443"),
    ],
)
def test_the_address_that_people_open_is_that_of_links_but_not_of_this_machine(text, url):
    found = load_settings({"BRENDER_PUBLIC_URL": text})
    assert (found.url, found.flower_url) == (url, f"{url}/flower/")
    assert found.local_url == "http://localhost:8888"


@pytest.mark.parametrize(
    "text",
    [
        "farm",
        "ftp://farm",
        "https://farm/render",
        "https://mira:pw@farm",
        "https://farm?x",
        "http://",
    ],
)
def test_what_is_no_address_of_a_dashboard_is_refused(text):
    with pytest.raises(ConfigError, match="without a path"):
        load_settings({"BRENDER_PUBLIC_URL": text})
