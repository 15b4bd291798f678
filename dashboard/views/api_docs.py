"""The API's description, to read and to try."""

from __future__ import annotations

from flask import Blueprint, render_template

pages = Blueprint("api_docs", __name__, url_prefix="/api/v1/docs")


@pages.get("")
def page() -> str:
    return render_template("api_docs/page.html")
