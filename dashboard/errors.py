"""What went wrong, as a page or as JSON: what happened, and what to do next."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from brender_farm import errors as farm
from dashboard.api.problems import problem
from dashboard.who import current_person

log = logging.getLogger(__name__)

STATUS_OF: tuple[tuple[type[farm.FarmError], int], ...] = (
    (farm.RequestRefused, 422),
    (farm.FrameSyntaxError, 422),
    (farm.BlendFileError, 422),
    (farm.NotFound, 404),
    (farm.SignInNeeded, 401),
    (farm.NotAllowed, 403),
    (farm.TooManyTries, 429),
    (farm.ChangedMeanwhile, 412),
    (farm.ActionRefused, 409),
    (farm.BrokerUnavailable, 503),
)
REMEDIES = {
    401: "Load the page again and sign in.",
    400: "Check the address, or go back and try again.",
    403: "Go back and try again.",
    404: "It may have been deleted, or the address is mistyped.",
    405: "Use the buttons and links of the pages.",
    413: "Send less at a time.",
    500: "The dashboard's log says more. Try again; if it stays, report it with that log.",
    503: "Try again in a moment.",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One error as it is shown."""

    status: int
    message: str
    faults: tuple[farm.Fault, ...] = ()
    allowed: tuple[str, ...] | None = None

    @property
    def title(self) -> str:
        return HTTPStatus(self.status).phrase


def register_errors(app: Flask) -> None:
    app.register_error_handler(farm.FarmError, handle_farm_error)
    app.register_error_handler(CSRFError, handle_csrf_error)
    app.register_error_handler(SecurityError, handle_untrusted_host)
    app.register_error_handler(HTTPException, handle_http_error)


def handle_farm_error(error: farm.FarmError) -> Response:
    status = next((code for kind, code in STATUS_OF if isinstance(error, kind)), 500)
    response = show(
        Trouble(
            status,
            error.message,
            faults=getattr(error, "faults", ()),
            allowed=getattr(error, "allowed", None),
        )
    )
    if isinstance(error, farm.TooManyTries):
        response.headers["Retry-After"] = str(error.wait_s)
    if isinstance(error, farm.ChangedMeanwhile):
        response.set_etag(error.tag)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Brender"'
    return response


def handle_csrf_error(_error: CSRFError) -> Response:
    return show(
        Trouble(
            400, "This form came from an older session, so it was not trusted. Load the page again."
        )
    )


def handle_untrusted_host(error: SecurityError) -> Response:
    """Answer without a page: without a host that is trusted, no address can be made."""
    message = f"{error.description} Open the dashboard as http://localhost."
    if request.path.startswith("/api/"):
        return problem(400, message)
    return Response(message, status=400, mimetype="text/plain")


def handle_http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    if error.code >= 500:
        log.error("A request failed.", exc_info=getattr(error, "original_exception", None))
    response = show(Trouble(error.code, error.description or error.name))
    if allow := dict(error.get_headers()).get("Allow"):
        response.headers["Allow"] = allow
    return response


def show(trouble: Trouble) -> Response:
    """Answer as JSON below /api/, as a page elsewhere."""
    if request.path.startswith("/api/"):
        return problem(
            trouble.status, trouble.message, faults=trouble.faults, allowed=trouble.allowed
        )
    page = render_template(
        "errors/error.html" if _is_known(trouble) else "errors/outside.html",
        trouble=trouble,
        remedy=REMEDIES.get(trouble.status, ""),
    )
    return Response(page, status=trouble.status, mimetype="text/html")


def _is_known(trouble: Trouble) -> bool:
    """Whether somebody who may look at the farm sees this error; others see nothing of it.

    After a failure of our own it is not asked of the database: that may be what failed.
    """
    if "person" in g or trouble.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return g.get("person") is not None
    return current_person() is not None
