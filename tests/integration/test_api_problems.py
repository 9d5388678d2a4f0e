"""Every error is a problem (RFC 9457) that says what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from fastapi import HTTPException

from api.app import create_app
from api.kinds import KINDS
from tests.fake_library import FakeLibrary
from tests.integration.conftest import Serve
from yinju.errors import IndexBusy, ModelError
from yinju.settings import Settings

JSON = {"Content-Type": "application/json"}
QUESTION = "夜校？"
MIB = 1024 * 1024


def problem_of(response: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = response.json()
    assert response.status_code == found["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert (found["type"], found["title"]) == (f"/problems/{kind}", KINDS[kind].title)
    assert found["detail"].endswith(".")
    assert unquote(found["instance"]) == unquote(response.request.url.path)
    assert found["request_id"] == response.headers["x-request-id"]
    assert set(found) <= {"type", "title", "status", "detail", "instance", "errors", "deleted_at", "request_id"}
    assert ("deleted_at" in found) == (kind == "deleted-document")
    return found


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({}, "#/question"),
        ({"question": ""}, "#/question"),
        ({"question": " \n\u3000"}, "#/question"),
        ({"question": "问" * 2001}, "#/question"),
        ({"question": None}, "#/question"),
        ({"question": 5}, "#/question"),
        ({"question": QUESTION, "top_k": 0}, "#/top_k"),
        ({"question": QUESTION, "top_k": 51}, "#/top_k"),
        ({"question": QUESTION, "top_k": "5"}, "#/top_k"),
        ({"question": QUESTION, "top_k": 1.5}, "#/top_k"),
        ({"question": QUESTION, "top_k": True}, "#/top_k"),
        ({"question": QUESTION, "mode": "creative"}, "#/mode"),
        ({"question": QUESTION, "document_ids": []}, "#/document_ids"),
        ({"question": QUESTION, "document_ids": [""]}, "#/document_ids/0"),
        ({"question": QUESTION, "document_ids": "a-1"}, "#/document_ids"),
        ({"question": QUESTION, "stream": "yes"}, "#/stream"),
        ({"question": QUESTION, "history": [{"role": "system", "content": ""}]}, "#/history/0/role"),
        ({"question": QUESTION, "history": [{"role": "user"}]}, "#/history/0/content"),
        ({"question": QUESTION, "history": [{"role": "user", "content": "", "x": 1}]}, "#/history/0/x"),
        ({"question": QUESTION, "history": [{"role": "user", "content": "a" * 20_001}]}, "#/history/0/content"),
        ({"question": QUESTION, "history": [{"role": "user", "content": ""}] * 51}, "#/history"),
        ({"question": QUESTION, "temperature": 1}, "#/temperature"),
        ({"question": QUESTION, "温/度~": 1}, "#/%E6%B8%A9~1%E5%BA%A6~0"),
        ([], "#"),
        ("问", "#"),
    ],
)
def test_a_field_that_cannot_be_used_is_pointed_at(client: httpx.Client, body: Any, pointer: str) -> None:
    found = problem_of(client.post("/v1/ask", json=body), 422, "invalid-request")
    assert [error["pointer"] for error in found["errors"]] == [pointer]
    assert found["errors"][0]["detail"].endswith(".")
    assert "should" not in found["errors"][0]["detail"]  # as pydantic words it
    assert found["detail"].startswith(f"{pointer} can't be used: ")


def test_no_body_is_told_apart_from_a_wrong_one(client: httpx.Client) -> None:
    found = problem_of(client.post("/v1/ask", headers=JSON), 422, "invalid-request")
    assert found["errors"] == [{"pointer": "#", "detail": "This field is required: add it."}]


def test_a_question_of_nothing_usable_is_the_librarys_to_refuse(client: httpx.Client) -> None:
    problem_of(client.post("/v1/ask", json={"question": "\u0000"}), 422, "invalid-request")


def test_hundreds_of_faults_are_listed_in_part(client: httpx.Client) -> None:
    body = {"question": QUESTION} | {f"x{i}": 0 for i in range(300)}
    found = problem_of(client.post("/v1/ask", json=body), 422, "invalid-request")
    assert len(found["errors"]) == 20
    assert found["detail"].startswith("#/x0 (and 299 more) can't be used: ")


def test_lone_surrogates_are_refused(client: httpx.Client) -> None:
    for body in (rb'{"question": "\ud83c"}', rb'{"question": "a", "\ud83c": 1}'):
        problem_of(client.post("/v1/ask", content=body, headers=JSON), 422, "invalid-request")


@pytest.mark.parametrize(
    "body",
    [b"{", b'{"question": }', "问".encode(), '{"question": "问"}'.encode("gb18030"), b"[" * 100_000, b"1" * 5000],
)
def test_what_is_not_json_is_400(client: httpx.Client, body: bytes) -> None:
    problem_of(client.post("/v1/ask", content=body, headers=JSON), 400, "broken-json")


def test_a_slip_in_json_is_located(client: httpx.Client) -> None:
    found = problem_of(client.post("/v1/ask", content=b'{"question": }', headers=JSON), 400, "broken-json")
    assert "at character 13" in found["detail"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "nonsense", None])
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search"])
def test_a_body_not_declared_as_json_is_415(client: httpx.Client, path: str, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    response = client.post(path, content=json.dumps({"question": QUESTION}).encode(), headers=headers)
    assert "application/json" in problem_of(response, 415, "not-json")["detail"]


def _chunks(size: int) -> Iterator[bytes]:
    yield b'{"question": "'
    for _ in range(size // 1024):
        yield b" " * 1024
    yield b'a"}'


def test_a_body_over_a_mebibyte_is_413(client: httpx.Client) -> None:
    problem_of(client.post("/v1/ask", content=b" " * (MIB + 1), headers=JSON), 413, "too-large")


def test_a_body_over_a_mebibyte_is_413_though_its_length_is_not_declared(client: httpx.Client) -> None:
    response = client.post("/v1/ask", content=_chunks(MIB), headers=JSON)
    assert "content-length" not in response.request.headers
    problem_of(response, 413, "too-large")


def test_a_body_of_a_mebibyte_is_read(client: httpx.Client) -> None:
    body = b'{"question": "a"}'
    assert client.post("/v1/ask", content=body + b" " * (MIB - len(body)), headers=JSON).status_code == 200


@pytest.mark.parametrize("path", ["/v1/documents/none", "/v1/documents/none/text", "/v1/documents/%E6%97%A0%00"])
def test_an_unknown_document_is_404(client: httpx.Client, path: str) -> None:
    detail = problem_of(client.get(path), 404, "unknown-document")["detail"]
    assert "GET /v1/documents lists them" in detail
    assert "yinju" not in detail  # a command of the machine the service runs on


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=1.5"])
def test_a_parameter_that_cannot_be_used_is_named(client: httpx.Client, query: str) -> None:
    found = problem_of(client.get(f"/v1/documents?{query}"), 422, "invalid-request")
    assert found["detail"].startswith("limit can't be used: This must be ")


@pytest.mark.parametrize("path", ["/v1", "/v1/ask/", "/v2/ask", "/static/none.js", "/static/../app.py", "/%ff"])
def test_an_unknown_address_is_404(client: httpx.Client, path: str) -> None:
    problem_of(client.get(path), 404, "unknown-address")


@pytest.mark.parametrize(
    "method, path, allowed",
    [
        ("GET", "/v1/ask", "POST"),
        ("PATCH", "/v1/documents/a-1", "DELETE, GET, HEAD, PUT"),
        ("DELETE", "/v1/documents", "GET, HEAD, POST"),
        ("DELETE", "/v1/documents/a-1/text", "GET, HEAD"),
        ("POST", "/healthz", "GET, HEAD"),
        ("PUT", "/", "GET, HEAD"),
        ("POST", "/static/none.js", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_405_and_says_which_are_right(
    client: httpx.Client, method: str, path: str, allowed: str
) -> None:
    response = client.request(method, path)
    assert response.headers["allow"] == allowed
    assert allowed in problem_of(response, 405, "wrong-method")["detail"]


@pytest.mark.parametrize("stream", [False, True])
def test_an_unforeseen_failure_tells_nothing_of_the_inside(
    client: httpx.Client, fake: FakeLibrary, stream: bool
) -> None:
    fake.fails = RuntimeError("secret path /srv/x")
    response = client.post("/v1/ask", json={"question": QUESTION, "stream": stream})
    problem_of(response, 500, "internal")
    assert "secret" not in response.text


@pytest.mark.parametrize(
    "error, kind", [(IndexBusy("Another process writes. Wait."), "busy"), (ModelError("Gone. Restart."), "not-ready")]
)
def test_what_the_client_cannot_mend_is_503(
    client: httpx.Client, fake: FakeLibrary, error: Exception, kind: str
) -> None:
    fake.fails = error
    response = client.post("/v1/search", json={"question": QUESTION})
    assert problem_of(response, 503, kind)["detail"] == str(error)
    assert int(response.headers["retry-after"]) > 0


def test_errors_of_other_kinds_are_problems_too(serve: Serve, fake: FakeLibrary) -> None:
    app = create_app(fake, Settings.load())

    @app.get("/teapot")
    async def teapot() -> None:
        raise HTTPException(418)

    response = httpx.get(f"{serve(app)}/teapot", trust_env=False)
    assert (response.status_code, response.headers["content-type"]) == (418, "application/problem+json")
    assert (response.json()["type"], response.json()["instance"]) == ("about:blank", "/teapot")


def test_every_type_leads_to_its_explanation(client: httpx.Client) -> None:
    for kind in KINDS.values():
        assert kind.meaning in client.get(f"/problems/{kind.name}").text
    problem_of(client.get("/problems/none"), 404, "unknown-address")
