"""What a node says of its machine."""

from __future__ import annotations

import time
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from brender_farm import wire
from workers.cards import CardFigures, CardWatch, figures_of
from workers.stats import Gauges, hottest_of, rates_between

Counters = namedtuple("Counters", "bytes_recv bytes_sent")
Reading = namedtuple("Reading", "current")


def sensors(**chips: tuple[float | None, ...]) -> dict[str, list[Any]]:
    return {chip: [Reading(value) for value in values] for chip, values in chips.items()}


def test_a_machine_has_figures_that_can_be_sent(tmp_path: Path) -> None:
    gauges = Gauges(tmp_path)
    gauges.read()
    sample = gauges.read()
    assert wire.read(wire.MachineSample, wire.write(sample)) == sample
    assert sample.cpu_pct is not None
    assert 0 < (sample.memory_used_bytes or 0) < (sample.memory_total_bytes or 0)
    assert 0 < (sample.disk_free_bytes or 0) <= (sample.disk_total_bytes or 0)


def test_a_folder_that_is_gone_has_no_disk(tmp_path: Path) -> None:
    assert Gauges(tmp_path / "gone").read().disk_free_bytes is None


def test_what_the_cards_say_is_part_of_the_figures(tmp_path: Path) -> None:
    cards = CardFigures(busy_pct=98.0, memory_used_bytes=5, memory_total_bytes=10)
    sample = Gauges(tmp_path, lambda: cards).read()
    assert (sample.gpu_pct, sample.gpu_memory_used_bytes) == (98.0, 5)
    assert sample.gpu_temperature_c is None


def test_a_reading_costs_less_than_two_milliseconds(tmp_path: Path) -> None:
    gauges = Gauges(tmp_path)
    gauges.read()
    took = []
    for _ in range(20):
        began = time.perf_counter()
        gauges.read()
        took.append(time.perf_counter() - began)
    assert sorted(took)[10] < 0.002


def test_the_networks_rate_is_bytes_a_second_without_the_loopback() -> None:
    old = {"eth0": Counters(1000, 0), "lo": Counters(0, 0), "veth12": Counters(0, 0)}
    new = {"eth0": Counters(5000, 200), "lo": Counters(9**9, 9**9), "veth12": Counters(9, 9)}
    assert rates_between(old, new, 2.0) == (2000.0, 100.0)


def test_an_interface_that_came_or_began_anew_brings_nothing() -> None:
    old = {"eth0": Counters(1000, 1000)}
    assert rates_between(old, {"eth0": Counters(10, 10), "eth1": Counters(9, 9)}, 1.0) == (0, 0)


@pytest.mark.parametrize(
    ("found", "hottest"),
    [
        pytest.param(sensors(coretemp=(41.0, 63.0, 52.0), nvme=(80.0,)), 63.0, id="Intel"),
        pytest.param(sensors(k10temp=(55.5,), acpitz=(90.0,)), 55.5, id="AMD before ACPI"),
        pytest.param(sensors(cpu_thermal=(48.0,)), 48.0, id="ARM"),
        pytest.param(sensors(acpitz=(27.8,)), 27.8, id="ACPI alone"),
        pytest.param(sensors(nvme=(40.0,), amdgpu=(50.0,)), None, id="none of a processor"),
        pytest.param(sensors(coretemp=(None, -128.0, 255.0)), None, id="broken"),
        pytest.param({}, None, id="no sensor"),
    ],
)
def test_the_temperature_is_that_of_the_processors_hottest_sensor(
    found: dict[str, list[Any]], hottest: float | None
) -> None:
    assert hottest_of(found) == hottest


class Library:
    """The few calls of NVIDIA's library, for a machine with a card that knows not everything."""

    def nvmlDeviceGetUtilizationRates(self, card: int) -> Any:
        return SimpleNamespace(gpu=(12, 97)[card])

    def nvmlDeviceGetMemoryInfo(self, card: int) -> Any:
        return SimpleNamespace(used=(1, 2)[card], total=10)

    def nvmlDeviceGetTemperature(self, card: int, _sensor: int) -> int:
        if card == 0:
            raise RuntimeError("Not Supported")
        return 71


def test_several_cards_are_the_busiest_the_hottest_and_all_their_memory() -> None:
    assert figures_of(Library(), [0, 1]) == CardFigures(
        busy_pct=97.0, memory_used_bytes=3, memory_total_bytes=20, temperature_c=71.0
    )


def test_a_machine_without_cards_has_no_figures_of_them() -> None:
    watch = CardWatch()
    watch.start()
    watch.stop()
    watch.join(10)
    assert not watch.is_alive()
    assert watch.figures() == CardFigures()
