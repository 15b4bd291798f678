"""What protects the dashboard and its users' browsers from other sites' pages."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from flask import Flask, Response, abort, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect

from brender_farm.config import LOOPBACK_HOSTS, Settings
from brender_farm.service.sign_ins import LASTS
from dashboard.proxy import NamedProxy

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # data: for the arrows in Bootstrap's own style sheet
        "font-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
STRICT_TRANSPORT = "max-age=31536000"
MAX_FORM_BYTES = 256 * 1024

csrf = CSRFProtect()


class CookieOfDoor(SecureCookieSessionInterface):
    """The session cookie: sent over TLS only, once it came over TLS."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - Flask's signature
        return request.is_secure


def protect(app: Flask, settings: Settings) -> None:
    """Turn on CSRF tokens for forms, security headers, and the check of the host's name."""
    app.config.update(
        SECRET_KEY=load_secret(settings.data_dir),
        SESSION_COOKIE_NAME="brender_session",  # cookies are shared by all ports of a host
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        PERMANENT_SESSION_LIFETIME=LASTS,
        WTF_CSRF_TIME_LIMIT=None,  # the page is kept open all day
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
    )
    app.session_interface = CookieOfDoor()
    app.wsgi_app = NamedProxy(app.wsgi_app, settings.proxies)  # type: ignore[method-assign]
    if settings.host in LOOPBACK_HOSTS and not settings.proxies:
        # A foreign page whose name was pointed at 127.0.0.1 must not reach the farm.
        app.config["TRUSTED_HOSTS"] = ["localhost", "127.0.0.1", "[::1]"]
    csrf.init_app(app)
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
    return response


def require_json() -> None:
    """Refuse API writes that a form on another site could send: JSON needs its consent first."""
    consented = {"GET", "HEAD", "OPTIONS", "DELETE"}  # no form sends DELETE; scripts are asked
    if request.method not in consented and request.mimetype != "application/json":
        abort(415, description="Send JSON, with the header Content-Type: application/json.")


def load_secret(data_dir: Path) -> str:
    """Return the key that signs sessions, made on first use and readable by its owner only."""
    path = data_dir / "secret-key"
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32), encoding="ascii")
        try:
            os.link(fresh, path)  # fails if another process was first
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip()
