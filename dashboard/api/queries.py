"""What may be in a request's address: a word that means nothing is a mistake, not a filter."""

from __future__ import annotations

from typing import Any

from flask import current_app, request

from brender_farm.errors import Fault
from dashboard.api.problems import problem


def require_known() -> Any:
    """Refuse query arguments that the operation does not take."""
    known = _known(request.endpoint or "")
    strange = [name for name in request.args if name not in known]
    if not strange:
        return None
    remedy = f"It takes {', '.join(known)}." if known else "It takes none."
    return problem(
        422,
        "The address asks for what there is not.",
        faults=[
            Fault(field=name[:100], message="There is no such argument.", remedy=remedy)
            for name in strange
        ],
    )


def _known(endpoint: str) -> list[str]:
    spec = getattr(current_app.view_functions.get(endpoint), "_spec", {})
    return [
        field.data_key or name
        for schema, place in spec.get("args", ())
        if place == "query"
        for name, field in schema.fields.items()
    ]
