"""What a frame was before it was rendered again."""

from sqlalchemy import func, select

from brender_farm.db.core import reading
from brender_farm.db.models import FrameVersion
from brender_farm.db.writes.frame_versions import KEPT_VERSIONS
from brender_farm.service.again import rerender_frames
from brender_farm.service.deletion import delete_shot
from brender_farm.service.frame_versions import earlier_pictures, pictures_at_stake
from tests.integration.service.core_farm import done, ended


def render(farm, shot_id, frames, *, seconds=2.0):
    """Let a node render these frames; return the chunk that it got for them."""
    chunk = farm.assign()[0].order.chunk_id
    items = [done(chunk, frame, seconds=seconds) for frame in frames]
    farm.report(*items, ended(chunk, reported=len(items)))
    return chunk


def test_a_picture_that_is_replaced_is_remembered(farm):
    shot_id = farm.submit(frames="1-2", chunk_size=2).shot.id
    farm.join()
    first = render(farm, shot_id, (1, 2), seconds=3.5)
    assert earlier_pictures(shot_id, 1) == ()
    rerender_frames(shot_id, "1", actor="mira")
    render(farm, shot_id, (1,))
    (earlier,) = earlier_pictures(shot_id, 1)
    assert (earlier.chunk_id, earlier.node, earlier.seconds) == (first, "atlas", 3.5)
    assert earlier.tag == f"{first:020x}"[:16]
    assert earlier.replaced_at == farm.now
    assert earlier_pictures(shot_id, 2) == ()


def test_the_newest_earlier_pictures_are_kept_and_no_more(farm):
    shot_id = farm.submit(frames="1").shot.id
    farm.join()
    chunks = [render(farm, shot_id, (1,))]
    for _ in range(KEPT_VERSIONS + 2):
        rerender_frames(shot_id, actor="mira")
        chunks.append(render(farm, shot_id, (1,)))
    kept = [version.chunk_id for version in earlier_pictures(shot_id, 1)]
    assert kept == chunks[-2 : -2 - KEPT_VERSIONS : -1]


def test_the_same_picture_once_more_is_no_other_version(farm):
    shot_id = farm.submit(frames="1").shot.id
    farm.join()
    chunk = render(farm, shot_id, (1,))
    farm.report(done(chunk, 1))  # told twice
    assert earlier_pictures(shot_id, 1) == ()


def test_versions_go_with_their_shot(farm):
    shot_id = farm.submit(frames="1").shot.id
    farm.join()
    render(farm, shot_id, (1,))
    rerender_frames(shot_id, actor="mira")
    render(farm, shot_id, (1,))
    delete_shot(shot_id, actor="mira")
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(FrameVersion)) == 0


def test_finished_pictures_are_at_stake_and_no_others(farm):
    shot_id = farm.submit(frames="1-3", chunk_size=2).shot.id
    farm.join()
    render(farm, shot_id, (1, 2))

    def at_stake(frames, limit=9):
        return [each.frame for each in pictures_at_stake(shot_id, frames, limit)]

    assert at_stake(None) == [1, 2]
    assert at_stake("2-9") == [2]
    assert at_stake(None, limit=1) == [1]
    assert at_stake("nonsense") == []
    assert pictures_at_stake(shot_id, "1", 1)[0].path.name == "0001.png"
