"""Every route, asked with every kind of key that must not open it: 401 or 403, and nothing of the documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from api.app import create_app
from api.authentication import COOKIE
from tests.fake_library import REPORT, TEXT, FakeLibrary
from tests.serving import serving
from yinju.keys import FILE, KeyStore
from yinju.settings import Settings

QUESTION = {"question": "开办了多少期青年夜校？"}
MINE, ELSEWHERE = "a-1", "b-2"  # REPORT and MINE are in `default`, ELSEWHERE in `secret`
SECRETS = [line for line in TEXT.split("\n") if line] + ["年度报告", "2025-", "b-2.txt", "secret"]

SAME = {"X-Request-ID": "the-same"}  # so that answers can be compared

OPEN = {
    ("GET", "/"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/static"),
    ("POST", "/v1/session"),
    ("DELETE", "/v1/session"),
}
SHELL = {("GET", "/documents/{document_id}")}
ANY_KEY = {("GET", "/v1/session")}
EITHER = {("GET", "/v1/jobs/{job_id}")}
READ = {
    ("GET", "/docs"),
    ("GET", "/openapi.json"),
    ("GET", "/metrics"),
    ("GET", "/problems/{name}"),
    ("GET", "/v1/collections"),
    ("GET", "/v1/documents"),
    ("GET", "/v1/documents/{document_id}"),
    ("GET", "/v1/documents/{document_id}/text"),
    ("GET", "/v1/documents/{document_id}/versions"),
    ("POST", "/v1/ask"),
    ("POST", "/v1/search"),
}
WRITE = {
    ("POST", "/v1/documents"),
    ("PUT", "/v1/documents/{document_id}"),
    ("DELETE", "/v1/documents/{document_id}"),
}
CLOSED = ANY_KEY | EITHER | READ | WRITE
UNKNOWN = {("GET", "/nowhere"), ("POST", "/v1"), ("PATCH", "/v1/documents"), ("OPTIONS", "/v1/ask"), ("PUT", "/")}

BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/v1/ask"): QUESTION,
    ("POST", "/v1/search"): QUESTION,
    ("POST", "/v1/documents"): {"name": "new.txt", "text": "新的一份。"},
    ("PUT", "/v1/documents/{document_id}"): {"text": "新的一版。"},
}


@dataclass
class Keyed:
    """A service with keys: their texts by what they are for."""

    app: FastAPI
    fake: FakeLibrary
    client: httpx.Client
    keys: dict[str, str]

    def ask(self, method: str, path: str, headers: Any = None, **more: Any) -> httpx.Response:
        url = path.format(document_id=quote(MINE), job_id="job-1", name="internal")
        body = more.pop("json", BODIES.get((method, path)))
        return self.client.request(method, url, headers=headers, json=body, **more)

    def with_key(self, method: str, path: str, key: str, **more: Any) -> httpx.Response:
        return self.ask(method, path, {"Authorization": f"Bearer {self.keys[key]}"}, **more)


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyed]:
    index = tmp_path_factory.mktemp("keyed")
    fake = FakeLibrary()
    fake.found[ELSEWHERE] = replace(fake.found[ELSEWHERE], collection="secret")
    fake.jobs["job-1"] = fake.submit("job.txt", _file(index, "一份。"), collection="secret")
    with KeyStore(index / FILE) as store:
        keys = {
            "read": store.add("read", ["read"])[1],
            "write": store.add("write", ["write"])[1],
            "both": store.add("both", ["read", "write"])[1],
            "limited": store.add("limited", ["read", "write"], ["default"])[1],
            "stranger": store.add("stranger", ["read", "write"], ["no-such"])[1],
        }
        revoked, keys["revoked"] = store.add("revoked", ["read", "write"])
        store.revoke(revoked.id)
        keys["wrong"] = keys["both"][:-1] + ("A" if keys["both"][-1] != "A" else "B")
        keys["unknown"] = "yj_" + "0" * 12 + keys["both"][15:]
        keys["session"] = store.open_session(keys["both"]) or ""
    app = create_app(fake, Settings.load(index=index, rate_limit=0))
    with serving(app) as base, httpx.Client(base_url=base, trust_env=False, headers=SAME) as client:
        yield Keyed(app, fake, client, keys)


def _file(folder: Any, text: str) -> Any:
    path = folder / "file.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_route_was_decided_about(keyed: Keyed) -> None:
    routes = {
        (method, context.path or "")
        for context in iter_route_contexts(keyed.app.routes)
        for method in (context.methods or {"GET"}) - {"HEAD"}
    }
    assert routes == OPEN | SHELL | CLOSED
    described = {
        (method.upper(), path) for path, operations in keyed.app.openapi()["paths"].items() for method in operations
    }
    assert described <= routes


def wrong_headers(keyed: Keyed) -> dict[str, Any]:
    """What must open nothing, by what is wrong with it."""
    right = keyed.keys["both"]
    bearers = {
        name: [("Authorization", text)]
        for name, text in {
            "revoked": f"Bearer {keyed.keys['revoked']}",
            "wrong secret": f"Bearer {keyed.keys['wrong']}",
            "unknown id": f"Bearer {keyed.keys['unknown']}",
            "no key": "Bearer",
            "no scheme": right,
            "another scheme": f"Basic {right}",
            "a session as a key": f"Bearer {keyed.keys['session']}",
            "not ASCII": "Bearer 钥匙".encode(),
            "long": "Bearer " + "A" * 8000,
            "two in one": f"Bearer {right} {right}",
            "quoted": f'Bearer "{right}"',
        }.items()
    }
    cookies = {
        name: [("Cookie", text)]
        for name, text in {
            "a made-up session": f"{COOKIE}=abc",
            "a key as a session": f"{COOKIE}={right}",
            "an empty session": f"{COOKIE}=",
            "another cookie": f"session={keyed.keys['session']}",
        }.items()
    }
    return {
        "missing": [],
        "sent twice": [("Authorization", f"Bearer {right}"), ("Authorization", f"Bearer {right}")],
        "a wrong key beside a right session": [
            ("Authorization", f"Bearer {keyed.keys['wrong']}"),
            ("Cookie", f"{COOKIE}={keyed.keys['session']}"),
        ],
        "in another header": [("X-API-Key", right)],
        **bearers,
        **cookies,
    }


def assert_tells_nothing(response: httpx.Response, status: int) -> None:
    assert response.status_code == status, (response.request.url, response.text)
    assert response.headers["content-type"] == "application/problem+json"
    assert "etag" not in response.headers
    for secret in SECRETS:
        assert secret not in response.text
        assert json.dumps(secret)[1:-1] not in response.text
    for header in ("x-content-type-options", "content-security-policy", "x-request-id"):
        assert header in response.headers


@pytest.mark.parametrize("method, path", sorted(CLOSED | UNKNOWN))
def test_no_route_opens_to_what_is_no_valid_key(keyed: Keyed, method: str, path: str) -> None:
    found = keyed.fake.found[MINE]
    for headers in wrong_headers(keyed).values():
        for extra in ([], [("If-None-Match", f'"{found.text_sha256}"')], [("If-None-Match", "*")]):
            response = keyed.ask(method, path, [*headers, *extra])
            assert_tells_nothing(response, 401)
            assert response.headers["www-authenticate"].startswith("Bearer")
            assert response.json()["type"] == "/problems/key-needed"
        if method == "GET":
            head = keyed.ask("HEAD", path, headers)
            assert (head.status_code, head.content) == (401, b"")
            assert "etag" not in head.headers
    assert MINE in keyed.fake.found


def test_a_query_opens_nothing(keyed: Keyed) -> None:
    for name in ("key", "access_token", "api_key", "token"):
        assert keyed.ask("GET", f"/v1/documents?{name}={keyed.keys['both']}").status_code == 401


def test_a_stream_begins_only_with_a_key(keyed: Keyed) -> None:
    body = {**QUESTION, "stream": True}
    for headers in wrong_headers(keyed).values():
        assert_tells_nothing(keyed.ask("POST", "/v1/ask", headers, json=body), 401)
    assert_tells_nothing(keyed.with_key("POST", "/v1/ask", "write", json=body), 403)
    assert_tells_nothing(keyed.with_key("POST", "/v1/ask", "stranger", json={**body, "collection": "default"}), 403)
    assert "event: done" in keyed.with_key("POST", "/v1/ask", "read", json=body).text


@pytest.mark.parametrize("method, path", sorted(READ | {("GET", "/nowhere"), ("OPTIONS", "/v1/ask")}))
def test_what_reads_needs_the_scope_to_read(keyed: Keyed, method: str, path: str) -> None:
    response = keyed.with_key(method, path, "write")
    assert_tells_nothing(response, 403)
    assert response.json()["type"] == "/problems/out-of-scope"
    assert 'error="insufficient_scope", scope="read"' in response.headers["www-authenticate"]


@pytest.mark.parametrize("method, path", sorted(WRITE | {("PATCH", "/v1/documents"), ("PATCH", "/nowhere")}))
def test_what_writes_needs_the_scope_to_write(keyed: Keyed, method: str, path: str) -> None:
    response = keyed.with_key(method, path, "read")
    assert_tells_nothing(response, 403)
    assert 'scope="write"' in response.headers["www-authenticate"]
    assert MINE in keyed.fake.found


@pytest.mark.parametrize("key", ["read", "write"])
@pytest.mark.parametrize("method, path", sorted(EITHER | ANY_KEY))
def test_some_routes_take_either_scope(keyed: Keyed, method: str, path: str, key: str) -> None:
    assert keyed.with_key(method, path, key).status_code in (200, 204)


@pytest.mark.parametrize("method, path", sorted(READ))
def test_a_key_to_read_reads(keyed: Keyed, method: str, path: str) -> None:
    for key in ("read", "both"):
        assert keyed.with_key(method, path, key).status_code == 200
    session = {"Cookie": f"a=b; {COOKIE}={keyed.keys['session']}"}
    assert keyed.ask(method, path, session).status_code == 200


def test_an_address_there_is_not_is_404_with_a_key_alone(keyed: Keyed) -> None:
    assert keyed.with_key("GET", "/nowhere", "read").status_code == 404


# ------------------------------------------------------------------------------------------ collections

ABOUT_ONE = sorted((READ | WRITE) & {r for r in READ | WRITE if "{document_id}" in r[1]})


@pytest.mark.parametrize("method, path", ABOUT_ONE)
def test_a_document_out_of_reach_is_answered_as_one_that_is_not_there(keyed: Keyed, method: str, path: str) -> None:
    keyed.fake.deleted.add("gone-1")
    bodies = set()
    for document_id in (ELSEWHERE, "none", "gone-1"):
        address = path.replace("{document_id}", document_id)
        for headers in ({}, {"If-None-Match": f'"{keyed.fake.found[ELSEWHERE].text_sha256}"'}, {"If-Match": '"x"'}):
            response = keyed.ask(
                method,
                address,
                {"Authorization": f"Bearer {keyed.keys['limited']}", **headers},
                json=BODIES.get((method, path)),
            )
            assert_tells_nothing(response, 403)
            bodies.add(response.text.replace(document_id, "ID"))
    assert len(bodies) == 1
    assert ELSEWHERE in keyed.fake.found


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search"])
@pytest.mark.parametrize(
    "about",
    [{"collection": "secret"}, {"collection": ["default", "secret"]}, {"collection": "none"},
     {"document_ids": [ELSEWHERE]}, {"document_ids": [MINE, ELSEWHERE]}, {"document_ids": ["none"]}],
)  # fmt: skip
def test_a_question_stays_within_reach(keyed: Keyed, path: str, about: dict[str, Any]) -> None:
    asked = len(keyed.fake.within)
    assert_tells_nothing(keyed.with_key("POST", path, "limited", json=QUESTION | about), 403)
    assert len(keyed.fake.within) == asked  # the library was not even asked


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search"])
def test_a_question_about_nothing_said_is_about_what_the_key_reaches(keyed: Keyed, path: str) -> None:
    assert keyed.with_key("POST", path, "limited").status_code == 200
    assert keyed.fake.within[-1] == ["default"]
    for about in ({"collection": "default"}, {"document_ids": [MINE]}):
        assert keyed.with_key("POST", path, "limited", json=QUESTION | about).status_code == 200
        assert keyed.fake.within[-1] == ["default"]


def test_lists_hold_what_the_key_reaches(keyed: Keyed) -> None:
    documents = keyed.with_key("GET", "/v1/documents", "limited").json()["documents"]
    assert {document["id"] for document in documents} == {REPORT, MINE}
    collections = keyed.with_key("GET", "/v1/collections", "limited").json()["collections"]
    assert [collection["name"] for collection in collections] == ["default"]
    assert keyed.with_key("GET", "/v1/documents", "stranger").json()["documents"] == []
    for named in ("secret", "none"):
        assert_tells_nothing(keyed.with_key("GET", f"/v1/documents?collection={named}", "limited"), 403)


def test_nothing_is_added_out_of_reach(keyed: Keyed) -> None:
    for collection in ("elsewhere", "no"):
        body = {"name": "new.txt", "text": "新的一份。", "collection": collection}
        assert_tells_nothing(keyed.with_key("POST", "/v1/documents", "limited", json=body), 403)
    assert not [d for d in keyed.fake.found.values() if d.collection in ("elsewhere", "no")]


def test_a_job_out_of_reach_is_answered_as_one_that_is_not_there(keyed: Keyed) -> None:
    bodies = {keyed.with_key("GET", f"/v1/jobs/{job}", "limited").text.replace(job, "ID") for job in ("job-1", "none")}
    assert len(bodies) == 1
    assert "out-of-reach" in bodies.pop()


# ------------------------------------------------------------------------------------------------- open


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/static/icon.svg"])
def test_what_is_open_is_open_to_everyone(keyed: Keyed, path: str) -> None:
    for headers in wrong_headers(keyed).values():
        assert keyed.ask("GET", path, headers).status_code == 200


@pytest.mark.parametrize("key", [None, "wrong", "revoked", "write"])
def test_the_page_of_a_document_is_one_and_the_same_for_who_may_not_read(keyed: Keyed, key: str | None) -> None:
    headers = {} if key is None else {"Authorization": f"Bearer {keyed.keys[key]}"}
    keyed.fake.deleted.add("gone-1")
    answers = set()
    for document_id in (MINE, ELSEWHERE, "none", "gone-1"):
        for query in ("", "?version=1", "?version=99"):
            response = keyed.ask("GET", f"/documents/{document_id}{query}", headers)
            answers.add((response.status_code, response.content, response.headers["etag"]))
    ((status, content, _),) = answers
    assert status == 200
    assert b"<html" in content
    assert TEXT[12:20].encode() not in content


def test_the_page_of_a_document_tells_who_may_read_whether_there_is_one(keyed: Keyed) -> None:
    keyed.fake.deleted.add("gone-1")
    statuses = {i: keyed.with_key("GET", f"/documents/{i}", "read").status_code for i in (ELSEWHERE, "none", "gone-1")}
    assert statuses == {ELSEWHERE: 200, "none": 404, "gone-1": 410}
    limited = {i: keyed.with_key("GET", f"/documents/{i}", "limited").status_code for i in (MINE, *statuses)}
    assert limited == {MINE: 200, ELSEWHERE: 403, "none": 403, "gone-1": 403}


def test_a_line_end_makes_no_other_address(keyed: Keyed) -> None:
    for method, path in sorted(CLOSED):
        assert keyed.ask(method, f"{path}%0A", json=BODIES.get((method, path))).status_code == 401
    for path in ("/v1/documents%0A", "/v1/documents/a-1%0A"):
        assert keyed.with_key("DELETE", path, "read").status_code == 403


RESEMBLES = {"/documents/a-1/text": 401, "/static": 401, "/documents/": 404, "/healthz/": 401, "/v1/session/": 401}


@pytest.mark.parametrize("path, status", RESEMBLES.items())
def test_what_only_resembles_an_open_address_is_closed(keyed: Keyed, path: str, status: int) -> None:
    assert_tells_nothing(keyed.ask("GET", path), status)


@pytest.mark.parametrize("headers", [{}, {"Cookie": f"{COOKIE}=abc"}, {"Authorization": "Bearer x"}])
def test_a_session_that_is_none_can_be_ended_by_everyone(keyed: Keyed, headers: dict[str, str]) -> None:
    response = keyed.ask("DELETE", "/v1/session", headers)
    assert (response.status_code, response.content) == (204, b"")
    assert f'{COOKIE}=""' in response.headers["set-cookie"]
    session = {"Cookie": f"{COOKIE}={keyed.keys['session']}"}
    assert keyed.ask("GET", "/v1/session", session).status_code == 200


def test_another_scheme_is_not_ours_and_hides_no_session(keyed: Keyed) -> None:
    headers = {"Authorization": "Basic YTpi", "Cookie": f"{COOKIE}={keyed.keys['session']}"}
    assert keyed.ask("GET", "/v1/documents", headers).status_code == 200
    elsewhere = {**headers, "Sec-Fetch-Site": "cross-site"}
    assert keyed.ask("POST", "/v1/ask", elsewhere).json()["type"] == "/problems/cross-origin"
    both = [("Authorization", "Basic YTpi"), ("Authorization", f"Bearer {keyed.keys['both']}")]
    assert keyed.ask("GET", "/v1/documents", both).status_code == 401


def test_figures_of_all_are_not_for_a_key_limited_to_some(keyed: Keyed) -> None:
    response = keyed.with_key("GET", "/metrics", "limited")
    assert_tells_nothing(response, 403)
    assert response.json()["type"] == "/problems/out-of-reach"


def test_the_key_does_not_come_back(keyed: Keyed) -> None:
    for method, path in sorted(CLOSED):
        response = keyed.with_key(method, path, "wrong")
        assert keyed.keys["wrong"][16:] not in response.text + str(response.headers)
