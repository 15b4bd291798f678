"""Posting to real servers: good ones, slow ones, and those that want to lead us elsewhere."""

from __future__ import annotations

import socket
import socketserver
import threading

import pytest

from brender_farm.service import hook_post
from brender_farm.service.hook_post import post
from tests.hook_receiver import Receiver
from tests.receivers import receiving
from tests.waiting import wait_for

HEADERS = {"Content-Type": "application/json", "Connection": "close"}


@pytest.fixture
def receiver():
    server = Receiver()
    with receiving(server):
        yield server


def send(url: str, *, limit_s: float = 10.0, allow_own: bool = True):
    return post(url, b"{}", HEADERS, allow_own=allow_own, limit_s=limit_s)


def test_a_body_arrives_as_it_is_with_its_path_and_query(receiver):
    answer = send(f"{receiver.url}/a%20b?x=ü")
    assert (answer.status, answer.trouble) == (200, "")
    assert 0 < answer.seconds < 10
    (letter,) = receiver.letters
    assert letter.path == "/hook/a%20b?x=%C3%BC"
    assert letter.body == b"{}"
    assert letter.headers["Host"] == f"127.0.0.1:{receiver.server_port}"


@pytest.mark.parametrize(
    ("status", "words"),
    [(500, "500 Internal Server Error"), (404, "404"), (410, "no more"), (302, "redirect")],
)
def test_an_answer_that_is_not_2xx_is_not_taken(receiver, status, words):
    receiver.answers = [status]
    answer = send(receiver.url)
    assert answer.status == status
    assert words in answer.trouble
    assert answer.is_gone == (status == 410)
    assert receiver.letters == []  # a redirect is not followed


def test_a_server_that_hangs_is_left_after_the_limit_and_its_thread_ends(receiver):
    receiver.is_open.clear()
    answer = send(receiver.url, limit_s=0.2)
    assert "within 0.2 s" in answer.trouble
    receiver.is_open.set()
    wait_for(lambda: not any(t.name == "hook" for t in threading.enumerate()), "the thread ends")


class _Drip(socketserver.StreamRequestHandler):
    """Answers with a header that never ends."""

    def handle(self) -> None:
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while True:
                self.wfile.write(b"x")
                self.connection.settimeout(0.02)
                try:
                    if not self.connection.recv(4096):
                        return
                except TimeoutError:
                    continue
        except OSError:
            return


class _Flood(socketserver.StreamRequestHandler):
    """Answers with more than anybody wants to read."""

    def handle(self) -> None:
        self.connection.recv(65536)
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            for _ in range(4000):
                self.wfile.write(b"x" * 65536)
        except OSError:
            return


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def _serving(handler):
    server = _Server(("127.0.0.1", 0), handler)
    return server, f"http://127.0.0.1:{server.server_address[1]}/"


def test_a_header_that_never_ends_is_cut_off():
    server, url = _serving(_Drip)
    with receiving(server):
        assert "within 0.3 s" in send(url, limit_s=0.3).trouble
        wait_for(lambda: not any(t.name == "hook" for t in threading.enumerate()), "it ends")


def test_of_a_long_answer_only_the_beginning_is_read():
    server, url = _serving(_Flood)
    with receiving(server):
        assert send(url).trouble == ""


def test_where_nothing_listens_is_told_in_words():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    assert "the connection was refused" in send(f"http://127.0.0.1:{port}/").trouble
    assert "Its name is not known" in send("http://no-such-host.invalid/").trouble


def test_a_server_without_tls_is_no_https_server(receiver):
    answer = send(receiver.url.replace("http:", "https:"))
    assert answer.status is None
    assert answer.trouble


def test_the_farms_own_machine_is_not_reached_unless_allowed(receiver):
    refused = send(receiver.url, allow_own=False)
    assert "the farm's own machine" in refused.trouble
    assert receiver.letters == []


def test_a_name_that_leads_to_a_forbidden_address_is_refused(receiver, monkeypatch):
    """Only the resolver is not real: no test may change where names lead."""
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", receiver.server_port)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80)),
    ]
    monkeypatch.setattr(hook_post.socket, "getaddrinfo", lambda *_args, **_more: found)
    answer = send(receiver.url)
    assert "169.254.169.254" in answer.trouble
    assert receiver.letters == []
