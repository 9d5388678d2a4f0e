from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from api.metrics import Metrics
from tests.fake_library import REPORT, FakeLibrary
from tests.integration.conftest import Serve
from tests.serving import serving
from yinju.errors import IndexMismatch, ModelError
from yinju.library import Library
from yinju.settings import Settings


@pytest.fixture
def own(serve: Serve, fake: FakeLibrary) -> Iterator[httpx.Client]:
    """A client of a server that has counted nothing yet."""
    with httpx.Client(base_url=serve(create_app(fake, Settings.load())), trust_env=False) as client:
        yield client


def wait_for(base_url: str, detail: str | None) -> httpx.Response:
    """Ask /readyz until it says `detail` (None: until it is ready); the last response after five seconds."""
    deadline = time.monotonic() + 5
    while True:
        response = httpx.get(f"{base_url}/readyz", trust_env=False)
        if response.json().get("detail") == detail or time.monotonic() > deadline:
            return response
        time.sleep(0.01)


def sample(client: httpx.Client, name: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))


def test_alive_at_once_and_ready_when_the_library_is_open(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, fake = threading.Event(), FakeLibrary()

    def open_slowly(settings: Settings) -> Library:
        assert settings.index == Path("elsewhere")
        assert opened.wait(5)
        return fake

    monkeypatch.setattr(Library, "open", open_slowly)
    base = serve(create_app(settings=Settings.load(index=Path("elsewhere"))))
    with httpx.Client(base_url=base, trust_env=False) as client:
        assert client.get("/healthz").json() == {"status": "alive"}
        for response in (client.get("/readyz"), client.post("/v1/ask", json={"question": "夜校"})):
            assert response.status_code == 503
            assert response.headers["content-type"] == "application/problem+json"
            assert response.headers["retry-after"] == "5"
            assert "being opened" in response.json()["detail"]
        assert client.get("/documents/a-1").status_code == 503
        assert "yinju_http_requests_total" in client.get("/metrics").text
        opened.set()
        assert wait_for(base, None).json() == {"status": "ready"}
        assert client.post("/v1/ask", json={"question": "夜校"}).status_code == 200


def test_a_library_opened_here_is_closed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    opened, given = FakeLibrary(), FakeLibrary()
    monkeypatch.setattr(Library, "open", lambda settings: opened)
    with serving(create_app(settings=Settings.load())) as base:
        assert wait_for(base, None).status_code == 200
    with serving(create_app(given, Settings.load())) as base:
        assert wait_for(base, None).status_code == 200
    assert (opened.warm, opened.closed) == (True, True)
    assert not given.closed


def test_a_library_that_cannot_warm_up_is_closed_and_says_why(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeLibrary()
    fake.fails = ModelError("The model is damaged. Delete it.")
    monkeypatch.setattr(Library, "open", lambda settings: fake)
    response = wait_for(serve(create_app(settings=Settings.load())), "The model is damaged. Delete it.")
    assert (response.status_code, response.json()["type"]) == (503, "/problems/not-ready")
    assert fake.closed


def test_the_reason_a_library_cannot_be_opened_stays(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(settings: Settings) -> Library:
        raise IndexMismatch("The index was made by another model. Run yinju index.")

    monkeypatch.setattr(Library, "open", refuse)
    base = serve(create_app(settings=Settings.load()))
    response = wait_for(base, "The index was made by another model. Run yinju index.")
    assert (response.status_code, response.json()["type"]) == (503, "/problems/not-ready")
    assert httpx.get(f"{base}/healthz", trust_env=False).status_code == 200


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_crash_while_opening_points_at_the_log(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(settings: Settings) -> Library:
        raise RuntimeError("secret")

    monkeypatch.setattr(Library, "open", crash)
    detail = "Opening the model or the index failed unexpectedly. Read the log of the service, then start it again."
    assert wait_for(serve(create_app(settings=Settings.load())), detail).json()["detail"] == detail


def test_questions_are_counted_by_outcome(own: httpx.Client) -> None:
    for question in ("夜校", "夜校？", "天气"):
        own.post("/v1/ask", json={"question": question}).raise_for_status()
    text = own.get("/metrics").text
    assert 'yinju_questions_total{mode="extractive",reason="",status="answered"} 2.0' in text
    assert 'yinju_questions_total{mode="extractive",reason="off_topic",status="not_found"} 1.0' in text
    assert "夜校" not in text


def test_stages_are_measured_in_seconds(own: httpx.Client) -> None:
    own.post("/v1/ask", json={"question": "夜校"}).raise_for_status()
    for stage, seconds in (("encode", 0.008), ("search", 0.002), ("total", 0.0105)):
        assert sample(own, f'yinju_stage_seconds_sum{{stage="{stage}"}}') == pytest.approx(seconds)


def test_requests_are_counted_by_template_never_by_address(own: httpx.Client) -> None:
    own.get("/v1/documents/a-1")
    own.get(f"/v1/documents/{REPORT}")
    own.get("/v1/documents/none")
    own.get("/nowhere/to/be/found")
    own.delete("/healthz")
    own.post("/v1/ask", content=b"x" * (1024 * 1024 + 1))
    text = own.get("/metrics").text
    template = 'method="GET",route="/v1/documents/{document_id}"'
    assert f'yinju_http_requests_total{{{template},status="200"}} 2.0' in text
    assert f'yinju_http_requests_total{{{template},status="404"}} 1.0' in text
    assert 'yinju_http_requests_total{method="GET",route="unknown",status="404"} 1.0' in text
    assert 'yinju_http_requests_total{method="DELETE",route="/healthz",status="405"} 1.0' in text
    assert 'status="413"} 1.0' in text
    assert "nowhere" not in text


def test_an_unforeseen_failure_is_counted(own: httpx.Client, fake: FakeLibrary) -> None:
    fake.fails = RuntimeError("unforeseen")
    own.post("/v1/ask", json={"question": "夜校"})
    assert sample(own, 'yinju_http_requests_total{method="POST",route="/v1/ask",status="500"}') == 1


def test_an_invented_method_is_no_new_series() -> None:
    metrics = Metrics()
    for method in ("BREW", "STEEP"):
        metrics.requested("/healthz", method, 405, 0.001, None)
    exposition = metrics.exposition().decode()
    assert 'yinju_http_requests_total{method="other",route="/healthz",status="405"} 2.0' in exposition
    assert "BREW" not in exposition


def test_the_index_and_the_process_are_measured(own: httpx.Client) -> None:
    assert sample(own, "yinju_index_documents ") == 3
    assert sample(own, "yinju_index_passages ") == 6
    assert sample(own, "process_resident_memory_bytes ") > 1e6
