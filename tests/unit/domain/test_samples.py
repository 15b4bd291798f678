from __future__ import annotations

from datetime import UTC, datetime, timedelta

from brender_farm.domain.samples import LEVELS, Samples, kept_since, step_begin

START = datetime(2030, 1, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def fed(*told: tuple[float, dict[str, float | None]], node_id: int = 30) -> Samples:
    samples = Samples()
    for seconds, sample in told:
        samples.add(node_id, sample, 1, at(seconds))
    return samples


def test_a_step_that_is_over_has_the_means_of_what_was_told() -> None:
    samples = fed((0, {"cpu_pct": 10.0}), (28, {"cpu_pct": 30.0}), (30, {"cpu_pct": 99.0}))
    [means] = samples.take_due().means
    assert (means.node_id, means.at) == (30, at(0))
    assert means.values["cpu_pct"] == 20.0
    assert means.values["busy_slots"] == 1.0


def test_nothing_is_due_before_a_step_is_over() -> None:
    assert fed((0, {}), (29.9, {})).take_due().means == []


def test_what_is_due_is_told_once() -> None:
    samples = fed((0, {}), (31, {}))
    assert len(samples.take_due().means) == 1
    assert samples.take_due().means == []


def test_a_figure_that_nobody_told_has_no_mean_and_others_are_not_thinned_by_it() -> None:
    samples = fed((0, {"gpu_pct": None}), (2, {"gpu_pct": 50.0}), (30, {}))
    [means] = samples.take_due().means
    assert means.values["gpu_pct"] == 50.0
    assert means.values["temperature_c"] is None


def test_bytes_stay_whole() -> None:
    samples = fed((0, {"memory_used_bytes": 1}), (2, {"memory_used_bytes": 2}), (30, {}))
    [means] = samples.take_due().means
    assert isinstance(means.values["memory_used_bytes"], int)


def test_each_nodes_steps_begin_at_a_moment_of_its_own() -> None:
    begins = {step_begin(START, 30, node_id) for node_id in range(30)}
    assert len(begins) == 30
    assert all(START - timedelta(seconds=30) < begin <= START for begin in begins)


def test_longer_steps_end_together_with_shorter_ones() -> None:
    for node_id in (1, 17, 29):
        begin = step_begin(at(5000), 1800, node_id)
        assert step_begin(begin, 300, node_id) == step_begin(begin, 30, node_id) == begin


def test_a_longer_step_is_summed_up_when_it_has_ended() -> None:
    samples = fed(*((second, {}) for second in range(0, 302, 2)))
    due = samples.take_due()
    assert len(due.means) == 10
    assert (1, at(0)) in due.rollups
    assert due.rollups[1, at(0)].node_ids == [30]
    assert not any(level == 2 for level, _ in due.rollups)


def test_the_step_before_is_summed_up_too_should_nobody_have_been_there_when_it_ended() -> None:
    due = fed((0, {}), (1801, {})).take_due()
    assert {(1, at(0)), (1, at(-300)), (2, at(0)), (2, at(-1800))} == due.rollups.keys()


def test_a_clock_that_is_set_back_ends_the_step_as_well() -> None:
    samples = fed((60, {"cpu_pct": 1.0}), (0, {"cpu_pct": 2.0}), (30, {}))
    assert [means.at for means in samples.take_due().means] == [at(60), at(0)]


def test_a_node_that_is_no_more_is_forgotten() -> None:
    samples = fed((0, {}))
    samples.forget(30)
    samples.add(30, {}, 0, at(31))
    assert samples.take_due().is_empty


def test_every_level_is_kept_longer_than_it_is_shown() -> None:
    shown = (timedelta(hours=1), timedelta(days=1), timedelta(days=7))
    for number, span in enumerate(shown):
        assert kept_since(number, START) < START - span
        assert span / timedelta(seconds=LEVELS[number].step_s) <= 400  # points of a plot
