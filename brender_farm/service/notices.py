"""What people want to be told of by mail, chat or webhook: adding, changing, trying it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from brender_farm.db.core import current_settings, reading, writing
from brender_farm.db.models import Show, Subscription
from brender_farm.db.reads.news import subscriptions_of
from brender_farm.db.writes import notices as writes
from brender_farm.domain.addresses import SERVICES, masked, scheme_of
from brender_farm.domain.news import Message, Topic
from brender_farm.errors import Fault, NotFound, RequestRefused
from brender_farm.service.courier import deliver, read_address
from brender_farm.service.edit_tags import notice_tag, require_unchanged
from brender_farm.service.news import farm_url
from brender_farm.service.shapes.notices import NoticeRequest, NoticeRow

_MOST = 50


def list_notices(owner: str) -> tuple[NoticeRow, ...]:
    """Return a person's subscriptions, oldest first."""
    with reading() as session:
        return tuple(_row(row, show or "") for row, show in subscriptions_of(session, owner))


def get_notice(notice_id: int, *, owner: str) -> NoticeRow:
    """Return one. Raises NotFound, also for what is somebody else's."""
    with reading() as session:
        return _only(session, notice_id, owner)


def add_notice(wanted: NoticeRequest, *, owner: str) -> NoticeRow:
    """Tell somebody from now on what happens. Raises RequestRefused."""
    address, topics = read_address(wanted.address), _topics(wanted.topics)
    _refuse(address, topics)
    now = datetime.now(UTC)
    with writing() as session:
        show_id = _show_id(session, wanted.show)
        _refuse(show_id, _one_more(session, owner), _as_before(session, owner, address, show_id))
        row = Subscription(
            owner=owner,
            address=address,
            show_id=show_id,
            mine_only=wanted.mine_only,
            topics=topics,
        )
        session.add(row)
        words = f"{owner} is told by {masked(row.address)}: {_told(row, wanted.show)}."
        writes.note_subscription(session, row, words, now=now, actor=owner)
        writes.begin_now(session, row)
        return _only(session, row.id, owner)


def change_notice(notice_id: int, wanted: NoticeRequest, *, owner: str, tag: str = "") -> NoticeRow:
    """Change what somebody is told of, or where.

    Raises NotFound, RequestRefused, and ChangedMeanwhile when it has another tag.
    """
    address = read_address(wanted.address) if wanted.address.strip() else ""
    topics = _topics(wanted.topics)
    _refuse(address, topics)
    with writing() as session:
        row = _require(session, notice_id, owner)
        require_unchanged(tag, notice_tag(_only(session, notice_id, owner)))
        show_id = _show_id(session, wanted.show)
        same = _as_before(session, owner, address or row.address, show_id, but=row.id)
        _refuse(show_id, same)
        if address:
            row.address, row.trouble = str(address), ""
        row.show_id = None if isinstance(show_id, Fault) else show_id
        row.mine_only, row.topics = wanted.mine_only, topics  # type: ignore[assignment] # no Fault
        words = f"{owner} is now told by {masked(row.address)}: {_told(row, wanted.show)}."
        writes.note_subscription(session, row, words, now=datetime.now(UTC), actor=owner)
        return _only(session, row.id, owner)


def remove_notice(notice_id: int, *, owner: str) -> NoticeRow:
    """Tell somebody no more; return what it was. Raises NotFound."""
    with writing() as session:
        row = _require(session, notice_id, owner)
        was = _only(session, notice_id, owner)
        words = f"{owner} is told no more by {was.address}."
        writes.note_subscription(session, row, words, now=datetime.now(UTC), actor=owner)
        session.delete(row)
        return was


def try_notice(notice_id: int, *, owner: str) -> str:
    """Send a test message; return why it was not delivered, empty if it was. Raises NotFound."""
    with reading() as session:
        address = _require(session, notice_id, owner).address
    text = f"Messages of the render farm will arrive here.\n{farm_url(current_settings())}/notices"
    trouble = deliver(address, Message(title="Test message from Brender", text=text))
    with writing() as session:
        row = _require(session, notice_id, owner)
        writes.store_tried(row, trouble=trouble, now=datetime.now(UTC))
    return trouble


def _require(session: Session, notice_id: int, owner: str) -> Subscription:
    row = session.get(Subscription, notice_id)
    if row is None or row.owner != owner:
        raise NotFound(f"You have no subscription {notice_id}. See: brender notices")
    return row


def _only(session: Session, notice_id: int, owner: str) -> NoticeRow:
    row = _require(session, notice_id, owner)
    show = session.get(Show, row.show_id) if row.show_id is not None else None
    return _row(row, show.name if show is not None else "")


def _row(row: Subscription, show: str) -> NoticeRow:
    service = SERVICES.get(scheme_of(row.address))
    return NoticeRow(
        id=row.id,
        address=masked(row.address),
        service=service.name if service is not None else "Webhook",
        topics=tuple(topic for topic in Topic if topic in row.topics),
        mine_only=row.mine_only,
        show=show,
        trouble=row.trouble,
        told_at=row.told_at,
    )


def _topics(asked: Sequence[str] | str) -> list[str] | Fault:
    words = asked.split(",") if isinstance(asked, str) else asked
    chosen = {word.strip().lower() for word in words if word.strip()}
    unknown = sorted(chosen - set(Topic))
    if chosen and not unknown:
        return [topic.value for topic in Topic if topic in chosen]
    known = ", ".join(Topic)
    message = (
        f"{unknown[0][:40]!r} is no kind of news." if unknown else "No kind of news is chosen."
    )
    return Fault(field="topics", message=message, remedy=f"Choose among {known}.")


def _show_id(session: Session, name: str | None) -> int | Fault | None:
    if name is None or not name.strip():
        return None
    found = session.scalar(select(Show.id).where(Show.name == name.strip()))
    if found is not None:
        return found
    return Fault(
        field="show",
        message=f"There is no show {name[:100]!r}.",
        remedy="Write it as the list of shows does, or leave it out for all.",
    )


def _one_more(session: Session, owner: str) -> Fault | None:
    count = select(func.count()).select_from(Subscription).where(Subscription.owner == owner)
    if (session.scalar(count) or 0) < _MOST:
        return None
    return Fault(
        field="address",
        message=f"{owner} has {_MOST} subscriptions already.",
        remedy="Remove one of them first.",
    )


def _as_before(
    session: Session,
    owner: str,
    address: str | Fault,
    show_id: int | Fault | None,
    but: int | None = None,
) -> Fault | None:
    """Whoever subscribed twice would be told twice."""
    wanted = select(Subscription.id).where(
        Subscription.owner == owner,
        Subscription.address == address,
        Subscription.show_id.is_(None) if show_id is None else Subscription.show_id == show_id,
        Subscription.id != (but or 0),
    )
    if isinstance(show_id, Fault) or session.scalar(wanted) is None:
        return None
    return Fault(
        field="address",
        message="There is a subscription of this address for the same shots.",
        remedy="Change that one instead.",
    )


def _told(row: Subscription, show: str | None) -> str:
    whose = "own shots" if row.mine_only else "all shots"
    where = f" of {show.strip()}" if show and show.strip() else ""
    return f"{', '.join(row.topics)}; {whose}{where}"


def _refuse(*read: object) -> None:
    if faults := [each for each in read if isinstance(each, Fault)]:
        raise RequestRefused(*faults)
