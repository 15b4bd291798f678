"""Whatever text comes: understood, or refused as each parser refuses, and soon."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from brender_farm.domain import addresses
from brender_farm.domain.error_lines import error_lines, is_error, without_stamp
from brender_farm.domain.explain import explain
from brender_farm.domain.formats import find_format
from brender_farm.domain.frames import MAX_FRAME_NUMBER, FrameList, Spans
from brender_farm.domain.hours import read_hours
from brender_farm.domain.output_pattern import PatternRefused, read_pattern
from brender_farm.domain.path_mapping import Root, System, agree, join, split, system_of
from brender_farm.domain.paths import confine, expand
from brender_farm.domain.versions import best_version, can_open, is_wanted, parse_version
from brender_farm.errors import FrameSyntaxError, RequestRefused
from tests.unit.texts import TEXTS

FILLED = dict.fromkeys(("show", "shot", "scene", "user", "date", "frame", "ext"), "x")


@given(TEXTS)
def test_frames(text):
    with contextlib.suppress(FrameSyntaxError):
        listed = FrameList.parse(text)
        assert all(0 <= frame <= MAX_FRAME_NUMBER for frame in listed)
        assert list(FrameList.parse(str(listed))) == list(listed)


@given(TEXTS)
def test_spans(text):
    with contextlib.suppress(ValueError):
        assert Spans.decode(Spans.decode(text).encode()) == Spans.decode(text)


@given(TEXTS)
def test_hours(text):
    with contextlib.suppress(ValueError):
        assert read_hours(str(read_hours(text))) == read_hours(text)


@given(TEXTS)
def test_addresses_are_masked_without_a_word_of_their_secrets(text):
    addresses.scheme_of(text)
    addresses.refused_argument(text)
    masked = addresses.masked(f"mailtos://mira:very-secret@mail.example/{text}")
    assert "very-secret" not in masked
    addresses.without_secrets(text, text)


@given(TEXTS | st.text(alphabet="{}shotframe:04.ext/v rsion", max_size=40))
def test_output_patterns_never_lead_up_or_elsewhere(text):
    with contextlib.suppress(PatternRefused):
        folders, prefix = read_pattern(text).fill(FILLED, 3)
        for name in (*folders, prefix):
            assert "/" not in name
            assert "\\" not in name
            assert name not in (".", "..")
            assert "\0" not in name
        assert all(folders)


@given(TEXTS, st.sampled_from(System))
def test_paths_of_any_system_are_split_or_none(text, system):
    steps = split(text, system)
    if steps is not None:
        assert ".." not in steps
        assert split(join(steps, system), system) == steps
    agree(Root("/a", text, text, text), Root("/a/b", "/x", "/x", "X:\\"), system)
    system_of(text)


@given(TEXTS)
def test_a_path_is_confined_or_refused(tmp_path_factory, text):
    root = tmp_path_factory.getbasetemp()
    for path in (text, f"{root}/{text}"):
        try:
            found = confine(expand(path), (root,), "path")
        except RequestRefused as refusal:
            assert refusal.faults[0].field == "path"  # noqa: PT017 - most are refused
        else:
            assert found.is_relative_to(root.resolve())


@given(TEXTS, TEXTS, TEXTS)
def test_versions(one, two, three):
    parse_version(one)
    can_open(one, two)
    is_wanted(one, two, three)
    best_version([one, two], three, two)
    find_format(one)


@given(st.lists(TEXTS, max_size=4))
def test_lines_of_a_log(lines):
    for line in lines:
        is_error(line)
        assert len(without_stamp(line)) <= len(line)
        explain(line, line)
    assert len(error_lines(lines, 2)) <= 2
