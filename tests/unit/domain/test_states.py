from __future__ import annotations

import pytest

from brender_farm.domain.states import (
    ACTIVE_SHOT_STATES,
    CHUNK_MOVES,
    LIVE_CHUNK_STATES,
    NODE_ACTIONS,
    NODE_MOVES,
    OVER_SHOT_STATES,
    SHOT_ACTIONS,
    SHOT_MOVES,
    UNFINISHED_SHOT_STATES,
    ChunkState,
    FrameState,
    NodeIntent,
    ShotState,
    may_rerender,
    node_actions,
    require_move,
    shot_actions,
    shot_offers,
    target_of,
)
from brender_farm.errors import ActionRefused

TABLES = [(ShotState, SHOT_MOVES), (ChunkState, CHUNK_MOVES), (NodeIntent, NODE_MOVES)]


@pytest.mark.parametrize(
    ("kind", "moves"), TABLES, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_table_of_moves_knows_every_state_and_no_other(kind, moves):
    assert set(moves) == set(kind)
    assert set().union(*moves.values()) <= set(kind)
    assert all(state not in targets for state, targets in moves.items())


def test_a_chunk_that_is_over_stays_over():
    assert {state for state, targets in CHUNK_MOVES.items() if targets} == set(LIVE_CHUNK_STATES)


@pytest.mark.parametrize(
    ("actions", "moves"), [(SHOT_ACTIONS, SHOT_MOVES), (NODE_ACTIONS, NODE_MOVES)]
)
def test_every_action_is_a_move_of_the_table(actions, moves):
    for target, sources in actions.values():
        assert all(target in moves[source] for source in sources)


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        (ShotState.QUEUED, ("pause", "cancel")),
        (ShotState.RENDERING, ("pause", "cancel")),
        (ShotState.PAUSED, ("resume", "cancel")),
        (ShotState.COMPLETED, ()),
        (ShotState.FAILED, ("cancel", "retry")),
        (ShotState.CANCELLED, ("retry",)),
    ],
)
def test_a_shot_offers_what_may_be_done_to_it_now(state, actions):
    assert shot_actions(state) == actions


@pytest.mark.parametrize("state", ShotState)
def test_a_shot_may_always_be_audited_and_deleted_and_rendered_again_unless_cancelled(state):
    again = () if state is ShotState.CANCELLED else ("rerender",)
    offers = shot_offers(state)
    assert tuple(offer for offer in offers if offer in again) == again
    assert {"audit", "delete"} <= set(offers)
    assert ("rerender" in offers) is bool(again)


@pytest.mark.parametrize("state", ShotState)
def test_a_shot_that_is_over_may_be_archived_or_taken_out_and_never_both(state):
    over = state in OVER_SHOT_STATES
    assert ("archive" in shot_offers(state), "unarchive" in shot_offers(state)) == (over, False)
    away = shot_offers(state, archived=True)
    assert ("archive" in away, "unarchive" in away) == (False, over)


@pytest.mark.parametrize("shot", ShotState)
@pytest.mark.parametrize("frame", FrameState)
def test_a_frame_may_be_asked_for_again_once_it_is_over(shot, frame):
    over = frame in (FrameState.DONE, FrameState.FAILED)
    assert may_rerender(shot, frame) is (over and shot is not ShotState.CANCELLED)


@pytest.mark.parametrize(
    ("intent", "actions"),
    [
        (NodeIntent.ENABLED, ("drain", "disable")),
        (NodeIntent.DRAINING, ("enable", "disable")),
        (NodeIntent.DISABLED, ("enable",)),
    ],
)
def test_a_node_offers_what_may_be_done_to_it_now(intent, actions):
    assert node_actions(intent) == actions


@pytest.mark.parametrize("state", [*ShotState, *NodeIntent])
@pytest.mark.parametrize("action", [*SHOT_ACTIONS, *NODE_ACTIONS, "explode", ""])
def test_an_action_leads_on_exactly_where_it_is_offered(state, action):
    of_shot = isinstance(state, ShotState)
    offered = shot_actions(state) if of_shot else node_actions(state)
    if action in offered:
        table = SHOT_ACTIONS if of_shot else NODE_ACTIONS
        assert target_of(action, state) is table[action][0]
        return
    with pytest.raises(ActionRefused) as refusal:
        target_of(action, state)
    assert refusal.value.allowed == offered
    assert str(refusal.value) == (
        f"It is {state}: '{action}' is not possible now. "
        f"Possible: {', '.join(offered) or 'nothing'}."
    )


def test_a_paused_or_waiting_shot_is_unfinished_but_gets_nothing():
    assert set(UNFINISHED_SHOT_STATES) - set(ACTIVE_SHOT_STATES) == {
        ShotState.PAUSED,
        ShotState.WAITING,
    }


@pytest.mark.parametrize(
    "moves", [SHOT_MOVES, CHUNK_MOVES, NODE_MOVES], ids=["shot", "chunk", "node"]
)
def test_only_the_moves_of_the_table_are_let_through(moves):
    for old in moves:
        for new in moves:
            if new in moves[old]:
                require_move(moves, old, new)
            else:
                with pytest.raises(ActionRefused) as refused:
                    require_move(moves, old, new)
                assert set(refused.value.allowed) == set(moves[old])
