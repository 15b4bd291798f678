"""Being told what happens on the farm: by mail, chat or webhook, and in the browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.domain.addresses import SERVICES
from brender_farm.domain.news import Topic
from brender_farm.errors import Fault, RequestRefused
from brender_farm.service import notices
from brender_farm.service.news import news_after
from brender_farm.service.shapes.notices import LatestNews, NoticeRequest, NoticeRow
from brender_farm.service.shows import list_shows
from dashboard import live
from dashboard.paging import whole
from dashboard.who import current_actor

pages = Blueprint("notices", __name__, url_prefix="/notices")

_USUAL = (Topic.COMPLETED, Topic.FAILED, Topic.PAUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeForm:
    """The fields of a subscription as they are shown, with what is wrong with them."""

    wanted: NoticeRequest = field(default_factory=lambda: NoticeRequest(topics=_USUAL))
    faults: tuple[Fault, ...] = ()

    def faults_of(self, name: str) -> list[Fault]:
        return [fault for fault in self.faults if fault.field == name]


@pages.get("")
def page() -> str:
    return _page(NoticeForm())


@pages.get("/live")
def fragment() -> Response:
    found = notices.list_notices(current_actor())
    tag = _tag(found)
    return live.fragment(tag, lambda: render_template("notices/_live.html", found=found, tag=tag))


@pages.post("")
def add() -> AnyResponse | tuple[str, int]:
    wanted = _asked()
    try:
        row = notices.add_notice(wanted, owner=current_actor())
    except RequestRefused as error:
        return _page(NoticeForm(wanted=wanted, faults=error.faults)), 422
    flash(f"You are told by {row.address} from now on. Send a test message to see it arrive.")
    return redirect(url_for("notices.page"))


@pages.get("/<int:notice_id>")
def change(notice_id: int) -> str:
    row = notices.get_notice(notice_id, owner=current_actor())
    wanted = NoticeRequest(topics=row.topics, mine_only=row.mine_only, show=row.show)
    return _change(row, NoticeForm(wanted=wanted))


@pages.post("/<int:notice_id>")
def save(notice_id: int) -> AnyResponse | tuple[str, int]:
    wanted = _asked()
    try:
        row = notices.change_notice(notice_id, wanted, owner=current_actor())
    except RequestRefused as error:
        row = notices.get_notice(notice_id, owner=current_actor())
        return _change(row, NoticeForm(wanted=wanted, faults=error.faults)), 422
    flash(f"Changed: what {row.address} is told.")
    return redirect(url_for("notices.page"))


@pages.post("/<int:notice_id>/remove")
def remove(notice_id: int) -> AnyResponse:
    row = notices.remove_notice(notice_id, owner=current_actor())
    flash(f"You are told no more by {row.address}.")
    return redirect(url_for("notices.page"))


@pages.post("/<int:notice_id>/test")
def test(notice_id: int) -> AnyResponse:
    """Send a message now, and say truly how that went; it may take ten seconds."""
    row = notices.get_notice(notice_id, owner=current_actor())
    trouble = notices.try_notice(notice_id, owner=current_actor())
    if trouble:
        flash(f"The test message to {row.address} was not delivered. {trouble}", "error")
    else:
        flash(f"The test message was taken by {row.address}.")
    return redirect(url_for("notices.page"))


@pages.get("/news")
def news() -> Response:
    """Answer an open page that asks every few seconds: 204 while nothing happens."""
    after = whole(request.args.get("after"), -1)
    found = news_after(after if after >= 0 else None, reader=current_actor())
    response = Response(status=204) if found is None else jsonify(_told(found))
    response.headers["Cache-Control"] = "no-store"
    return response


def _told(found: LatestNews) -> dict[str, object]:
    items = [
        {
            "event": item.event_id,
            "topic": item.topic,
            "name": item.name,
            "title": item.title,
            "words": item.words,
            "path": item.path,
            "mine": item.is_mine,
        }
        for item in found.items
    ]
    return {"after": found.newest, "news": items}


def _asked() -> NoticeRequest:
    return NoticeRequest(
        address=request.form.get("address", ""),
        topics=request.form.getlist("topics"),
        mine_only=request.form.get("whose") != "all",
        show=request.form.get("show", ""),
    )


def _page(form: NoticeForm) -> str:
    found = notices.list_notices(current_actor())
    return render_template(
        "notices/page.html", form=form, found=found, tag=_tag(found), **_choices()
    )


def _change(row: NoticeRow, form: NoticeForm) -> str:
    return render_template("notices/change.html", row=row, form=form, **_choices())


def _choices() -> dict[str, object]:
    services = {service.name: service for service in SERVICES.values()}
    shows = [show.name for show in list_shows()]
    return {"shows": shows, "services": list(services.values())}


def _tag(found: tuple[NoticeRow, ...]) -> str:
    return sha256(repr(found).encode()).hexdigest()[:12]
