"""The OpenAPI document: true, whole and valid."""

from __future__ import annotations

import json
import re

import pytest
import schemathesis

from brender_farm import __version__
from dashboard.api.openapi import operations
from dashboard.rights import PUBLIC, needed


@pytest.fixture
def document(farm):
    return farm.get("/api/v1/openapi.json").json


def test_the_document_is_of_openapi_3_1_and_of_this_version(farm, document):
    assert document["openapi"].startswith("3.1")
    assert document["info"]["version"] == __version__
    schemathesis.openapi.from_dict(document).validate()
    assert '"nullable"' not in json.dumps(document)


def test_every_operation_says_what_it_does_under_a_name_of_its_own(document):
    found = [operation for _, _, operation in operations(document)]
    assert len(found) > 80
    for operation in found:
        assert operation["summary"], operation
        assert operation["description"], operation
        assert len(operation["tags"]) == 1, operation
        assert operation["tags"][0] in {tag["name"] for tag in document["tags"]}
    names = [operation["operationId"] for operation in found]
    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere(document):
    for name in set(re.findall(r'"#/components/(\w+/\w[\w-]*)"', json.dumps(document))):
        kind, _, each = name.partition("/")
        assert each in document["components"][kind], name


def test_what_can_go_wrong_is_told_with_problems(document):
    for path, method, operation in operations(document):
        statuses = set(operation["responses"])
        assert "400" in statuses
        if operation.get("security") != []:
            assert {"401", "403"} <= statuses, path
        if "{" in path:
            assert "404" in statuses, path
        if "requestBody" in operation:
            assert {"413", "415", "422"} <= statuses, path
        for status in statuses:
            if status[0] in "45":
                ref = operation["responses"][status]["$ref"]
                assert ref.endswith(f"Problem{status}"), (path, method)


def test_headers_are_told(document):
    paths = document["paths"]
    sent = [each["name"] for each in paths["/api/v1/shots"]["post"]["parameters"]]
    assert "Idempotency-Key" in sent
    edit = paths["/api/v1/shots/{shot_id}"]["patch"]
    assert "If-Match" in [each["name"] for each in edit["parameters"]]
    assert "412" in edit["responses"]
    look = paths["/api/v1/shots/{shot_id}"]["get"]["responses"]
    assert "ETag" in look["200"]["headers"]
    assert "304" in look
    assert set(document["components"]["securitySchemes"]) == {"token", "session"}


def test_every_operation_stands_in_the_table_of_rights(farm):
    missing = [
        rule.endpoint
        for rule in farm.app.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.endpoint.startswith("api.")
        and rule.endpoint not in PUBLIC
        and needed(rule.endpoint, method) is None
    ]
    assert missing == []


def test_the_description_can_be_read_and_tried_on_a_page(farm):
    page = farm.text("/api/v1/docs")
    assert 'data-description="/api/v1/openapi.json"' in page
    assert "swagger-ui-bundle.js" in page
    assert 'href="/api/v1/docs"' in farm.text("/status")
