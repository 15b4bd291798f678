"""A receiver of webhooks: a web server that keeps what it is sent, and checks signatures."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Letter:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        return json.loads(self.body)

    def is_signed_with(self, secret: str) -> bool:
        """Check the signature as its description says, not as the farm's own code does."""
        parts = [part.split("=", 1) for part in self.headers["Brender-Signature"].split(",")]
        (at,) = [value for name, value in parts if name == "t"]
        mark = hmac.new(secret.encode(), at.encode() + b"." + self.body, hashlib.sha256)
        return mark.hexdigest() in [value for name, value in parts if name == "v1"]


class Receiver(ThreadingHTTPServer):
    """Keeps what it takes; answers with the next of `answers`, else with 200."""

    daemon_threads = True

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.refused: list[Letter] = []
        self.answers: list[int] = []
        self.is_open = threading.Event()
        self.is_open.set()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"

    def topics(self) -> list[str]:
        return [letter.told["topic"] for letter in self.letters]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        letter = Letter(self.path, dict(self.headers), body)
        self.server.is_open.wait(30)
        answer = self.server.answers.pop(0) if self.server.answers else 200
        kept = self.server.letters if answer == 200 else self.server.refused
        kept.append(letter)
        self.send_response(answer)
        if 300 <= answer < 400:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Say nothing."""
