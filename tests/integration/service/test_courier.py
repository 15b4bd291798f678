"""Messages to real servers on this machine."""

from __future__ import annotations

import time

import pytest

from brender_farm.domain.news import Message
from brender_farm.errors import Fault
from brender_farm.service.courier import deliver, read_address
from tests.receivers import Hook, Mailbox, receiving
from tests.waiting import wait_for

FILM = Message(
    title="Shot 12 <film> completed", text="All 48 frames are done.\nhttp://farm/shots/12"
)


@pytest.fixture
def hook():
    server = Hook()
    with receiving(server):
        yield server


def test_a_webhook_receives_title_and_text(hook):
    assert deliver(hook.address, FILM) == ""
    (posted,) = hook.posted
    assert (posted["title"], posted["message"]) == (FILM.title, FILM.text)
    assert posted["type"] == "success"


def test_a_mail_arrives_with_its_subject_and_words():
    server = Mailbox()
    with receiving(server):
        assert deliver(server.address, FILM) == ""
    (mail,) = server.mails
    assert (mail["subject"], mail["to"]) == (FILM.title, "mira@studio.example")
    assert mail.get_content().strip().replace("\r\n", "\n") == FILM.text


def test_what_a_server_answers_is_told(hook):
    hook.answers = [500]
    assert "Internal server error" in deliver(hook.address, FILM)
    assert hook.posted == []


def test_why_nobody_could_be_reached_is_told_without_the_secret():
    trouble = deliver("json://127.0.0.1:1/s3cretpath", FILM)
    assert "Connection refused" in trouble
    assert "s3cretpath" not in trouble
    trouble = deliver("mailto://me:passw0rd@127.0.0.1:1?from=a@b.de&to=x@y.de", FILM)
    assert "Connection refused" in trouble
    assert "passw0rd" not in trouble


def test_a_server_that_does_not_answer_costs_no_more_than_the_limit(hook):
    hook.is_open.clear()
    begun = time.monotonic()
    assert "did not take it within 0.2 s" in deliver(hook.address, FILM, limit_s=0.2)
    assert "still being sent" in deliver(hook.address, FILM, limit_s=0.2)
    assert time.monotonic() - begun < 3
    hook.is_open.set()
    wait_for(lambda: deliver(hook.address, FILM) == "", "it is taken again")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "This is no address. Write one such as mailtos://"),
        ("mira@studio.com", "This is no address."),
        ("json://a\nb", "This is no address."),
        ("file:///etc/passwd", "file:// is not allowed. Allowed are mailto, mailtos, slack,"),
        ("dbus://", "dbus:// is not allowed."),
        ("syslog://", "syslog:// is not allowed."),
        ("windows://", "windows:// is not allowed."),
        ("apprise://host/token", "apprise:// is not allowed."),
        ("http://studio.com/hook", "The address is not complete, or misspelt."),
        ("slack://x", "Compare slack://tokenA/tokenB/tokenC"),
        ("discord://1/2?template=/etc/passwd", "The argument template is not allowed."),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_with_what_to_write(address, words):
    fault = read_address(address)
    assert isinstance(fault, Fault)
    assert words in f"{fault.message} {fault.remedy}"


def test_the_web_address_that_a_chat_shows_is_taken_as_it_is():
    address = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
    assert read_address(f" {address} ") == address
