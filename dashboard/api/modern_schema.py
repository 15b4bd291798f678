"""Turns what older OpenAPI versions say of null into JSON Schema 2020-12, as OpenAPI 3.1 has it."""

from __future__ import annotations

from typing import Any


def modern(node: Any) -> Any:
    """Return a part of a document in which `nullable` is a type of its own."""
    if isinstance(node, list):
        return [modern(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: modern(value) for name, value in node.items()}
    if made.get("nullable") is True and ("type" in made or "enum" in made or "$ref" in made):
        del made["nullable"]
        return _or_null(made)
    return made


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {"anyOf": [{"$ref": schema.pop("$ref")}, {"type": "null"}], **schema}
    if "type" in schema:
        known = schema["type"]
        types = known if isinstance(known, list) else [known]
        schema["type"] = [*types, *(["null"] if "null" not in types else [])]
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    return schema
