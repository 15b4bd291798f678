"""What a farm refused, or why it could not be reached, as the errors of this package."""

from __future__ import annotations

import json
import re
from typing import Any

import urllib3
from urllib3 import exceptions as http

from brender_farm.errors import (
    ActionRefused,
    ChangedMeanwhile,
    FarmError,
    FarmUnreachable,
    Fault,
    NotAllowed,
    NotFound,
    RequestRefused,
    SignInNeeded,
)

_PROBLEM = "application/problem+json"
_MAKE_ONE = (
    "Make a token on your account's page there, or with “brender tokens add” on the farm's "
    "machine, and set BRENDER_TOKEN to it (or connect(url, token))."
)


def refusal(url: str, *, has_token: bool, response: urllib3.BaseHTTPResponse) -> FarmError:
    """Return the error that an answer stands for."""
    told = _problem(response)
    status = response.status
    if told is None:
        return _no_farm(url, response)
    detail = str(told.get("detail") or told.get("title") or f"It answers {status}.")
    if status == 401:
        return _who(url, has_token=has_token)
    if status == 412:
        return ChangedMeanwhile(tag=response.headers.get("ETag", "").strip('W/"'))
    faults = [_fault(each) for each in told.get("faults") or ()]
    if faults:
        return RequestRefused(*faults)
    if status == 409:
        return ActionRefused(detail, allowed=tuple(map(str, told.get("allowed") or ())))
    kind = {403: NotAllowed, 404: NotFound}.get(status, FarmError)
    error = kind(_of_the_server(url, status, detail))
    error.permanent = status < 500 and status != 429
    return error


def unreachable(url: str, error: http.HTTPError, *, may_be_done: bool) -> FarmUnreachable:
    """Return why a farm could not be asked; `may_be_done`: it may have heard it all the same."""
    cause = getattr(error, "reason", None) or error
    if isinstance(cause, http.SSLError):
        return FarmUnreachable(_tls(url, str(cause)))
    if isinstance(cause, http.NameResolutionError):
        return FarmUnreachable(
            f"There is no machine of that name: {url}. Correct BRENDER_URL, or see whether the "
            "name server knows it."
        )
    if isinstance(cause, http.NewConnectionError | http.ConnectTimeoutError):
        return FarmUnreachable(
            f"No farm answers at {url} ({_last_words(cause)}). Is its dashboard running, and may "
            "this machine reach it? BRENDER_URL says where it is."
        )
    unknown = " It may have been done all the same: look before you try again."
    return FarmUnreachable(
        f"The farm at {url} gave no whole answer ({_last_words(cause)}). Try again."
        f"{unknown if may_be_done else ''}"
    )


def _problem(response: urllib3.BaseHTTPResponse) -> dict[str, Any] | None:
    if _PROBLEM not in response.headers.get("Content-Type", ""):
        return None
    try:
        told = json.loads(response.data)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _fault(told: Any) -> Fault:
    found = told if isinstance(told, dict) else {}
    return Fault(
        **{name: str(found.get(name, "")) for name in ("field", "message", "remedy")},
    )


def _who(url: str, *, has_token: bool) -> SignInNeeded:
    if has_token:
        return SignInNeeded(
            f"The farm at {url} does not accept the token: it is not known there, was removed or "
            f"has expired. {_MAKE_ONE}"
        )
    return SignInNeeded(f"The farm at {url} wants to know who you are. {_MAKE_ONE}")


def _of_the_server(url: str, status: int, detail: str) -> str:
    if status >= 500:
        return f"{detail} (The farm at {url} has trouble of its own: {status}. Try again later.)"
    return detail


def _no_farm(url: str, response: urllib3.BaseHTTPResponse) -> FarmError:
    status, where = response.status, response.headers.get("Location")
    if where:
        return FarmError(f"{url} sends on to {where}. Set BRENDER_URL to where the farm is.")
    if status in (502, 503, 504):
        return FarmUnreachable(
            f"What stands before the farm at {url} does not reach its dashboard ({status}). "
            "Is the dashboard running?"
        )
    return FarmError(
        f"What answers at {url} is no Brender farm ({status}, "
        f"{response.headers.get('Content-Type', 'no content')}). Correct BRENDER_URL."
    )


def _tls(url: str, said: str) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in said or "doesn't match" in said:
        why = said.partition("failed: ")[2].rstrip(")'\" ") or said
        return (
            f"This machine does not trust the certificate of {url} ({why}). If your studio has "
            "an authority of its own, name its certificates with SSL_CERT_FILE; if the name is "
            "another one, correct BRENDER_URL."
        )
    return f"{url} does not speak TLS as this machine does ({said}). Is it http:// there?"


def _last_words(error: BaseException) -> str:
    """Return the last part of what urllib3 says: the system's own words."""
    words = re.sub(r"\[Errno -?\d+\] ", "", str(error).rpartition(": ")[2].rstrip(".)"))
    return words or type(error).__name__
