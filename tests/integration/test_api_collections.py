"""Which collections a request is about, and what a key that is limited to some learns of the others: nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from api.app import create_app
from tests.fake_library import REPORT, FakeLibrary
from tests.integration.conftest import Serve
from tests.integration.test_api_problems import problem_of
from yinju.keys import FILE, KeyStore
from yinju.settings import Settings

QUESTION = "夜校？"
OWN, OTHER, DELETED, NONE = "a-1", REPORT, "b-2", "none"


@pytest.fixture(autouse=True)
def two_collections(fake: FakeLibrary) -> None:
    """`a-1` in 督查, the others in default."""
    fake.found["a-1"] = replace(fake.found["a-1"], collection="督查")


@pytest.fixture
def limited(serve: Serve, fake: FakeLibrary, tmp_path: Path) -> Iterator[httpx.Client]:
    """A client whose key reaches 督查 alone. `b-2`, of another collection, was deleted."""
    fake.remove("b-2")
    with KeyStore(tmp_path / FILE) as keys:
        _, key = keys.add("督查室", ("read", "write"), ["督查"])
    base = serve(create_app(fake, Settings.load(index=tmp_path)))
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=base, headers=headers, trust_env=False) as client:
        yield client


def ids(client: httpx.Client, **parameters: Any) -> list[str]:
    documents = client.get("/v1/documents", params=parameters).raise_for_status().json()["documents"]
    return [document["id"] for document in documents]


def test_collections_are_listed_with_what_they_hold(client: httpx.Client, fake: FakeLibrary) -> None:
    assert client.get("/v1/collections").json() == {
        "collections": [
            {"name": "default", "documents": 2, "passages": 4},
            {"name": "督查", "documents": 1, "passages": 2},
        ]
    }
    fake.found.clear()
    assert client.get("/v1/collections").json() == {"collections": [{"name": "default", "documents": 0, "passages": 0}]}


def test_documents_are_listed_by_collection(client: httpx.Client) -> None:
    assert ids(client) == [REPORT, "a-1", "b-2"]
    assert ids(client, collection="督查") == ["a-1"]
    assert ids(client, collection=["督查", "default"]) == [REPORT, "a-1", "b-2"]


@pytest.mark.parametrize("collection", ["", "a b", "a" * 65])
def test_what_is_no_name_of_a_collection_is_refused(client: httpx.Client, collection: str) -> None:
    found = problem_of(client.get("/v1/documents", params={"collection": collection}), 422, "invalid-request")
    assert found["errors"][0]["parameter"].startswith("collection")


@pytest.mark.parametrize(
    "asked, within",
    [
        ({}, ("default",)),
        ({"collection": None}, ("default",)),
        ({"collection": "督查"}, ["督查"]),
        ({"collection": ["督查", "default"]}, ["督查", "default"]),
        ({"document_ids": ["a-1"]}, None),
        ({"document_ids": ["a-1"], "collection": "default"}, ["default"]),
    ],
)
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search"])
def test_a_question_is_about_one_collection_or_several(
    client: httpx.Client, fake: FakeLibrary, path: str, asked: dict[str, Any], within: object
) -> None:
    client.post(path, json={"question": QUESTION, **asked}).raise_for_status()
    assert fake.within == [within]


def test_a_question_about_a_collection_there_is_not_is_404(client: httpx.Client) -> None:
    problem_of(client.post("/v1/ask", json={"question": QUESTION, "collection": "无"}), 404, "unknown-collection")


@pytest.mark.parametrize(
    "collection, pointer",
    [
        ([], "#/collection"),
        (["a"] * 2, "#/collection"),
        (["e\u0301", "\u00e9"], "#/collection"),
        ([str(i) for i in range(51)], "#/collection"),
        (["a", "b c"], "#/collection/1"),
        ("b c", "#/collection/0"),
        ({}, "#/collection"),
        (5, "#/collection"),
        ([5], "#/collection/0"),
    ],
)
def test_collections_that_cannot_be_asked_are_pointed_at(client: httpx.Client, collection: Any, pointer: str) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION, "collection": collection})
    found = problem_of(response, 422, "invalid-request")
    assert [error["pointer"] for error in found["errors"]] == [pointer]


# ------------------------------------------------------------------------------- a key with limits


def test_a_limited_key_sees_its_own_alone(limited: httpx.Client, fake: FakeLibrary) -> None:
    assert ids(limited) == [OWN]
    assert [c["name"] for c in limited.get("/v1/collections").json()["collections"]] == ["督查"]
    assert limited.get(f"/v1/documents/{OWN}/text").status_code == 200
    limited.post("/v1/ask", json={"question": QUESTION}).raise_for_status()
    limited.post("/v1/search", json={"question": QUESTION, "document_ids": [OWN]}).raise_for_status()
    assert fake.within == [["督查"], ["督查"]]


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search"])
def test_where_a_limited_key_reaches_nothing_yet_nothing_is_found(
    limited: httpx.Client, fake: FakeLibrary, path: str
) -> None:
    del fake.found[OWN]
    limited.post(path, json={"question": QUESTION}).raise_for_status()
    assert fake.within == [[]]
    named = limited.post(path, json={"question": QUESTION, "collection": "督查"})
    problem_of(named, 404, "unknown-collection")


@pytest.mark.parametrize(
    "method, path, body",
    [
        ("GET", "/v1/documents/{}", None),
        ("GET", "/v1/documents/{}?version=1", None),
        ("GET", "/v1/documents/{}?version=9", None),
        ("GET", "/v1/documents/{}/text", None),
        ("GET", "/v1/documents/{}/text?version=9", None),
        ("GET", "/v1/documents/{}/versions", None),
        ("PUT", "/v1/documents/{}", {"text": "新。"}),
        ("DELETE", "/v1/documents/{}", None),
        ("POST", "/v1/ask", {"question": QUESTION, "document_ids": [OWN, "{}"]}),
        ("POST", "/v1/search", {"question": QUESTION, "document_ids": ["{}"]}),
    ],
)
def test_a_limited_key_is_told_the_same_of_what_is_elsewhere_deleted_or_nowhere(
    limited: httpx.Client, fake: FakeLibrary, method: str, path: str, body: dict[str, Any] | None
) -> None:
    before, told = dict(fake.found), set()
    for document_id in (OTHER, DELETED, NONE):
        sent = None if body is None else {k: _filled(v, document_id) for k, v in body.items()}
        headers = {"If-Match": '"x"', "Idempotency-Key": document_id.encode().hex()}
        response = limited.request(method, path.format(quote(document_id)), json=sent, headers=headers)
        found = problem_of(response, 403, "out-of-reach")
        told.add((found["title"], found["detail"], response.headers.get("etag")))
    assert len(told) == 1
    assert (fake.found, fake.jobs, fake.asked) == (before, {}, [])


def _filled(value: Any, document_id: str) -> Any:
    return [part.format(document_id) for part in value] if isinstance(value, list) else value


def test_a_limited_key_reaches_no_other_collection(limited: httpx.Client, fake: FakeLibrary) -> None:
    told = set()
    for collection in ("default", "无"):
        for response in (
            limited.get("/v1/documents", params={"collection": collection}),
            limited.post("/v1/ask", json={"question": QUESTION, "collection": ["督查", collection]}),
            limited.post("/v1/documents", json={"name": "a.txt", "text": "a", "collection": collection}),
            limited.post("/v1/documents", files={"file": ("a.txt", b"a")}, data={"collection": collection}),
        ):
            told.add(problem_of(response, 403, "out-of-reach")["detail"])
    problem_of(limited.post("/v1/documents", json={"name": "a.txt", "text": "a"}), 403, "out-of-reach")  # to default
    assert (len(told), fake.jobs) == (1, {})


def test_a_limited_key_learns_of_its_own_jobs_alone(limited: httpx.Client, fake: FakeLibrary, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("别的。")
    hidden, own = fake.submit("a.txt", file), fake.submit("a.txt", file, collection="督查")
    assert limited.get(f"/v1/jobs/{own.id}").status_code == 200
    told = [problem_of(limited.get(f"/v1/jobs/{i}"), 403, "out-of-reach")["detail"] for i in (hidden.id, "none")]
    assert told[0] == told[1]


def test_a_limited_key_changes_its_own(limited: httpx.Client, fake: FakeLibrary) -> None:
    added = limited.post("/v1/documents", json={"name": "c.txt", "text": "丙。", "collection": "督查"})
    assert (added.status_code, added.json()["collection"]) == (201, "督查")
    assert limited.put(f"/v1/documents/{OWN}", json={"text": "新。"}).json()["collection"] == "督查"
    headers = {"Idempotency-Key": "k"}
    assert limited.delete(f"/v1/documents/{OWN}", headers=headers).status_code == 200
    again = limited.delete(f"/v1/documents/{OWN}", headers=headers)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (200, "true")
    problem_of(limited.delete(f"/v1/documents/{OWN}"), 403, "out-of-reach")
    actors = set(fake.actors[1:])  # the fixture removed a document before
    assert len(actors) == 1
    assert not actors & {"", "anonymous"}
