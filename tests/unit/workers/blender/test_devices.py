"""The choice of a device, on Cycles' preferences as Blender has them: plain values and a list."""

from __future__ import annotations

import importlib
import sys
from types import SimpleNamespace

import pytest

from workers.blender import protocol


@pytest.fixture
def devices_of(monkeypatch):
    """Return the class as it is inside Blender, where its module's neighbours have other names."""
    monkeypatch.setitem(sys.modules, "brender_protocol", protocol)
    return importlib.import_module("workers.blender.devices").Devices


class Cycles:
    """Preferences of a machine with these cards; each way lists its cards and the CPU."""

    def __init__(self, *cards: tuple[str, str]) -> None:
        self.compute_device_type = "NONE"
        self.devices = [
            SimpleNamespace(id=f"{way}_{number}", name=name, type=way, use=way == "CPU")
            for number, (way, name) in enumerate([*cards, ("CPU", "AMD EPYC")])
        ]

    def get_devices_for_type(self, way: str) -> list[SimpleNamespace]:
        if way == "METAL":
            raise TypeError('enum "METAL" not found')
        return [device for device in self.devices if device.type in (way, "CPU")]

    def used(self) -> list[str]:
        return [device.id for device in self.devices if device.use]


def scene(engine: str = "CYCLES") -> SimpleNamespace:
    return SimpleNamespace(
        render=SimpleNamespace(engine=engine), cycles=SimpleNamespace(device="CPU")
    )


TWO_CARDS = (("CUDA", "L40"), ("CUDA", "L40"), ("OPTIX", "L40"), ("OPTIX", "L40"))


@pytest.mark.parametrize(
    ("cards", "names"),
    [
        ((), []),
        (TWO_CARDS, ["L40", "L40"]),
        ((("ONEAPI", "Arc A770"),), ["Arc A770"]),
        ((("HIP", "W7900"), ("CUDA", "L40")), ["L40"]),
    ],
    ids=["none", "a card with two ways counts once", "the last way", "the best way's only"],
)
def test_the_cards_are_named(devices_of, cards, names):
    assert devices_of(Cycles(*cards)).names() == names


def test_a_blender_without_cycles_has_no_cards(devices_of):
    assert devices_of(None).names() == []


def test_the_gpu_means_all_cards_of_the_best_way_and_not_the_cpu(devices_of):
    cycles, one, two = Cycles(*TWO_CARDS), scene(), scene()
    devices_of(cycles).choose("gpu", [one, two])
    assert cycles.compute_device_type == "OPTIX"
    assert cycles.used() == ["OPTIX_2", "OPTIX_3"]
    assert (one.cycles.device, two.cycles.device) == ("GPU", "GPU")


@pytest.mark.parametrize("wanted", ["", "cpu"])
def test_the_next_scene_finds_the_preferences_as_people_set_them(devices_of, wanted):
    cycles = Cycles(*TWO_CARDS)
    cycles.compute_device_type, cycles.devices[0].use = "CUDA", True
    devices, next_scene = devices_of(cycles), scene()
    before = cycles.used()
    next_scene.cycles.device = "GPU"
    devices.choose("gpu", [scene()])
    devices.choose(wanted, [next_scene])
    assert (cycles.compute_device_type, cycles.used()) == ("CUDA", before)
    assert next_scene.cycles.device == (wanted.upper() or "GPU")


def test_no_card_is_a_refusal_that_another_node_may_not_have(devices_of):
    with pytest.raises(protocol.Refusal, match="no GPU that Cycles can use") as refused:
        devices_of(Cycles()).choose("gpu", [scene()])
    assert not refused.value.permanent


def test_scenes_of_other_engines_are_left_alone(devices_of):
    cycles, other = Cycles(), scene("BLENDER_WORKBENCH")
    devices_of(cycles).choose("gpu", [other])
    assert other.cycles.device == "CPU"
