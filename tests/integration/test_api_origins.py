"""Hosts, proxies, other origins: who reaches the service at all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from tests.fake_library import FakeLibrary
from tests.integration.conftest import Serve
from yinju.keys import FILE, KeyStore
from yinju.settings import Settings


def made(tmp_path: Path, **settings: Any) -> FastAPI:
    return create_app(FakeLibrary(), Settings.load(index=tmp_path, **settings))


def asked(
    app: FastAPI,
    path: str = "/v1/documents",
    *,
    server: tuple[str, int | None] | None = ("127.0.0.1", 8000),
    client: tuple[str, int] | None = ("127.0.0.1", 50_000),
    **headers: str,
) -> int:
    """The status of a GET that came over a socket of those addresses, which a test can't listen on."""
    headers = {"host": "127.0.0.1:8000", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope: MutableMapping[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value],
        "server": server, "client": client,
    }  # fmt: skip
    sent: list[MutableMapping[str, Any]] = []
    bodies = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> MutableMapping[str, Any]:
        return bodies.pop() if bodies else await asyncio.Future()  # nobody hangs up

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return int(sent[0]["status"])


# ------------------------------------------------------------------------------------------- without keys


@pytest.mark.parametrize("address", ["127.0.0.1", "127.5.0.1", "::1", "::ffff:127.0.0.1"])
def test_without_keys_this_machine_is_answered(tmp_path: Path, address: str) -> None:
    assert asked(made(tmp_path), server=(address, 8000), client=(address, 50_000)) == 200


@pytest.mark.parametrize(
    "how",
    [
        {"server": ("192.0.2.1", 8000), "client": ("192.0.2.7", 50_000)},
        {"server": ("192.0.2.1", 8000)},
        {"server": ("0.0.0.0", 8000)},
        {"server": ("::ffff:192.0.2.1", 8000)},
        {"server": ("/run/yinju.sock", None), "client": None},
        {"server": None},
        {"client": ("192.0.2.7", 50_000)},
        {"client": None},
        {"x_forwarded_for": "127.0.0.1"},
        {"forwarded": "for=127.0.0.1"},
        {"x_real_ip": "127.0.0.1"},
        {"via": "1.1 proxy"},
        {"x_forwarded_host": "reports.example"},
        {"x_forwarded_proto": "https"},
        {"x_client_ip": "127.0.0.1"},
        {"cf_connecting_ip": "127.0.0.1"},
        {"true_client_ip": "127.0.0.1"},
    ],
)
def test_without_keys_nobody_else_is(tmp_path: Path, how: dict[str, Any]) -> None:
    for path in ("/v1/documents", "/docs", "/metrics", "/openapi.json", "/v1/session", "/nowhere"):
        assert asked(made(tmp_path), path, **how) == 403
    for path in ("/", "/healthz", "/readyz", "/static/icon.svg", "/documents/none"):
        assert asked(made(tmp_path), path, **how) == 200
    assert asked(made(tmp_path, allow_anonymous=True), **how) == 200


@pytest.mark.parametrize(
    "public_url, status",
    [("https://reports.example", 403), ("http://192.0.2.1:8000", 403), ("http://localhost:8000/a", 200),
     ("http://127.0.0.1", 200), ("http://[::1]:8000", 200)],
)  # fmt: skip
def test_without_keys_an_address_for_others_shows_a_proxy_that_says_nothing(
    tmp_path: Path, public_url: str, status: int
) -> None:
    assert asked(made(tmp_path, public_url=public_url)) == status
    assert asked(made(tmp_path, public_url=public_url, allow_anonymous=True)) == 200


def test_anonymous_access_ends_with_the_first_key_though_it_was_allowed(tmp_path: Path) -> None:
    app = made(tmp_path, allow_anonymous=True)
    assert asked(app) == 200
    with KeyStore(tmp_path / FILE) as store:
        store.revoke(store.add("a")[0].id)
    assert asked(app) == 401


@pytest.mark.parametrize("keyed, words", [(False, "EVERYONE"), (True, "does nothing")])
def test_anonymous_access_is_said_loudly(
    tmp_path: Path, serve: Serve, caplog: pytest.LogCaptureFixture, keyed: bool, words: str
) -> None:
    if keyed:
        with KeyStore(tmp_path / FILE) as store:
            store.add("a")
    serve(made(tmp_path, allow_anonymous=True))
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert any(words in warning and "YINJU_ALLOW_ANONYMOUS" in warning for warning in warnings)


# -------------------------------------------------------------------------------------------------- hosts

LOOPBACK = ["127.0.0.1", "127.0.0.1:8000", "localhost:8000", "LOCALHOST", "a.localhost", "[::1]:8000", "localhost."]
OTHERS = [
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.nip.example",
    "192.0.2.1",
    "",
    "[",
    "a@127.0.0.1x",
    ":80",
]


@pytest.mark.parametrize("host", LOOPBACK)
def test_on_a_loopback_address_its_names_are_answered(tmp_path: Path, host: str) -> None:
    assert asked(made(tmp_path), host=host) == 200


@pytest.mark.parametrize("host", OTHERS)
def test_on_a_loopback_address_no_other_name_leads_here(tmp_path: Path, host: str) -> None:
    app = made(tmp_path)
    for path in ("/v1/documents", "/", "/static/icon.svg", "/nowhere"):
        assert asked(app, path, host=host) == 421
    assert asked(app, "/healthz", host=host) == 200


def test_the_public_name_is_one_of_its_own(tmp_path: Path) -> None:
    app = made(tmp_path, public_url="https://Reports.example:8443/yinju", allow_anonymous=True)
    assert asked(app, host="reports.example") == 200
    assert asked(app, host="other.example") == 421


def test_elsewhere_any_name_is_answered_unless_they_are_listed(tmp_path: Path) -> None:
    outside: dict[str, Any] = {"server": ("192.0.2.1", 8000), "client": ("192.0.2.7", 50_000)}
    assert asked(made(tmp_path, allow_anonymous=True), host="any.example", **outside) == 200
    listed = made(tmp_path, allow_anonymous=True, allowed_hosts=("reports.example", "*.intern", "[::1]"))
    for host, status in {
        "reports.example": 200,
        "REPORTS.example.:80": 200,
        "a.intern": 200,
        "a.b.intern:8000": 200,
        "[::1]:8000": 200,
        "intern": 421,
        "aintern": 421,
        "a.reports.example": 421,
        "127.0.0.1": 421,
        "": 421,
    }.items():
        assert asked(listed, host=host, **outside) == status, host


def test_the_refusal_says_what_to_change(tmp_path: Path, serve: Serve) -> None:
    response = httpx.get(f"{serve(made(tmp_path))}/", headers={"Host": "evil.example"}, trust_env=False)
    assert (response.status_code, response.json()["type"]) == (421, "/problems/wrong-host")
    assert "YINJU_ALLOWED_HOSTS" in response.json()["detail"]
    assert response.headers["x-content-type-options"] == "nosniff"


# --------------------------------------------------------------------------------------------------- CORS

LISTED, UNLISTED = {"Origin": "https://intranet.example"}, {"Origin": "https://evil.example"}
PREFLIGHT = {"Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "authorization,if-match"}


def test_no_other_origin_may_read_by_default(tmp_path: Path, serve: Serve) -> None:
    base = serve(made(tmp_path))
    for response in (
        httpx.get(f"{base}/v1/documents", headers=LISTED, trust_env=False),
        httpx.options(f"{base}/v1/documents/a-1", headers=LISTED | PREFLIGHT, trust_env=False),
    ):
        assert not [name for name in response.headers if name.startswith("access-control-")]


def test_listed_origins_may_read_and_write_with_a_key_and_without_the_cookie(tmp_path: Path, serve: Serve) -> None:
    with KeyStore(tmp_path / FILE) as store:
        _, key = store.add("a", ["read", "write"])
        token = store.open_session(key)
    base = serve(made(tmp_path, cors_origins=("https://intranet.example",)))
    preflight = httpx.options(f"{base}/v1/documents/a-1", headers=LISTED | PREFLIGHT, trust_env=False)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == LISTED["Origin"]
    assert "access-control-allow-credentials" not in preflight.headers
    authorized = LISTED | {"Authorization": f"Bearer {key}", "Sec-Fetch-Site": "cross-site"}
    response = httpx.delete(f"{base}/v1/documents/a-1", headers=authorized, trust_env=False)
    assert (response.status_code, response.headers["access-control-allow-origin"]) == (200, LISTED["Origin"])
    refused = httpx.get(f"{base}/v1/documents", headers=LISTED, trust_env=False)
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, LISTED["Origin"])
    other = httpx.options(f"{base}/v1/documents/a-1", headers=UNLISTED | PREFLIGHT, trust_env=False)
    assert (other.status_code, other.json()["type"]) == (403, "/problems/cross-origin")
    assert "access-control-allow-origin" not in other.headers
    wrong = PREFLIGHT | {"Access-Control-Request-Method": "PATCH"}
    not_listed = httpx.options(f"{base}/v1/documents/a-1", headers=LISTED | wrong, trust_env=False)
    assert (not_listed.status_code, not_listed.headers["content-type"]) == (403, "application/problem+json")
    assert "method" in not_listed.json()["detail"]
    assert not_listed.headers["access-control-allow-origin"] == LISTED["Origin"]
    with_cookie = UNLISTED | {"Cookie": f"yinju_session={token}"}
    assert httpx.delete(f"{base}/v1/documents/b-2", headers=with_cookie, trust_env=False).status_code == 403
