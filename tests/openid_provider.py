"""A small OpenID provider on loopback: it has one person, and may lie in one thing."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID = "brender"
CLIENT_SECRET = "a secret of two"


class Provider:
    """What the provider knows; `lie` changes an ID token's claims before they are signed."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.key = RSAKey.generate_key(2048, auto_kid=True)
        self.signed_by = self.key
        self.person: dict[str, Any] = {"sub": "u-1", "preferred_username": "Mira"}
        self.told: dict[str, Any] | None = None
        """What the userinfo address says; None: there is none."""
        self.lie: Callable[[dict[str, Any]], None] = lambda _claims: None
        self.metadata: dict[str, Any] = {}
        """What it says of itself instead."""
        self.codes: dict[str, dict[str, str]] = {}
        self.seen: list[dict[str, str]] = []

    def describe(self) -> dict[str, Any]:
        known = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        if self.told is not None:
            known["userinfo_endpoint"] = f"{self.url}/userinfo"
        return known | self.metadata

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where the browser goes back to."""
        self.seen.append(asked)
        code = secrets.token_urlsafe(12)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def give_token(self, sent: dict[str, str]) -> dict[str, Any]:
        """Return the tokens for a code, once. Raises KeyError and AssertionError."""
        asked = self.codes.pop(sent["code"])
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        assert (asked["code_challenge_method"], asked["code_challenge"]) == ("S256", challenge)
        assert asked["redirect_uri"] == sent["redirect_uri"]
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.person,
        }
        self.lie(claims)
        header = {"alg": "RS256", "kid": self.key.kid}
        return {
            "access_token": "opaque",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": jwt.encode(header, claims, self.signed_by),
        }


@contextmanager
def running_provider() -> Iterator[Provider]:
    """Serve a provider while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    server.provider = provider  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    @property
    def provider(self) -> Provider:
        return self.server.provider  # type: ignore[attr-defined,no-any-return]

    def do_GET(self) -> None:
        path = urlsplit(self.path)
        if path.path == "/.well-known/openid-configuration":
            self._answer(self.provider.describe())
        elif path.path == "/keys":
            self._answer({"keys": [self.provider.key.as_dict(private=False)]})
        elif path.path == "/userinfo":
            assert self.headers["Authorization"] == "Bearer opaque"
            self._answer(self.provider.told or {})
        elif path.path == "/authorize":
            asked = {name: values[0] for name, values in parse_qs(path.query).items()}
            self.send_response(302)
            self.send_header("Location", self.provider.authorize(asked))
            self.end_headers()
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        sent = {name: values[0] for name, values in parse_qs(body).items()}
        wanted = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {wanted}":
            self._answer({"error": "invalid_client"}, 401)
            return
        try:
            self._answer(self.provider.give_token(sent))
        except (KeyError, AssertionError):
            self._answer({"error": "invalid_grant"}, 400)

    def _answer(self, body: dict[str, Any], status: int = 200) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_words: object) -> None:
        pass
