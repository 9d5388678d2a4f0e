"""Documents come, change and go in the real library, over HTTP; the encoder's numbers alone can be worked out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest

from api.app import create_app
from tests.fakes import CharacterEncoder
from tests.integration.test_api_problems import problem_of
from tests.serving import serving
from yinju.catalogue import Catalogue
from yinju.keys import FILE, KeyStore
from yinju.library import CATALOGUE, Library
from yinju.settings import Settings

OLD, NEW = "本年开办青年夜校121期，覆盖青年6000余人次。", "本年开办青年夜校130期，覆盖青年7000余人次。"
QUESTION = "本年开办青年夜校多少期？"
NOW = {"Prefer": "respond-async"}


@contextmanager
def office(index: Path, jobs: bool = True) -> Iterator[httpx.Client]:
    """A service over an index folder, as often as wanted."""
    settings = Settings.load(index=index, min_confidence=0.0001)
    with Library(settings, Catalogue(index / CATALOGUE), CharacterEncoder()) as library:
        if jobs:
            library.start_jobs()
        base = serving(create_app(library, settings))
        with base as url, httpx.Client(base_url=url, trust_env=False, timeout=30) as client:
            yield client


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    with office(tmp_path / "index") as found:
        yield found


def add(client: httpx.Client, text: str = OLD, name: str = "报告.txt", **more: Any) -> dict[str, Any]:
    response = client.post("/v1/documents", json={"name": name, "text": text, **more})
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()
    return found


def ask(client: httpx.Client, **more: Any) -> dict[str, Any]:
    response = client.post("/v1/ask", json={"question": QUESTION, "top_k": 50, **more})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def passages(client: httpx.Client, **more: Any) -> set[tuple[str, int, str]]:
    return {(p["document_id"], p["version"], p["text"]) for p in ask(client, **more)["passages"]}


def ended(client: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while job["state"] not in ("done", "failed"):
        assert time.monotonic() < deadline, job
        time.sleep(0.02)
        job = client.get(f"/v1/jobs/{job['id']}").raise_for_status().json()
    return job


def test_a_document_answers_as_soon_as_it_is_added(client: httpx.Client) -> None:
    document = add(client)
    assert (document["id"], document["version"], document["passages"]) == ("报告", 1, 1)
    answer = ask(client)
    assert answer["status"] == "answered"
    assert [(c["document_id"], c["version"], c["quote"]) for c in answer["citations"]] == [("报告", 1, OLD)]


def test_a_link_into_a_replaced_version_still_opens_that_version(client: httpx.Client) -> None:
    add(client)
    old = ask(client)["citations"][0]
    response = client.put("/v1/documents/报告", json={"text": NEW})
    assert (response.status_code, response.json()["version"]) == (200, 2)
    new = ask(client)["citations"][0]
    assert (old["version"], new["version"]) == (1, 2)
    for citation, whole in ((old, OLD), (new, NEW)):
        url = urlsplit(citation["url"])
        assert client.get(citation["url"]).status_code == 200
        text = client.get(f"/v1{url.path}/text?{url.query}").raise_for_status().text
        start, end = (int(offset) for offset in url.fragment.removeprefix("char=").split(","))
        assert text.strip() == whole
        assert text[start:end] == citation["quote"]
    assert passages(client) == {("报告", 2, NEW)}


def test_what_is_deleted_is_found_nowhere_and_never_again(tmp_path: Path) -> None:
    index = tmp_path / "index"
    with office(index) as client:
        add(client)
        kept = add(client, "另一份报告：召开会议3次。", "另.txt")
        client.put("/v1/documents/报告", json={"text": NEW}).raise_for_status()
        url = ask(client)["citations"][0]["url"]
        removal = client.delete("/v1/documents/报告").raise_for_status().json()
        assert removal.pop("vectors") >= 1
        assert removal == {"document_id": "报告", "passages": 1, "versions": 2}
        assert {i for i, _, _ in passages(client)} == {kept["id"]}
        problem_of(client.get("/v1/documents/报告/text", params={"version": 1}), 410, "deleted-document")
        assert client.get(url).status_code == 410
    with office(index) as client:
        assert {i for i, _, _ in passages(client)} == {kept["id"]}
        problem_of(client.get("/v1/documents/报告"), 410, "deleted-document")
        assert client.get("/documents/报告?version=1").status_code == 410
        assert add(client, OLD)["id"] == "报告-2"  # the id is never given again
    assert NEW.encode() not in (index / CATALOGUE).read_bytes()


def test_a_job_is_worked_off_after_a_restart(tmp_path: Path) -> None:
    index = tmp_path / "index"
    with office(index, jobs=False) as client:
        response = client.post("/v1/documents", json={"name": "报告.txt", "text": OLD}, headers=NOW)
        assert response.status_code == 202
        job = response.json()["job"]
        assert job["state"] == "queued"
        assert ask(client)["reason"] == "empty_index"
    with office(index) as client:
        assert ended(client, job)["document_id"] == "报告"
        assert passages(client) == {("报告", 1, OLD)}


@pytest.mark.parametrize(
    "name, content, status, reason",
    [
        ("图.txt", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, 415, "picture"),
        ("空.txt", b"", 422, "empty"),
        ("空白.txt", b" \n\t", 422, "empty"),
        ("压缩.docx", b"7z\xbc\xaf\x27\x1c" + b"\0" * 100, 415, "archive"),
        ("断.txt", b"\xff\xfe" + "报告".encode("utf-16-le")[:-1], 422, "broken-encoding"),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_a_file_that_cannot_be_read_leaves_no_trace(
    client: httpx.Client, name: str, content: bytes, status: int, reason: str, at_once: bool
) -> None:
    document = add(client)
    upload = {"file": (name, content)}
    for method, path in (("POST", "/v1/documents"), ("PUT", f"/v1/documents/{document['id']}")):
        if at_once:
            problem = problem_of(client.request(method, path, files=upload), status, reason)
        else:
            job = client.request(method, path, files=upload, headers=NOW).json()["job"]
            problem = ended(client, job)["error"]
            assert (problem["type"], problem["status"]) == (f"/problems/{reason}", status)
        assert problem["detail"].endswith(".")
    assert client.get("/v1/documents").json()["documents"] == [document]
    assert passages(client) == {("报告", 1, OLD)}


def test_the_same_bytes_are_stored_once_a_collection(client: httpx.Client) -> None:
    first = add(client)
    again = client.post("/v1/documents", files={"file": ("别名.txt", OLD.encode())})
    assert (again.status_code, again.json()) == (200, first)
    other = add(client, collection="督查")
    assert other["id"] == "报告-2"
    listed = client.get("/v1/collections").json()["collections"]
    assert listed == [{"name": n, "documents": 1, "passages": 1} for n in ("default", "督查")]


def test_questions_stay_within_their_collections(client: httpx.Client) -> None:
    add(client, OLD)
    add(client, NEW, "督查.txt", collection="督查")
    assert passages(client) == {("报告", 1, OLD)}
    assert passages(client, collection="督查") == {("督查", 1, NEW)}
    assert passages(client, collection=["督查", "default"]) == {("报告", 1, OLD), ("督查", 1, NEW)}
    assert passages(client, document_ids=["督查"]) == {("督查", 1, NEW)}
    response = client.post("/v1/ask", json={"question": QUESTION, "collection": "无"})
    problem_of(response, 404, "unknown-collection")


def test_default_may_be_asked_while_it_is_empty(client: httpx.Client) -> None:
    assert ask(client)["reason"] == "empty_index"
    add(client, collection="督查")
    assert ask(client)["status"] == "not_found"


def test_of_many_who_know_the_same_text_one_changes_it(client: httpx.Client) -> None:
    document = add(client)
    held = {"If-Match": f'"{document["text_sha256"]}"'}

    def change(number: int) -> httpx.Response:
        path = f"/v1/documents/{quote(document['id'])}"
        return client.put(path, json={"text": f"{NEW}（{number}）"}, headers=held)

    with ThreadPoolExecutor(8) as crowd:
        responses = list(crowd.map(change, range(8)))
    assert sorted(response.status_code for response in responses) == [200] + [412] * 7
    now = client.get("/v1/documents/报告").json()
    assert now["version"] == 2
    for response in responses:
        if response.status_code == 412:
            problem_of(response, 412, "changed-document")
            assert response.headers["etag"] == f'"{now["text_sha256"]}"'


def test_an_upload_sent_again_is_done_once_through_a_restart(tmp_path: Path) -> None:
    key = {"Idempotency-Key": "8e03978e"}
    body = {"name": "报告.txt", "text": OLD}
    with office(tmp_path / "index") as client:
        first = client.post("/v1/documents", json=body, headers=key)
        at_once = [client.post("/v1/documents", json=body, headers=key) for _ in range(2)]
    with office(tmp_path / "index") as client:
        later = client.post("/v1/documents", json=body, headers=key)
        for response in (*at_once, later):
            assert (response.status_code, response.json()) == (first.status_code, first.json()) == (201, first.json())
            assert response.headers["location"] == first.headers["location"]
            assert response.headers["idempotency-replayed"] == "true"
        problem_of(client.put("/v1/documents/报告", json=body, headers=key), 422, "reused-idempotency-key")
        removed = [client.delete("/v1/documents/报告", headers={"Idempotency-Key": "d"}) for _ in range(2)]
        assert [(r.status_code, r.json()) for r in removed] == [(200, removed[0].json())] * 2
        assert removed[1].headers["idempotency-replayed"] == "true"


def test_keys_do_not_share_names_of_requests(tmp_path: Path) -> None:
    index = tmp_path / "index"
    with office(index) as client, KeyStore(index / FILE) as keys:
        tokens = [keys.add(name, ("read", "write"), [name])[1] for name in ("甲", "乙")]
        for name, token, other in (("甲", tokens[0], "乙"), ("乙", tokens[1], "甲")):
            headers = {"Idempotency-Key": "1", "Authorization": f"Bearer {token}"}
            body = {"name": f"{name}.txt", "text": f"{name}：{OLD}", "collection": name}
            response = client.post("/v1/documents", json=body, headers=headers)
            assert (response.status_code, response.json()["collection"]) == (201, name), response.text
            assert "idempotency-replayed" not in response.headers
            found = client.post("/v1/search", json={"question": QUESTION, "top_k": 50}, headers=headers).json()
            assert {passage["document_id"] for passage in found["passages"]} == {name}
            problem_of(client.get(f"/v1/documents/{other}", headers=headers), 403, "out-of-reach")


def test_a_key_for_collections_some_of_which_are_empty_is_answered(tmp_path: Path) -> None:
    index = tmp_path / "index"
    with office(index) as client, KeyStore(index / FILE) as keys:
        token = keys.add("两室", ("read", "write"), ["甲", "乙"])[1]
        client.headers["Authorization"] = f"Bearer {token}"
        add(client, collection="甲")
        assert passages(client) == {("报告", 1, OLD)}


def test_every_question_sees_one_version_while_they_change(client: httpx.Client) -> None:
    """Never neither, never both: not while a version is read, encoded, stored or indexed."""
    add(client)
    texts = {1: OLD} | {n: f"本年开办青年夜校{120 + n}期，覆盖青年。" for n in range(2, 8)}
    path = f"/v1/documents/{quote('报告')}"

    def asked_until(last: int) -> list[set[tuple[str, int, str]]]:
        found: list[set[tuple[str, int, str]]] = []
        deadline = time.monotonic() + 60
        while (not found or found[-1] != {("报告", last, texts[last])}) and time.monotonic() < deadline:
            found.append(passages(client))
        return found

    with ThreadPoolExecutor(3) as crowd:
        readers = [crowd.submit(asked_until, 7) for _ in range(3)]
        for version in range(2, 8):
            assert client.put(path, json={"text": texts[version]}).json()["version"] == version
    for reader in readers:
        seen = reader.result()
        assert all(len(found) == 1 for found in seen)
        versions = [version for found in seen for _, version, _ in found]
        assert versions == sorted(versions)
        assert versions[-1] == 7
        assert all(text == texts[version] for found in seen for _, version, text in found)
