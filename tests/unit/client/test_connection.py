"""Where a script finds its farm, and how its paths get there."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import brender_farm
from brender_farm.client import Farm, ShotHandle, this_farm
from brender_farm.client.connection import farm_at
from brender_farm.client.paths import sent_path
from brender_farm.config import load_address
from brender_farm.errors import ConfigError, FarmError


def test_the_environment_says_which_farm(here, monkeypatch):
    assert not this_farm().is_remote
    assert this_farm().url == "http://localhost:8888"
    monkeypatch.setenv("BRENDER_URL", "https://farm.studio.com/")
    monkeypatch.setenv("BRENDER_TOKEN", " brd_abc ")
    farm = this_farm()
    assert (farm.is_remote, farm.url) == (True, "https://farm.studio.com")
    assert this_farm() is farm
    assert "brd_abc" not in repr(farm) + repr(Farm()) + repr(load_address())


def test_handles_to_one_shot_of_one_farm_are_equal(here):
    one, other = (farm_at(f"https://{name}.studio.com", "brd_x") for name in ("a", "b"))
    assert ShotHandle(7) == ShotHandle(7)
    assert ShotHandle(7, backend=one) == ShotHandle(7, backend=one)
    assert ShotHandle(7, backend=one) != ShotHandle(7, backend=other)
    assert ShotHandle(7, backend=one) != ShotHandle(7)


@pytest.mark.parametrize(
    "address",
    [
        "farm.studio.com",
        "ftp://farm",
        "https://",
        "https://a b",
        "https://me:pw@farm",
        "https://f?x",
    ],
)
def test_what_is_no_address_is_said_so(address):
    with pytest.raises(ConfigError, match=r"looks like https://farm\.studio\.com"):
        farm_at(address, None)
    with pytest.raises(ConfigError, match="BRENDER_URL"):
        load_address({"BRENDER_URL": address})


def test_an_address_may_have_a_port_and_a_folder():
    assert load_address({"BRENDER_URL": "http://[::1]:8888/farm/"}).url == "http://[::1]:8888/farm"
    assert load_address({"BRENDER_URL": " "}).url is None


@pytest.mark.parametrize("token", ["brd_é", "brd_\x7f", "a\nb"])
def test_what_can_be_no_token_is_not_sent(token):
    with pytest.raises(FarmError, match="Copy it anew"):
        farm_at("https://farm.studio.com", token)


def test_a_path_is_sent_in_full_where_the_file_is_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.blend").touch()
    assert sent_path("a.blend", is_remote=True) == str(tmp_path / "a.blend")
    assert sent_path("out", is_remote=True, beside="a.blend") == str(tmp_path / "out")
    assert sent_path("b.blend", is_remote=True) == "b.blend"
    assert sent_path("out", is_remote=True, beside="b.blend") == "out"
    assert sent_path(r"L:\lantern\a.blend", is_remote=True) == r"L:\lantern\a.blend"
    assert sent_path("b.blend", is_remote=False) == str(tmp_path / "b.blend")
    assert sent_path("~/x.blend", is_remote=False) == str(Path("~/x.blend").expanduser())


def test_the_functions_are_a_farms_methods_with_the_same_arguments():
    of_module = inspect.signature(brender_farm.submit_shot)
    of_farm = inspect.signature(Farm.submit_shot)
    assert list(of_module.parameters) == [name for name in of_farm.parameters if name != "self"]
    assert brender_farm.submit_shot.__doc__ == Farm.submit_shot.__doc__


def test_all_public_names_are_there_and_documented():
    for name in brender_farm.__all__:
        found = getattr(brender_farm, name)
        assert found.__doc__
    for kind in (Farm, ShotHandle, brender_farm.Progress):
        for name, member in vars(kind).items():
            if not name.startswith("_") and (callable(member) or isinstance(member, property)):
                assert inspect.getdoc(member), f"{kind.__name__}.{name}"
