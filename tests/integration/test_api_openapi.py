from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

OPERATIONS = {
    ("post", "/v1/ask"): "ask",
    ("post", "/v1/search"): "search",
    ("get", "/v1/documents"): "list_documents",
    ("post", "/v1/documents"): "add_document",
    ("get", "/v1/documents/{document_id}"): "get_document",
    ("put", "/v1/documents/{document_id}"): "replace_document",
    ("delete", "/v1/documents/{document_id}"): "delete_document",
    ("get", "/v1/documents/{document_id}/text"): "get_document_text",
    ("get", "/v1/documents/{document_id}/versions"): "list_versions",
    ("get", "/v1/collections"): "list_collections",
    ("get", "/v1/jobs/{job_id}"): "get_job",
    ("get", "/v1/session"): "get_session",
    ("post", "/v1/session"): "open_session",
    ("delete", "/v1/session"): "close_session",
    ("get", "/healthz"): "healthz",
    ("get", "/readyz"): "readyz",
    ("get", "/metrics"): "metrics",
}


@pytest.fixture
def description(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").raise_for_status().json()
    return found


def test_operations_have_the_names_clients_are_made_from(description: dict[str, Any]) -> None:
    paths = description["paths"].items()
    assert {(m, path): op["operationId"] for path, ops in paths for m, op in ops.items()} == OPERATIONS


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    names = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(description)))
    assert names == set(description["components"]["schemas"])


def test_every_error_is_described_as_a_problem(description: dict[str, Any]) -> None:
    for operations in description["paths"].values():
        for operation in operations.values():
            errors = {status: r for status, r in operation["responses"].items() if status >= "400"}
            assert "500" in errors
            for response in errors.values():
                problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
                assert response["content"] == {"application/problem+json": problem}


def test_the_example_can_be_sent_as_it_is(client: httpx.Client, description: dict[str, Any]) -> None:
    for name, path in (("AskRequest", "/v1/ask"), ("SearchRequest", "/v1/search")):
        (example,) = description["components"]["schemas"][name]["examples"]
        assert client.post(path, json=example).status_code == 200


def test_who_may_ask_is_described(description: dict[str, Any]) -> None:
    assert set(description["components"]["securitySchemes"]) == {"key", "session"}
    assert description["security"] == [{"key": []}, {"session": []}, {}]
    operations = [operation for path in description["paths"].values() for operation in path.values()]
    open_to_all = {"healthz", "readyz", "open_session", "close_session"}
    assert {o["operationId"] for o in operations if o.get("security") == []} == open_to_all


def test_bounds_are_described(description: dict[str, Any]) -> None:
    fields = description["components"]["schemas"]["AskRequest"]
    assert fields["additionalProperties"] is False
    assert fields["required"] == ["question"]
    question, top_k = fields["properties"]["question"], fields["properties"]["top_k"]
    assert (question["minLength"], question["maxLength"]) == (1, 2000)
    assert (top_k["minimum"], top_k["maximum"], top_k["default"]) == (1, 50, 5)
    assert fields["properties"]["history"]["maxItems"] == 50
