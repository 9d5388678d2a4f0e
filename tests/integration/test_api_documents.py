from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest

from tests.fake_library import REPORT, TEXT, WHEN, FakeLibrary

PATH = f"/v1/documents/{quote(REPORT, safe='')}"


def test_documents_are_listed_a_page_at_a_time(client: httpx.Client, fake: FakeLibrary) -> None:
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        page = client.get("/v1/documents", params={"limit": 1} | ({} if cursor is None else {"cursor": cursor})).json()
        seen += [document["id"] for document in page["documents"]]
        cursor = page["next"]
    assert (seen, cursor) == (list(fake.found), None)


def test_a_page_that_holds_all_is_the_last(client: httpx.Client) -> None:
    assert client.get("/v1/documents", params={"limit": 3}).json()["next"] is None
    page = client.get("/v1/documents").json()
    assert [document["id"] for document in page["documents"]] == [REPORT, "a-1", "b-2"]
    assert page["next"] is None


def test_an_empty_index_lists_nothing(client: httpx.Client, fake: FakeLibrary) -> None:
    fake.found.clear()
    assert client.get("/v1/documents").json() == {"documents": [], "next": None}


@pytest.mark.parametrize("cursor", ["x", "%%%", "aGVsbG8=", "报告", "YWZ0ZXI6/w==", "YWZ0ZXI6a", ""])
def test_what_is_no_cursor_is_refused(client: httpx.Client, cursor: str) -> None:
    response = client.get("/v1/documents", params={"cursor": cursor})
    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == "cursor"


@pytest.mark.parametrize("limit", ["0", "201", "many", "1.5"])
def test_limits_are_bounded(client: httpx.Client, limit: str) -> None:
    response = client.get("/v1/documents", params={"limit": limit})
    assert response.status_code == 422
    assert [error["parameter"] for error in response.json()["errors"]] == ["limit"]


def test_one_document_has_its_headings(client: httpx.Client, fake: FakeLibrary) -> None:
    listed = client.get("/v1/documents").json()["documents"][0]
    assert listed == {
        "id": REPORT,
        "collection": "default",
        "title": "年度报告",
        "document_date": "2025",
        "name": f"{REPORT}.txt",
        "characters": len(TEXT),
        "passages": 2,
        "version": 1,
        "text_sha256": fake.found[REPORT].text_sha256,
        "added_at": WHEN,
        "updated_at": WHEN,
    }
    headings = [{"text": "一、青年工作", "level": 1, "start": 5, "end": 11}]
    assert client.get(PATH).json() == {**listed, "headings": headings, "cuts": [], "pages": []}


def test_the_text_is_exact_and_offsets_count_in_it(client: httpx.Client) -> None:
    response = client.get(f"{PATH}/text")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.content == TEXT.encode()
    citation = client.post("/v1/ask", json={"question": "夜校"}).json()["citations"][0]
    assert response.text[citation["start"] : citation["end"]] == citation["quote"]


def test_a_text_already_held_is_not_sent_again(client: httpx.Client, fake: FakeLibrary) -> None:
    tag = client.get(f"{PATH}/text").headers["etag"]
    assert tag == f'"{fake.found[REPORT].text_sha256}"'
    for held in (tag, f'"other", W/{tag}', "*"):
        response = client.get(f"{PATH}/text", headers={"If-None-Match": held})
        assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", tag)
    assert client.get(f"{PATH}/text", headers={"If-None-Match": '"other"'}).status_code == 200


def test_head_answers_as_get_without_the_body(client: httpx.Client) -> None:
    got, head = client.get(f"{PATH}/text"), client.head(f"{PATH}/text")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-type", "content-length"):
        assert head.headers[name] == got.headers[name]
