from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest

from api.pages import STATIC
from tests.fake_library import REPORT, FakeLibrary

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}


@pytest.mark.parametrize(
    "path, file",
    [
        ("/", "index.html"),
        ("/docs", "vendor/swagger-ui/docs.html"),
        (f"/documents/{quote(REPORT)}", "source.html"),
        ("/static/vendor/swagger-ui/docs.js", "vendor/swagger-ui/docs.js"),
    ],
)
def test_pages_are_served_as_they_are_and_asked_for_again_only_when_changed(
    client: httpx.Client, path: str, file: str
) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response.content == (STATIC / file).read_bytes()
    assert response.headers["cache-control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    if file.endswith(".html"):
        assert response.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", ["/", "/docs", "/healthz", "/nowhere", "/static/vendor/swagger-ui/docs.js"])
def test_the_browser_is_told_to_trust_nothing_else(client: httpx.Client, path: str) -> None:
    assert_strict(client.get(path))


def test_a_failure_tells_the_browser_so_too(client: httpx.Client, fake: FakeLibrary) -> None:
    fake.fails = RuntimeError("unforeseen")
    response = client.post("/v1/ask", json={"question": "夜校"})
    assert response.status_code == 500
    assert_strict(response)
    assert response.headers["cache-control"] == "no-cache"


def assert_strict(response: httpx.Response) -> None:
    assert set(response.headers["content-security-policy"].split("; ")) == POLICY
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["cross-origin-opener-policy"] == "same-origin"
    assert response.headers["cross-origin-resource-policy"] == "same-origin"
    assert {"camera=()", "geolocation=()", "microphone=()"} < set(response.headers["permissions-policy"].split(", "))
    assert "strict-transport-security" not in response.headers  # over plain HTTP it would mean nothing


@pytest.mark.parametrize("part", ["bytes=0-3", "bytes=9-1", "bytes=99999999-", "lines=1"])
@pytest.mark.parametrize("path", ["/", "/static/icon.svg"])
def test_a_part_is_answered_with_the_whole(client: httpx.Client, path: str, part: str) -> None:
    whole, response = client.get(path), client.get(path, headers={"Range": part})
    assert (response.status_code, response.content) == (200, whole.content)
    assert response.headers["accept-ranges"] == "none"


def test_the_page_of_an_unknown_document_explains_itself(client: httpx.Client) -> None:
    tag = client.get("/documents/none").headers["etag"]
    response = client.get("/documents/none", headers={"If-None-Match": tag})
    assert response.status_code == 404
    assert response.content == (STATIC / "source.html").read_bytes()


@pytest.mark.parametrize(
    "version, status",
    [("1", 200), ("2", 200), ("3", 404), ("0", 404), ("-1", 404), ("x", 404), ("", 404), ("²", 404), ("9" * 5000, 404)],
)
def test_the_page_of_a_version_tells_whether_there_is_one(client: httpx.Client, version: str, status: int) -> None:
    client.put("/v1/documents/a-1", json={"text": "新。"}).raise_for_status()
    assert client.get("/documents/a-1", params={"version": version}).status_code == status


@pytest.mark.parametrize("path", ["/documents/a-1", "/documents/a-1?version=1"])
def test_the_page_of_a_deleted_document_is_gone(client: httpx.Client, path: str) -> None:
    client.delete("/v1/documents/a-1").raise_for_status()
    response = client.get(path)
    assert (response.status_code, response.content) == (410, (STATIC / "source.html").read_bytes())


def test_the_description_needs_no_other_host(client: httpx.Client) -> None:
    page = client.get("/docs").text
    assert "http" not in page
    for file in ("swagger-ui-bundle.js", "swagger-ui.css", "docs.js"):
        assert f"/static/vendor/swagger-ui/{file}" in page
        assert client.get(f"/static/vendor/swagger-ui/{file}").status_code == 200
