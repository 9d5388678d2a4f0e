"""A browser hands in a key once, has a cookie instead, and no page of another site can use it."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from api.authentication import COOKIE
from tests.fake_library import FakeLibrary
from tests.integration.conftest import Serve
from tests.serving import serving
from yinju.keys import FILE, KeyStore
from yinju.settings import Settings

QUESTION = {"question": "夜校？"}


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / FILE)


@pytest.fixture
def key(store: KeyStore) -> str:
    return store.add("办公室", ["read", "write"], ["default"])[1]


@pytest.fixture
def client(tmp_path: Path, key: str) -> Iterator[httpx.Client]:
    with (
        serving(create_app(FakeLibrary(), Settings.load(index=tmp_path))) as base,
        httpx.Client(base_url=base, trust_env=False) as client,
    ):
        yield client


def test_a_key_is_handed_in_once_and_the_cookie_does_the_rest(client: httpx.Client, key: str) -> None:
    assert client.get("/v1/session").status_code == 401
    response = client.post("/v1/session", json={"key": key})
    expected = {"anonymous": False, "name": "办公室", "scopes": ["read", "write"], "collections": ["default"]}
    assert response.json() == expected
    assert response.headers["cache-control"] == "no-store"
    assert key not in response.text + str(response.headers)
    cookie = SimpleCookie(response.headers["set-cookie"])[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "strict", "/")
    assert (cookie["max-age"], cookie["domain"], cookie["secure"]) == (str(12 * 3600), "", "")
    assert client.get("/v1/session").json() == expected
    assert client.post("/v1/ask", json=QUESTION).status_code == 200
    assert client.delete("/v1/documents/a-1").status_code == 200


def test_a_session_ended_is_of_no_use_to_whoever_copied_it(client: httpx.Client, key: str) -> None:
    token = client.post("/v1/session", json={"key": key}).cookies[COOKIE]
    response = client.delete("/v1/session")
    assert response.status_code == 204
    assert COOKIE not in client.cookies
    assert client.get("/v1/documents", headers={"Cookie": f"{COOKIE}={token}"}).status_code == 401


def test_a_session_that_has_ended_can_be_ended_again(client: httpx.Client, key: str) -> None:
    token = client.post("/v1/session", json={"key": key}).cookies[COOKIE]
    for _ in range(2):
        response = client.delete("/v1/session", headers={"Cookie": f"{COOKIE}={token}"})
        assert response.status_code == 204
        assert SimpleCookie(response.headers["set-cookie"])[COOKIE]["max-age"] == "0"


def test_a_new_session_ends_the_one_before(client: httpx.Client, key: str) -> None:
    first = client.post("/v1/session", json={"key": key}).cookies[COOKIE]
    assert client.post("/v1/session", json={"key": "wrong"}).status_code == 401
    assert client.get("/v1/session").status_code == 200
    second = client.post("/v1/session", json={"key": key}).cookies[COOKIE]
    client.cookies.clear()
    statuses = [client.get("/v1/session", headers={"Cookie": f"{COOKIE}={t}"}).status_code for t in (first, second)]
    assert statuses == [401, 200]


def test_a_session_made_up_makes_no_keys(tmp_path: Path, serve: Serve) -> None:
    base = serve(create_app(FakeLibrary(), Settings.load(index=tmp_path)))
    headers = {"Cookie": f"{COOKIE}=abc"}
    assert httpx.delete(f"{base}/v1/session", headers=headers, trust_env=False).status_code == 204
    assert not (tmp_path / FILE).exists()


def test_keys_that_are_lost_open_nothing_after_a_restart(
    tmp_path: Path, store: KeyStore, key: str, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    store.close()
    for path in tmp_path.glob(f"{FILE}*"):
        path.unlink()
    base = serve(create_app(FakeLibrary(), Settings.load(index=tmp_path, allow_anonymous=True)))
    assert "yinju keys add" in caplog.text  # at the start already
    for headers in ({}, {"Authorization": f"Bearer {key}"}):
        response = httpx.get(f"{base}/v1/documents", headers=headers, trust_env=False)
        assert (response.status_code, response.json()["type"]) == (503, "/problems/damaged-index")
    _, new = KeyStore(tmp_path / FILE).add("new")
    headers = {"Authorization": f"Bearer {new}"}
    assert httpx.get(f"{base}/v1/documents", headers=headers, trust_env=False).status_code == 200
    assert httpx.get(f"{base}/v1/documents", trust_env=False).status_code == 401


def test_a_session_ends_with_its_key(client: httpx.Client, store: KeyStore, key: str) -> None:
    client.post("/v1/session", json={"key": key})
    assert client.get("/v1/documents").status_code == 200
    store.revoke(key[3:15])
    assert client.get("/v1/documents").status_code == 401
    assert client.post("/v1/session", json={"key": key}).status_code == 401


@pytest.mark.parametrize(
    "change",
    [lambda key: key[:-1], lambda key: key + "x", lambda key: "x", lambda key: " " + key, lambda key: key * 10],
)
def test_another_key_begins_nothing(client: httpx.Client, key: str, change: object) -> None:
    response = client.post("/v1/session", json={"key": change(key)})  # type: ignore[operator]
    assert (response.status_code, response.json()["type"]) == (401, "/problems/key-needed")
    assert "set-cookie" not in response.headers
    assert response.headers["www-authenticate"].startswith("Bearer")


def test_what_is_no_key_is_refused_without_repeating_it(
    client: httpx.Client, key: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for body in (
        {"key": [key]},
        {"key": {"a": key}},
        {"kee": key},
        [key],
        key,
        {"key": 5, "a": key},
        {"key": ""},
    ):
        response = client.post("/v1/session", json=body)
        assert response.status_code == 422
        assert key[16:] not in response.text
    for content in (f'{{"key": "{key}"', f"key={key}"):
        response = client.post("/v1/session", content=content, headers={"Content-Type": "application/json"})
        assert response.status_code == 400
        assert key[16:] not in response.text
    client.post("/v1/session", json={"key": key})
    client.get("/v1/documents", headers={"Authorization": f"Bearer {key}"})
    client.get("/v1/documents", headers={"Authorization": f"Bearer {key}x"})
    written = capfd.readouterr()
    assert key[16:] not in caplog.text + written.out + written.err
    assert any(key[3:15] in str(vars(record)) for record in caplog.records)  # the id names who asked


@pytest.mark.parametrize(
    "public_url, proto, secure",
    [
        ("https://reports.example", "https", True),
        ("https://reports.example", "http", False),
        ("https://reports.example", None, False),
        (None, None, False),
    ],
)
def test_the_cookie_is_for_tls_alone_where_the_browser_speaks_it(
    tmp_path: Path, key: str, serve: Serve, public_url: str | None, proto: str | None, secure: bool
) -> None:
    base = serve(create_app(FakeLibrary(), Settings.load(index=tmp_path, public_url=public_url)))
    headers = {} if proto is None else {"X-Forwarded-Proto": proto}
    response = httpx.post(f"{base}/v1/session", json={"key": key}, headers=headers, trust_env=False)
    assert bool(SimpleCookie(response.headers["set-cookie"])[COOKIE]["secure"]) == secure
    assert ("strict-transport-security" in response.headers) == secure


def test_a_session_where_no_key_is_needed(tmp_path: Path, serve: Serve) -> None:
    base = serve(create_app(FakeLibrary(), Settings.load(index=tmp_path)))
    found = httpx.get(f"{base}/v1/session", trust_env=False).json()
    assert found == {"anonymous": True, "name": "", "scopes": ["read", "write"], "collections": None}
    assert httpx.post(f"{base}/v1/session", json={"key": "yj_x"}, trust_env=False).status_code == 401


def test_a_first_key_closes_a_running_service(tmp_path: Path, store: KeyStore, serve: Serve) -> None:
    base = serve(create_app(FakeLibrary(), Settings.load(index=tmp_path)))
    assert httpx.get(f"{base}/v1/documents", trust_env=False).status_code == 200
    _, key = store.add("first")
    assert httpx.get(f"{base}/v1/documents", trust_env=False).status_code == 401
    headers = {"Authorization": f"bearer {key}"}  # the scheme's case does not count
    assert httpx.get(f"{base}/v1/documents", headers=headers, trust_env=False).status_code == 200


def test_damaged_keys_let_nobody_in_and_tell_the_log_alone_why(
    tmp_path: Path, key: str, client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "other").mkdir()
    torn = tmp_path / "other" / FILE
    torn.write_bytes((tmp_path / FILE).read_bytes()[:100])
    torn.replace(tmp_path / FILE)
    response = client.get("/v1/documents", headers={"Authorization": f"Bearer {key}"})
    assert (response.status_code, response.json()["type"]) == (503, "/problems/damaged-index")
    for refused in (
        response,
        client.post("/v1/session", json={"key": key}),
        client.delete("/v1/session", headers={"Cookie": f"{COOKIE}=abc"}),
    ):
        assert refused.status_code == 503
        assert "log" in refused.json()["detail"]
        assert str(tmp_path) not in refused.text
        assert FILE not in refused.text
    assert str(tmp_path / FILE) in caplog.text
    assert client.get("/v1/documents").status_code == 401
    assert client.get("/").status_code == 200
    assert client.get("/documents/a-1").status_code == 200
    assert client.get("/healthz").status_code == 200


# ---------------------------------------------------------------------------------------- other sites' pages

OTHER_SITES = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://localhost"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "OWN"},
]
SAME_SITE: list[dict[str, str]] = [
    {},
    {"Origin": "OWN"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "OWN"},
    {"Sec-Fetch-Site": "none"},
]


def with_own(headers: dict[str, str], client: httpx.Client) -> dict[str, str]:
    own = str(client.base_url).rstrip("/")
    return {name: value.replace("OWN", own) for name, value in headers.items()}


@pytest.mark.parametrize("headers", OTHER_SITES)
def test_another_site_s_page_changes_nothing_with_the_cookie(
    client: httpx.Client, key: str, headers: dict[str, str]
) -> None:
    client.post("/v1/session", json={"key": key})
    sent = with_own(headers, client)
    for method, path in (("DELETE", "/v1/documents/a-1"), ("POST", "/v1/ask"), ("DELETE", "/v1/session")):
        response = client.request(method, path, headers=sent)
        assert (response.status_code, response.json()["type"]) == (403, "/problems/cross-origin")
    assert client.post("/v1/session", json={"key": key}, headers=sent).status_code == 403
    with_key = {**sent, "Authorization": f"Bearer {key}"}  # a page elsewhere that has the key may use it
    assert client.delete("/v1/documents/a-1", headers=with_key).status_code == 200


@pytest.mark.parametrize("headers", OTHER_SITES)
def test_another_site_s_page_changes_nothing_where_no_key_is_needed(
    tmp_path: Path, serve: Serve, headers: dict[str, str]
) -> None:
    with httpx.Client(base_url=serve(create_app(FakeLibrary(), Settings.load(index=tmp_path))), trust_env=False) as own:
        sent = with_own(headers, own)
        assert own.delete("/v1/documents/a-1", headers=sent).status_code == 403
        assert own.post("/v1/documents", json={"name": "a.txt", "text": "一份。"}, headers=sent).status_code == 403


@pytest.mark.parametrize("headers", SAME_SITE)
def test_the_service_s_own_page_does(client: httpx.Client, key: str, headers: dict[str, str]) -> None:
    client.post("/v1/session", json={"key": key}, headers=with_own(headers, client)).raise_for_status()
    assert client.post("/v1/ask", json=QUESTION, headers=with_own(headers, client)).status_code == 200


def test_the_page_behind_a_proxy_that_hides_the_host_does(tmp_path: Path, key: str, serve: Serve) -> None:
    settings = Settings.load(index=tmp_path, public_url="https://reports.example/")
    base = serve(create_app(FakeLibrary(), settings))
    for origin, status in (("https://reports.example", 200), ("https://other.example", 403)):
        response = httpx.post(f"{base}/v1/session", json={"key": key}, headers={"Origin": origin}, trust_env=False)
        assert response.status_code == status
