"""Documents come, change and go."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from api.app import create_app
from tests.fake_library import LATER, REPORT, TEXT, WHEN, FakeLibrary
from tests.integration.conftest import Serve
from tests.integration.test_api_problems import problem_of
from yinju.settings import Settings

NEW = "本年开办青年夜校130期。\n"
FILE = {"file": ("报告.txt", NEW.encode())}
PATH = f"/v1/documents/{quote(REPORT, safe='')}"


def add(client: httpx.Client, text: str = NEW, **headers: str) -> httpx.Response:
    return client.post("/v1/documents", json={"name": "报告.txt", "text": text}, headers=headers)


def etag(fake: FakeLibrary, document_id: str) -> str:
    return f'"{fake.found[document_id].text_sha256}"'


# -------------------------------------------------------------------------------------------------- add


def test_a_document_added_is_told_with_its_address(client: httpx.Client, fake: FakeLibrary) -> None:
    response = client.post("/v1/documents", files=FILE)
    assert response.status_code == 201
    assert response.headers["location"] == f"/v1/documents/{quote('报告')}"
    assert response.headers["etag"] == etag(fake, "报告")
    assert "idempotency-replayed" not in response.headers
    assert response.json() == {
        "id": "报告",
        "collection": "default",
        "title": NEW[:4],
        "document_date": "2025",
        "name": "报告.txt",
        "characters": len(NEW),
        "passages": 2,
        "version": 1,
        "text_sha256": fake.found["报告"].text_sha256,
        "added_at": WHEN,
        "updated_at": WHEN,
    }
    got = client.get(response.headers["location"])
    assert (got.status_code, got.headers["etag"]) == (200, response.headers["etag"])


def test_the_same_bytes_again_are_the_document_there_is(client: httpx.Client, fake: FakeLibrary) -> None:
    first, second = client.post("/v1/documents", files=FILE), client.post("/v1/documents", files=FILE)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json()
    assert second.headers["etag"] == first.headers["etag"]
    elsewhere = client.post("/v1/documents", files=FILE, data={"collection": "督查"})
    assert (elsewhere.status_code, elsewhere.json()["id"]) == (201, "报告-2")


def test_what_takes_long_is_a_job(client: httpx.Client, fake: FakeLibrary) -> None:
    fake.slow = True
    response = client.post("/v1/documents", files=FILE)
    assert (response.status_code, list(response.json())) == (202, ["job"])
    assert fake.waited == [5.0]
    assert response.headers["location"] == "/v1/jobs/job-1"
    assert int(response.headers["retry-after"]) > 0
    assert client.get("/v1/jobs/job-1").json() == response.json()["job"]


@pytest.mark.parametrize("prefer", ["respond-async", "return=minimal, Respond-Async", "wait=5, respond-async; a=b"])
def test_a_job_can_be_preferred(client: httpx.Client, fake: FakeLibrary, prefer: str) -> None:
    response = client.post("/v1/documents", files=FILE, headers={"Prefer": prefer})
    assert (response.status_code, response.headers["preference-applied"]) == (202, "respond-async")
    assert fake.waited == []


def test_other_preferences_change_nothing(client: httpx.Client) -> None:
    response = client.post("/v1/documents", files=FILE, headers={"Prefer": "respond-asynchronously, wait=1"})
    assert response.status_code == 201
    assert "preference-applied" not in response.headers


def test_what_is_there_already_is_no_job_even_where_one_is_preferred(client: httpx.Client) -> None:
    client.post("/v1/documents", files=FILE)
    response = client.post("/v1/documents", files=FILE, headers={"Prefer": "respond-async"})
    assert (response.status_code, response.json()["id"]) == (200, "报告")


@pytest.mark.parametrize("method, path", [("POST", "/v1/documents"), ("PUT", PATH)])
def test_a_file_that_cannot_be_read_is_a_problem_of_its_own(
    client: httpx.Client, fake: FakeLibrary, method: str, path: str
) -> None:
    before = dict(fake.found)
    response = client.request(method, path, files={"file": ("a.pdf", "扫描件".encode())})
    problem_of(response, 422, "scan")
    assert fake.found == before


def test_questions_do_not_wait_for_uploads(client: httpx.Client, fake: FakeLibrary) -> None:
    """More uploads wait for their jobs than there are threads for questions."""
    fake.slow, fake.hold = True, 1.0
    with ThreadPoolExecutor(16) as crowd:
        uploads = [crowd.submit(add, client, f"{NEW}{i}") for i in range(16)]
        while len(fake.waited) < 16:
            time.sleep(0.01)
        assert client.post("/v1/ask", json={"question": "夜校"}).status_code == 200
        assert not any(upload.done() for upload in uploads)
        assert [upload.result().status_code for upload in uploads] == [202] * 16


def test_a_short_time_for_requests_shortens_the_wait(serve: Serve, fake: FakeLibrary) -> None:
    base = serve(create_app(fake, Settings.load(request_timeout=1)))
    httpx.post(f"{base}/v1/documents", files=FILE, trust_env=False).raise_for_status()
    assert fake.waited == [0.5]


# ---------------------------------------------------------------------------------------------- replace


@pytest.mark.parametrize("body", [{"files": FILE}, {"json": {"text": NEW, "name": "报告.txt"}}])
def test_a_document_replaced_keeps_its_id_and_its_old_text(
    client: httpx.Client, fake: FakeLibrary, body: dict[str, Any]
) -> None:
    before = client.get(PATH).json()
    response = client.put(PATH, **body)
    assert response.status_code == 200
    assert response.headers["etag"] == etag(fake, REPORT)
    assert "location" not in response.headers
    document = response.json()
    assert (document["id"], document["version"], document["name"]) == (REPORT, 2, "报告.txt")
    assert document["updated_at"] == LATER
    assert client.get(f"{PATH}/text").text == NEW
    assert client.get(f"{PATH}/text", params={"version": 1}).text == TEXT
    assert client.get(PATH, params={"version": 1}).json() == {**before, "passages": 0}
    assert client.get(PATH, params={"version": 2}).json() == client.get(PATH).json()


def test_a_text_without_a_name_keeps_the_one_there_is(client: httpx.Client, fake: FakeLibrary) -> None:
    assert client.put(PATH, json={"text": NEW}).json()["name"] == f"{REPORT}.txt"
    assert client.put(PATH, json={"text": TEXT, "name": None}).json()["version"] == 3


def test_the_versions_are_listed(client: httpx.Client, fake: FakeLibrary) -> None:
    old = fake.found[REPORT].text_sha256
    client.put(PATH, json={"text": NEW}).raise_for_status()
    assert client.get(f"{PATH}/versions").json() == {
        "versions": [
            {"version": 1, "title": TEXT[:4], "text_sha256": old, "stored_at": WHEN},
            {"version": 2, "title": NEW[:4], "text_sha256": fake.found[REPORT].text_sha256, "stored_at": LATER},
        ]
    }


@pytest.mark.parametrize("path", [PATH, f"{PATH}/text"])
def test_a_version_there_never_was_is_404(client: httpx.Client, path: str) -> None:
    detail = problem_of(client.get(path, params={"version": 2}), 404, "unknown-version")["detail"]
    assert "from 1 to 1" in detail


@pytest.mark.parametrize("version", ["0", "-1", "x", "1.5", "", "2147483648", "9" * 5000])
def test_a_version_is_a_number(client: httpx.Client, version: str) -> None:
    found = problem_of(client.get(PATH, params={"version": version}), 422, "invalid-request")
    assert [error["parameter"] for error in found["errors"]] == ["version"]
    assert "should" not in found["errors"][0]["detail"]


def test_a_version_held_already_is_not_sent_again(client: httpx.Client) -> None:
    old = client.get(PATH).headers["etag"]
    client.put(PATH, json={"text": NEW}).raise_for_status()
    held = {"If-None-Match": old}
    path = f"{PATH}/text"
    assert client.get(path, headers=held).status_code == 200
    response = client.get(path, params={"version": 1}, headers=held)
    assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", old)


def test_what_is_said_of_a_document_is_sent_though_the_text_is_the_same(client: httpx.Client) -> None:
    held = {"If-None-Match": client.get(PATH).headers["etag"]}
    client.put(PATH, json={"text": TEXT + " ", "name": "乙.txt"}).raise_for_status()
    client.put(PATH, json={"text": TEXT, "name": "丙.txt"}).raise_for_status()
    assert client.get(f"{PATH}/text", headers=held).status_code == 304
    response = client.get(PATH, headers=held)
    assert (response.status_code, response.headers["etag"]) == (200, held["If-None-Match"])
    assert (response.json()["name"], response.json()["version"]) == ("丙.txt", 3)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_what_is_not_there_cannot_be_changed(client: httpx.Client, method: str) -> None:
    problem_of(client.request(method, "/v1/documents/none", json={"text": NEW}), 404, "unknown-document")


# ----------------------------------------------------------------------------------------------- delete


def test_a_document_deleted_tells_what_was_removed(client: httpx.Client, fake: FakeLibrary) -> None:
    client.put(PATH, json={"text": NEW}).raise_for_status()
    response = client.delete(PATH)
    assert response.status_code == 200
    assert response.json() == {"document_id": REPORT, "passages": 2, "vectors": 2, "versions": 2}
    assert REPORT not in [document["id"] for document in client.get("/v1/documents").json()["documents"]]


@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", PATH),
        ("GET", f"{PATH}?version=1"),
        ("GET", f"{PATH}/text"),
        ("GET", f"{PATH}/text?version=1"),
        ("GET", f"{PATH}/versions"),
        ("PUT", PATH),
        ("DELETE", PATH),
    ],
)
def test_a_deleted_document_is_gone_and_says_so(client: httpx.Client, method: str, path: str) -> None:
    client.delete(PATH).raise_for_status()
    more: dict[str, Any] = {"json": {"text": NEW}} if method == "PUT" else {}
    found = problem_of(client.request(method, path, **more), 410, "deleted-document")
    assert found["deleted_at"] == LATER
    assert LATER in found["detail"]


def test_a_deleted_document_cannot_be_asked(client: httpx.Client) -> None:
    client.delete("/v1/documents/a-1").raise_for_status()
    for path in ("/v1/ask", "/v1/search"):
        response = client.post(path, json={"question": "夜校", "document_ids": ["a-1", "b-2"]})
        problem_of(response, 410, "deleted-document")


# ------------------------------------------------------------------------------------------- conditions


@pytest.mark.parametrize("held", ["{}", "*", '"other", {}', '{} ,W/"a","other"'])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_what_is_as_expected_is_changed(client: httpx.Client, fake: FakeLibrary, method: str, held: str) -> None:
    headers = {"If-Match": held.format(etag(fake, REPORT))}
    more: dict[str, Any] = {"json": {"text": NEW}} if method == "PUT" else {}
    assert client.request(method, PATH, headers=headers, **more).status_code == 200


@pytest.mark.parametrize("held", ['"other"', "W/{}", "", "nonsense", '""'])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_what_changed_meanwhile_is_left_alone(client: httpx.Client, fake: FakeLibrary, method: str, held: str) -> None:
    tag = etag(fake, REPORT)
    more: dict[str, Any] = {"json": {"text": NEW}} if method == "PUT" else {}
    response = client.request(method, PATH, headers={"If-Match": held.format(tag)}, **more)
    detail = problem_of(response, 412, "changed-document")["detail"]
    assert (response.headers["etag"], tag in detail) == (tag, True)
    assert (fake.found[REPORT].text, fake.jobs) == (TEXT, {})


def test_of_two_who_know_the_same_text_one_changes_it(client: httpx.Client, fake: FakeLibrary) -> None:
    held = {"If-Match": etag(fake, REPORT)}
    assert client.put(PATH, json={"text": NEW}, headers=held).status_code == 200
    assert client.put(PATH, json={"text": "别的。"}, headers=held).status_code == 412
    assert client.delete(PATH, headers=held).status_code == 412
    assert client.get(f"{PATH}/text").text == NEW


# ------------------------------------------------------------------------------------------ sent again

KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


@pytest.mark.parametrize("slow", [False, True])
def test_an_upload_sent_again_is_answered_again_and_not_carried_out(
    client: httpx.Client, fake: FakeLibrary, slow: bool
) -> None:
    fake.slow = slow
    first, second = add(client, **KEY), add(client, **KEY)
    assert first.status_code == second.status_code == (202 if slow else 201)
    assert (second.json(), second.headers["location"]) == (first.json(), first.headers["location"])
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert len(fake.jobs) == 1


def test_an_upload_sent_again_when_its_job_has_ended_tells_what_came_of_it(
    client: httpx.Client, fake: FakeLibrary
) -> None:
    fake.slow = True
    assert add(client, **KEY).status_code == 202
    fake.finish("job-1")
    response = add(client, **KEY)
    assert (response.status_code, response.json()["id"]) == (201, "报告")
    assert response.headers["idempotency-replayed"] == "true"


def test_a_refusal_sent_for_again_is_the_same(client: httpx.Client, fake: FakeLibrary) -> None:
    first, second = add(client, "扫描件", **KEY), add(client, "扫描件", **KEY)
    problem_of(second, 422, "scan")
    assert second.json()["detail"] == first.json()["detail"]
    assert (second.headers["idempotency-replayed"], len(fake.jobs)) == ("true", 1)


def test_a_replacement_sent_again_makes_one_version(client: httpx.Client, fake: FakeLibrary) -> None:
    headers = {**KEY, "If-Match": etag(fake, REPORT)}  # true the first time alone
    first = client.put(PATH, json={"text": NEW}, headers=headers)
    second = client.put(PATH, json={"text": NEW}, headers=headers)
    assert (first.status_code, second.status_code, second.json()) == (200, 200, first.json())
    assert second.headers["idempotency-replayed"] == "true"
    assert fake.found[REPORT].version == 2


def test_an_upload_sent_again_tells_of_the_document_as_it_is_now(client: httpx.Client, fake: FakeLibrary) -> None:
    path = add(client, **KEY).headers["location"]
    client.put(path, json={"text": "别的。"}).raise_for_status()
    response = add(client, **KEY)
    assert (response.status_code, response.json()["version"]) == (201, 2)
    assert response.headers["etag"] == client.get(path).headers["etag"] == etag(fake, "报告")
    parameters = client.get("/openapi.json").json()["paths"]["/v1/documents"]["post"]["parameters"]
    (described,) = (p["description"] for p in parameters if p["name"] == "Idempotency-Key")
    assert "the document as it is now" in described


def test_a_deletion_sent_again_is_answered_again(client: httpx.Client, fake: FakeLibrary) -> None:
    headers = {**KEY, "If-Match": etag(fake, REPORT)}
    first, second = client.delete(PATH, headers=headers), client.delete(PATH, headers=headers)
    assert (first.status_code, second.status_code, second.json()) == (200, 200, first.json())
    assert second.headers["idempotency-replayed"] == "true"
    problem_of(client.delete(PATH), 410, "deleted-document")
    problem_of(client.delete(PATH, headers={"Idempotency-Key": "other"}), 410, "deleted-document")


def test_what_was_added_and_deleted_since_is_gone_when_sent_again(client: httpx.Client) -> None:
    client.delete(add(client, **KEY).headers["location"]).raise_for_status()
    problem_of(add(client, **KEY), 410, "deleted-document")


def test_a_key_is_for_one_request(client: httpx.Client, fake: FakeLibrary) -> None:
    add(client, **KEY)
    others = [
        add(client, "别的。", **KEY),
        client.post("/v1/documents", json={"name": "另.txt", "text": NEW}, headers=KEY),
        client.post("/v1/documents", json={"name": "报告.txt", "text": NEW, "collection": "督查"}, headers=KEY),
        client.put(PATH, json={"text": NEW}, headers=KEY),
        client.delete(PATH, headers=KEY),
    ]
    for response in others:
        problem_of(response, 422, "reused-idempotency-key")
    assert len(fake.jobs) == 1
    assert REPORT in fake.found


@pytest.mark.parametrize("key", [b"a" * 256, b"", "键".encode(), b"\xff"])
def test_a_key_is_printable_ascii(client: httpx.Client, fake: FakeLibrary, key: bytes) -> None:
    response = client.post("/v1/documents", files=FILE, headers={b"Idempotency-Key": key})
    found = problem_of(response, 422, "invalid-request")
    assert [error["parameter"] for error in found["errors"]] == ["Idempotency-Key"]
    assert not fake.jobs


@pytest.mark.parametrize("key", ["a", "a" * 255, '"8e03 978e"', "~!"])
def test_a_key_may_be_anything_else(client: httpx.Client, key: str) -> None:
    assert add(client, **{"Idempotency-Key": key}).status_code == 201
