"""Webhooks: programs elsewhere that are told what happens, and whether they take it."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.domain.webhooks import TOPICS
from brender_farm.errors import Fault, RequestRefused
from brender_farm.service import webhooks
from brender_farm.service.shapes.webhooks import DeliveryRow, WebhookRequest, WebhookRow
from dashboard import live
from dashboard.shown_once import ShownOnce
from dashboard.who import current_actor

pages = Blueprint("webhooks", __name__, url_prefix="/webhooks")

_USUAL = ("shot.completed", "shot.failed", "shot.paused")
_NO_TOPIC = Fault(
    field="topics", message="Nothing is chosen.", remedy="Choose some, or everything."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookForm:
    """The fields of a webhook as they are shown, with what is wrong with them."""

    wanted: WebhookRequest = field(default_factory=lambda: WebhookRequest(topics=_USUAL))
    all_topics: bool = False
    faults: tuple[Fault, ...] = ()

    def faults_of(self, name: str) -> list[Fault]:
        return [fault for fault in self.faults if fault.field == name]

    def refuse_faults(self) -> None:
        """Raise RequestRefused for what can be told to be wrong by the fields alone."""
        if self.faults:
            raise RequestRefused(*self.faults)


@pages.get("")
def page() -> str:
    return _page(WebhookForm())


@pages.get("/live")
def fragment() -> Response:
    found = webhooks.list_webhooks()
    tag = _tag(found)
    return live.fragment(tag, lambda: render_template("webhooks/_list.html", found=found, tag=tag))


@pages.post("")
def add() -> AnyResponse | tuple[str, int]:
    form = _asked()
    try:
        form.refuse_faults()
        fresh = webhooks.add_webhook(form.wanted, actor=current_actor())
    except RequestRefused as error:
        return _page(_refused(form, error)), 422
    flash(f"{fresh.row.name} is told from now on. Send a test to see it arrive.")
    return _show_secret(fresh.row.id, fresh.secret)


@pages.get("/<int:webhook_id>")
def one(webhook_id: int) -> str:
    row = webhooks.get_webhook(webhook_id)
    wanted = WebhookRequest(url=row.url, name=row.name, topics=row.topics, is_on=row.is_on)
    secret = _shown_once().take(request.args.get("shown", ""))
    return _one(row, WebhookForm(wanted=wanted, all_topics=not row.topics), secret)


@pages.get("/<int:webhook_id>/live")
def one_fragment(webhook_id: int) -> Response:
    row, found = webhooks.get_webhook(webhook_id), webhooks.deliveries(webhook_id)
    tag = _tag(row, found)
    return live.fragment(
        tag, lambda: render_template("webhooks/_live.html", row=row, deliveries=found, tag=tag)
    )


@pages.post("/<int:webhook_id>")
def save(webhook_id: int) -> AnyResponse | tuple[str, int]:
    form = _asked()
    try:
        form.refuse_faults()
        row = webhooks.change_webhook(webhook_id, form.wanted, actor=current_actor())
    except RequestRefused as error:
        return _one(webhooks.get_webhook(webhook_id), _refused(form, error)), 422
    flash(f"Changed: {row.name}.")
    return redirect(url_for("webhooks.one", webhook_id=webhook_id))


@pages.post("/<int:webhook_id>/switch")
def switch(webhook_id: int) -> AnyResponse:
    turned_on = request.form.get("on") == "yes"
    row = webhooks.switch_webhook(webhook_id, on=turned_on, actor=current_actor())
    flash(
        f"{row.name} is told of what happens from now on."
        if turned_on
        else f"{row.name} is told nothing until you turn it on again."
    )
    return redirect(url_for("webhooks.one", webhook_id=webhook_id))


@pages.post("/<int:webhook_id>/test")
def test(webhook_id: int) -> AnyResponse:
    """Send a test now, and say truly how that went; it may take ten seconds."""
    return _after_sending(webhook_id, webhooks.try_webhook(webhook_id, actor=current_actor()))


@pages.post("/<int:webhook_id>/deliveries/<int:delivery_id>/again")
def again(webhook_id: int, delivery_id: int) -> AnyResponse:
    return _after_sending(webhook_id, webhooks.send_again(webhook_id, delivery_id))


@pages.post("/<int:webhook_id>/try")
def try_now(webhook_id: int) -> AnyResponse:
    row = webhooks.try_again_now(webhook_id)
    flash(f"What waits for {row.name} is tried again at once.")
    return redirect(url_for("webhooks.one", webhook_id=webhook_id))


@pages.post("/<int:webhook_id>/secret")
def rotate(webhook_id: int) -> AnyResponse:
    fresh = webhooks.rotate_secret(webhook_id, actor=current_actor())
    return _show_secret(webhook_id, fresh.secret)


@pages.get("/<int:webhook_id>/remove")
def confirm_removal(webhook_id: int) -> str:
    return render_template("webhooks/remove.html", row=webhooks.get_webhook(webhook_id))


@pages.post("/<int:webhook_id>/remove")
def remove(webhook_id: int) -> AnyResponse:
    row = webhooks.remove_webhook(webhook_id, actor=current_actor())
    flash(f"{row.name} is removed.")
    return redirect(url_for("webhooks.page"))


def _after_sending(webhook_id: int, sent: DeliveryRow) -> AnyResponse:
    what = "The test" if not sent.event_id else f"Event {sent.event_id}"
    if sent.trouble:
        flash(f"{what} was not taken. {sent.trouble}", "error")
    else:
        flash(f"{what} was taken: it answered {sent.status} in {sent.seconds:.2f} s.")
    return redirect(url_for("webhooks.one", webhook_id=webhook_id))


def _show_secret(webhook_id: int, secret: str) -> AnyResponse:
    key = _shown_once().keep(secret)
    return redirect(url_for("webhooks.one", webhook_id=webhook_id, shown=key))


def _shown_once() -> ShownOnce:
    found: ShownOnce = current_app.extensions.setdefault("brender_shown_once", ShownOnce())
    return found


def _asked() -> WebhookForm:
    form = request.form
    all_topics = form.get("what") == "all"
    topics = () if all_topics else tuple(form.getlist("topics"))
    return WebhookForm(
        wanted=WebhookRequest(
            url=form.get("address", ""),
            name=form.get("name", ""),
            topics=topics,
            is_on=form.get("on", "yes") == "yes",
        ),
        all_topics=all_topics,
        faults=() if all_topics or topics else (_NO_TOPIC,),
    )


def _refused(form: WebhookForm, error: RequestRefused) -> WebhookForm:
    return WebhookForm(wanted=form.wanted, all_topics=form.all_topics, faults=error.faults)


def _page(form: WebhookForm) -> str:
    found = webhooks.list_webhooks()
    return render_template(
        "webhooks/page.html",
        form=form,
        found=found,
        tag=_tag(found),
        topic_groups=_groups(),
        row=None,
    )


def _one(row: WebhookRow, form: WebhookForm, secret: str = "") -> str:
    found = webhooks.deliveries(row.id)
    return render_template(
        "webhooks/one.html",
        row=row,
        form=form,
        secret=secret,
        deliveries=found,
        tag=_tag(row, found),
        topic_groups=_groups(),
    )


def _groups() -> dict[str, dict[str, str]]:
    """Return the topics by their subject: topic → what it tells of."""
    groups: dict[str, dict[str, str]] = {}
    for topic, words in TOPICS.items():
        subject = topic.partition(".")[0]
        group = subject.capitalize() + "s" if subject in ("shot", "node") else "The farm"
        groups.setdefault(group, {})[topic] = words
    return groups


def _tag(*shown: object) -> str:
    return sha256(repr(shown).encode()).hexdigest()[:12]
