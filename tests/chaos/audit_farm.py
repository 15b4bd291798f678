"""The audit of the whole farm: shots, queues, outboxes, temporary files, processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from brender_farm.broker.board import LIVE
from brender_farm.broker.queues import FARM_QUEUE, node_queue
from brender_farm.db.core import reading
from tests.chaos.audit import ShotAudit
from tests.chaos.farm import NODES, ChaosFarm, descendants, described
from tests.chaos.journal import read_journal
from tests.chaos.reference import Reference
from tests.waiting import wait_for

_TIDY_LIMIT_S = 20.0


def audit(farm: ChaosFarm, shots: Sequence[int], reference: Reference) -> list[str]:
    """Return everything that is not as it should be; ends the farm's processes."""
    problems = _after_a_while(lambda: list(_untidy(farm, shots)))
    with farm.core.app_context(), reading() as session:
        journal = read_journal(farm.journal)
        for shot in shots:
            one = ShotAudit.load(session, shot)
            problems += [*one.pictures(reference), *one.records(), *one.recount()]
            if farm.is_fake:
                problems += one.publishers(journal)
    problems += _strays(farm)
    problems += farm.end_all()
    problems += [f"temporary file left: {path.name}" for path in farm.temporary.iterdir()]
    return problems


def _after_a_while(look: Callable[[], list[str]]) -> list[str]:
    """Return what is still wrong when everything has had time to be tidied up."""
    try:
        wait_for(lambda: not look(), "all is tidy", limit_s=_TIDY_LIMIT_S)
    except AssertionError:
        return look()
    return []


def _untidy(farm: ChaosFarm, shots: Sequence[int]) -> Iterator[str]:
    """Yield what may be there for a moment, and no longer."""
    with farm.core.app_context(), reading() as session:
        for shot in shots:
            yield from ShotAudit.load(session, shot).drafts()
    with farm.redis() as client:
        for queue in (FARM_QUEUE, *(node_queue(name) for name in NODES)):
            if count := client.llen(queue):
                yield f"{count} messages are left in queue {queue}"
        if live := set(client.smembers(LIVE)) - {b"-"}:
            yield f"chunks are live at the nodes for ever: {sorted(live)}"
    for path in farm.settings.data_dir.glob("nodes/*/outbox/*"):
        yield f"{path.parent.parent.name} has kept a report: {path.name}"


def _strays(farm: ChaosFarm) -> list[str]:
    """Return the processes that nobody looks after any more."""
    tended = {process.pid for process in farm.processes.values()}
    for pid in list(tended):
        tended |= {child.pid for child in descendants(pid)}
    return [f"orphan: {described(p)}" for p in farm.living() if p.pid not in tended]
