"""`brender node-token`: the lines for a node's machine, and nothing else on standard output."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from brender_farm.cli import cli
from brender_farm.config import load_settings, use_env_file
from brender_farm.errors import ConfigError


def run(*words: str):
    return CliRunner().invoke(cli, words)


def test_it_prints_the_settings_of_the_nodes_machine(here, tmp_path, monkeypatch):
    result = run("node-token", "atlas", "--host", "farm.studio")
    names = [line.partition("=")[0] for line in result.stdout.splitlines()]
    assert names == [
        *("BRENDER_NODE_NAME", "BRENDER_BROKER_URL", "BRENDER_NODE_KEY", "BRENDER_ROOTS"),
    ]
    assert "brender worker --env atlas.env" in result.stderr
    path = tmp_path / "atlas.env"
    path.write_text(result.stdout)
    for name in names:
        monkeypatch.setenv(name, "")  # what the file sets goes with the test
    use_env_file(path)
    found = load_settings()
    assert (found.node_name, len(found.node_key or "")) == ("atlas", 64)
    assert (found.broker_url or "").startswith("redis://node-atlas:")


def test_a_broker_that_is_away_or_on_loopback_is_told(here):
    result = run("node-token", "atlas")
    assert result.exit_code == 0
    assert "The scheduler makes the node's user once it can." in result.stderr
    assert "listens on this machine only" in result.stderr


def test_keys_are_listed_and_revoked(here):
    run("node-token", "atlas")
    run("node-token", "atlas", "--revoke")
    rows = json.loads(run("node-token", "--list", "--json").stdout)
    assert [(row["name"], row["made_by"]) for row in rows] == [("atlas", "mira")]
    assert rows[0]["revoked_at"]
    assert "revoked" in run("node-token", "--list").stdout


def test_json_has_the_same(here):
    told = json.loads(run("node-token", "atlas", "--json").stdout)
    assert told["environment"]["BRENDER_NODE_NAME"] == "atlas"
    assert told["is_new"] is True


@pytest.mark.parametrize("words", [(), ("atlas", "--list"), ("atlas", "--revoke", "--host", "x")])
def test_what_makes_no_sense_is_refused(here, words):
    assert run("node-token", *words).exit_code == 2


@pytest.mark.parametrize(
    "line", ["PATH=/tmp", "BRENDER_SLOTS", "rm -rf /", "BRENDER_A=b c", "BRENDER_A='b"]
)
def test_a_file_with_other_lines_is_refused_without_repeating_them(tmp_path, line):
    path = tmp_path / "x.env"
    path.write_text(f"# a comment\n\n{line}\n")
    with pytest.raises(ConfigError) as refused:
        use_env_file(path)
    assert line not in str(refused.value)
