from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from brender_farm.domain.frames import MAX_FRAME_NUMBER, MAX_FRAMES, MAX_STORED, FrameList, Spans
from brender_farm.errors import FrameSyntaxError

FRAMES = st.lists(st.integers(0, 60), min_size=1, max_size=40, unique=True)


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        pytest.param("1-5", [1, 2, 3, 4, 5], id="range"),
        pytest.param("7", [7], id="one-frame"),
        pytest.param("0", [0], id="frame-zero"),
        pytest.param("1-10x3", [1, 4, 7, 10], id="every-third"),
        pytest.param("1-9x3", [1, 4, 7], id="step-that-misses-the-end"),
        pytest.param("5-1", [5, 4, 3, 2, 1], id="backwards"),
        pytest.param("10-1x4", [10, 6, 2], id="backwards-with-step"),
        pytest.param("1-3,9", [1, 2, 3, 9], id="list"),
        pytest.param("9,1-3", [9, 1, 2, 3], id="order-is-kept"),
        pytest.param("1-4,3-6", [1, 2, 3, 4, 5, 6], id="overlap-counts-once"),
        pytest.param("4-1,2-6", [4, 3, 2, 1, 5, 6], id="overlap-backwards"),
        pytest.param("1,1,1", [1], id="duplicates-are-dropped"),
        pytest.param("1-10:3", [1, 4, 7, 10, 3, 5, 9, 2, 6, 8], id="ever-finer"),
        pytest.param("1-6y3", [2, 3, 5, 6], id="all-but-every-third"),
        pytest.param(" 1 - 3 ,\t8\n", [1, 2, 3, 8], id="blanks"),
        pytest.param("5-5x9", [5], id="step-beyond-the-range"),
        pytest.param("007-9", [7, 8, 9], id="leading-zeros"),
    ],
)
def test_notation_is_read_as_the_field_writes_it(text, frames):
    assert list(FrameList.parse(text)) == frames


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "no frame range", id="empty"),
        pytest.param("   ", "no frame range", id="blank"),
        pytest.param("abc", "'abc' is not a frame range", id="letters"),
        pytest.param("1-", "'1-' is not a frame range", id="open-end"),
        pytest.param("1-3,,5", "is not a frame range", id="empty-part"),
        pytest.param("1-10x0", "is not a frame range", id="step-zero"),
        pytest.param("1-10x-2", "is not a frame range", id="negative-step"),
        pytest.param("1-10y0", "is not a frame range", id="gap-zero"),
        pytest.param("1.5-3", "is not a frame range", id="fraction"),
        pytest.param("1-10#", "is not a frame range", id="padding-sign"),
        pytest.param("1-10y1", "leaves no frame", id="nothing-left"),
        pytest.param("-5--1", "Frame -5 is outside 0–1048574", id="negative"),
        pytest.param("-1-3", "Frame -1 is outside", id="begins-below-zero"),
        pytest.param("1-1048575", "Frame 1048575 is outside", id="above-blender"),
        pytest.param("0-1000000", "more than 1,000,000 frames", id="a-frame-too-many"),
        pytest.param("1-999999999", "is outside", id="huge"),
        pytest.param("1-999999999x1,5", "more than 1,000,000 frames", id="huge-in-a-list"),
        pytest.param("1-99999999999999999999", "is outside", id="astronomic"),
        pytest.param("1," * 6000 + "1", "1 to 10000 signs", id="endless-text"),
        pytest.param("1-100000:50", "too irregular", id="a-hundred-thousand-fragments"),
        pytest.param("1-100000y3", "too irregular", id="a-third-of-them-left-out"),
    ],
)
def test_what_cannot_be_rendered_is_refused_in_words(text, words):
    with pytest.raises(FrameSyntaxError) as refusal:
        FrameList.parse(text)
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    "text", ["1-10", "10-1", "1-99x2", "5", "1-5,9,20-30x5", "9,1-3", "0-999999", "1-91x10,3"]
)
def test_plain_notation_is_written_as_it_was_read(text):
    assert str(FrameList.parse(text)) == text


@given(FRAMES)
def test_what_is_written_is_read_back_in_the_same_order(frames):
    listed = FrameList.of(frames)
    assert list(listed) == frames
    assert list(FrameList.parse(str(listed))) == frames


@given(st.lists(st.integers(0, MAX_FRAME_NUMBER), min_size=1, max_size=30))
def test_duplicates_count_once_wherever_the_frames_are(frames):
    assert list(FrameList.of(frames)) == list(dict.fromkeys(frames))


@given(st.text(alphabet="0123456789-x:y, #", max_size=14))
def test_any_text_is_read_and_written_or_refused(text):
    try:
        listed = FrameList.parse(text)
    except FrameSyntaxError:
        return
    assert list(FrameList.parse(str(listed))) == list(listed)
    assert len(set(listed)) == len(listed) > 0


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 5)),
        min_size=1,
        max_size=5,
    )
)
def test_overlapping_ranges_are_read_part_by_part(parts):
    text = ",".join(f"{first}-{last}x{step}" for first, last, step in parts)
    expected = [
        frame
        for first, last, step in parts
        for frame in (
            range(first, last + 1, step) if first <= last else range(first, last - 1, -step)
        )
    ]
    assert list(FrameList.parse(text)) == list(dict.fromkeys(expected))


@given(FRAMES)
def test_every_frame_is_at_its_position(frames):
    listed = FrameList.of(frames)
    assert len(listed) == len(frames)
    assert [listed[position] for position in range(len(listed))] == frames
    assert [listed.position(frame) for frame in frames] == list(range(len(frames)))


@given(FRAMES, st.integers(0, 70))
def test_a_frame_that_is_not_asked_for_has_no_position(frames, other):
    assume(other not in frames)
    assert FrameList.of(frames).position(other) is None


@pytest.mark.parametrize("position", [-1, 3, 1000])
def test_there_is_nothing_outside_the_list(position):
    with pytest.raises(IndexError):
        FrameList.of([1, 2, 3])[position]


@given(FRAMES, st.data())
def test_frames_at_positions_are_those_of_a_plain_list(frames, data):
    positions = data.draw(st.sets(st.integers(0, len(frames) - 1)))
    picked = FrameList.of(frames).at(Spans.of(positions))
    assert list(picked) == [frames[position] for position in sorted(positions)]


def test_frames_at_no_position_are_none():
    assert list(FrameList.parse("1-10").at(Spans())) == []
    assert len(FrameList(())) == 0


def test_neighbouring_positions_are_written_as_one_run():
    listed = FrameList.parse("1-5,6-10")
    assert str(listed.at(Spans(((3, 8),)))) == "4-8"


def test_a_million_frames_are_one_run():
    listed = FrameList.parse("1-1000000")
    assert len(listed) == MAX_FRAMES
    assert listed.runs == (range(1, 1_000_001),)
    assert listed[999_999] == 1_000_000
    assert listed.position(500_000) == 499_999
    taken, rest = Spans.all(len(listed)).take(250_000)
    assert str(listed.at(taken)) == "1-250000"
    assert str(listed.at(rest)) == "250001-1000000"
    assert rest.encode() == "250000-1000000"


def test_the_whole_of_what_blender_can_render_may_be_reached():
    assert str(FrameList.parse(f"{MAX_FRAME_NUMBER}")) == str(MAX_FRAME_NUMBER)


def test_whatever_is_accepted_can_be_stored_and_read_again():
    accepted = []
    for last in itertools.count(300, 300):
        try:
            accepted.append(FrameList.parse(f"1-{last}:10"))
        except FrameSyntaxError:
            break
    assert len(accepted) > 3
    longest = accepted[-1]
    assert len(str(longest)) <= MAX_STORED
    assert list(FrameList.stored(str(longest))) == list(longest)


def test_some_frames_may_be_put_before_the_others():
    ordered = FrameList.parse("1-10").with_first([5, 10, 5, 99])
    assert list(ordered) == [5, 10, 1, 2, 3, 4, 6, 7, 8, 9]


def test_frames_put_first_are_still_the_same_frames():
    frames = FrameList.parse("1-20000")
    ordered = frames.with_first(range(1, 20001, 10))
    assert list(FrameList.stored(str(ordered))) == list(ordered)
    assert sorted(ordered) == list(frames)
    assert list(ordered)[:3] == [1, 11, 21]
