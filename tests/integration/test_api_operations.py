from __future__ import annotations

import io
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from api.logs import JsonLines
from api.metrics import Metrics
from tests.fake_library import REPORT, FakeLibrary
from tests.integration.conftest import Serve
from tests.serving import serving
from yinju.errors import IndexBusy, IndexDamaged, IndexMismatch, ModelError, NotFound, YinjuError
from yinju.keys import FILE, KeyStore
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
        assert sample(client, "yinju_ready ") == 0
        opened.set()
        assert wait_for(base, None).json() == {"status": "ready"}
        assert sample(client, "yinju_ready ") == 1
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


def test_the_reason_is_told_to_those_who_may_read(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reason = f"There is no index in {tmp_path}. Run yinju index."

    def refuse(settings: Settings) -> Library:
        raise IndexMismatch(reason)

    monkeypatch.setattr(Library, "open", refuse)
    with KeyStore(tmp_path / FILE) as store:
        reader, writer = (store.add(scope, [scope])[1] for scope in ("read", "write"))
    base = serve(create_app(settings=Settings.load(index=tmp_path)))
    told = {"Authorization": f"Bearer {reader}"}
    deadline = time.monotonic() + 5
    while httpx.get(f"{base}/readyz", headers=told, trust_env=False).json()["detail"] != reason:
        assert time.monotonic() < deadline
    untold: tuple[dict[str, str], ...] = ({}, {"Authorization": f"Bearer {writer}"}, {"Authorization": "Bearer x"})
    for headers in untold:
        response = httpx.get(f"{base}/readyz", headers=headers, trust_env=False)
        assert (response.status_code, response.json()["type"]) == (503, "/problems/not-ready")
        assert str(tmp_path) not in response.text
        assert "log" in response.json()["detail"]


@pytest.mark.parametrize("error", [IndexBusy("Busy. Wait."), IndexDamaged("Torn. Run yinju verify.")])
def test_figures_are_told_where_those_of_the_index_cannot_be_read(
    own: httpx.Client, fake: FakeLibrary, monkeypatch: pytest.MonkeyPatch, error: YinjuError
) -> None:
    def fail() -> None:
        raise error

    assert sample(own, "yinju_ready ") == 1
    monkeypatch.setattr(fake, "status", fail)
    assert sample(own, "yinju_ready ") == 0
    assert sample(own, "yinju_requests_in_flight ") == 1


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
    figures = {
        "documents": 3, "passages": 6, "versions": 3, "generation": 7, "served_generation": 6,
        'bytes{part="catalogue"}': 4096, 'bytes{part="derived"}': 8192,
    }  # fmt: skip
    assert {name: sample(own, f"yinju_index_{name} ") for name in figures} == figures
    assert sample(own, "process_resident_memory_bytes ") > 1e6


def test_uploads_are_counted_by_state_and_timed_by_stage(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeLibrary()
    monkeypatch.setattr(Library, "open", lambda settings: fake)
    base = serve(create_app(settings=Settings.load()))
    assert wait_for(base, None).status_code == 200
    with httpx.Client(base_url=base, trust_env=False) as client:
        assert sample(client, "yinju_jobs{") == 0
        client.post("/v1/documents", json={"name": "c.txt", "text": "夜校。"}).raise_for_status()
        assert sample(client, 'yinju_jobs{state="done"} ') == 1
        fake.jobs.clear()
        assert sample(client, 'yinju_jobs{state="done"} ') == 0
        assert sample(client, 'yinju_job_seconds_sum{stage="read"} ') == 1.5


def test_requests_under_way_are_told_and_so_is_how_long_they_took(
    own: httpx.Client, fake: FakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sample(own, "yinju_requests_in_flight ") == 1  # the one that asks
    asked, answered = threading.Event(), threading.Event()

    def wait(*_: object, **__: object) -> None:
        asked.set()
        assert answered.wait(5)
        raise NotFound("a-1")

    monkeypatch.setattr(fake, "ask", wait)
    sending = threading.Thread(target=own.post, args=("/v1/ask",), kwargs={"json": {"question": "夜校"}})
    sending.start()
    try:
        assert asked.wait(5)
        assert sample(own, "yinju_requests_in_flight ") == 2
        assert sample(own, 'yinju_queue{line="questions"} ') == 1
        time.sleep(0.05)
    finally:
        answered.set()
        sending.join()
    assert sample(own, "yinju_requests_in_flight ") == 1
    assert sample(own, 'yinju_queue{line="questions"} ') == 0
    assert sample(own, 'yinju_http_request_seconds_count{method="POST",route="/v1/ask"} ') == 1
    assert sample(own, 'yinju_http_request_seconds_sum{method="POST",route="/v1/ask"} ') >= 0.05


def test_what_is_refused_is_counted_by_its_reason(serve: Serve, fake: FakeLibrary) -> None:
    with httpx.Client(base_url=serve(create_app(fake, Settings.load())), trust_env=False) as own:
        own.get("/v1/documents/none")
        own.get("/v1/documents/none")
        own.get("/nowhere")
        fake.fails = IndexBusy("Another process writes. Try again.")
        own.post("/v1/ask", json={"question": "夜校"})
        for reason, count in (("unknown-document", 2), ("unknown-address", 1), ("busy", 1)):
            assert sample(own, f'yinju_rejected_total{{reason="{reason}"}} ') == count


def test_wrong_keys_and_rates_are_counted(serve: Serve, fake: FakeLibrary, tmp_path: Path) -> None:
    with KeyStore(tmp_path / FILE) as store:
        key, text = store.add("test")
    app = create_app(fake, Settings.load(index=tmp_path, rate_limit=2))
    right = {"Authorization": f"Bearer {text}"}
    with httpx.Client(base_url=serve(app), trust_env=False) as own, lines("yinju.request") as logged:
        assert own.get("/v1/documents").status_code == 401
        assert own.get("/metrics", headers={"Authorization": f"Bearer {text}x"}).status_code == 401
        assert [own.get("/v1/documents", headers=right).status_code for _ in range(3)] == [200, 200, 429]
        # Probes go on, whoever may ask what.
        assert own.get("/readyz", headers={"Host": "203.0.113.9"}).status_code == 200
    written = app.state.service.metrics.exposition().decode()
    assert 'yinju_rejected_total{reason="key-needed"} 2.0' in written
    assert 'yinju_rejected_total{reason="too-many-requests"} 1.0' in written
    told = [json.loads(line) for line in logged(6)]
    assert [line.get("key") for line in told] == [None, None, key.id, key.id, key.id, None]
    problems = ["key-needed", "key-needed", None, None, "too-many-requests", None]
    assert [line.get("problem") for line in told] == problems
    assert text.rpartition("_")[2] not in "".join(logged(6))


@contextmanager
def lines(name: str) -> Iterator[Callable[[int], list[str]]]:
    """What a logger writes meanwhile, as JSON lines, waited for: a request's comes when its answer has gone."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger(name)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)

    def so_many(count: int) -> list[str]:
        deadline = time.monotonic() + 5
        while len(found := written.getvalue().splitlines()) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(found) == count
        return found

    try:
        yield so_many
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def test_each_request_is_one_line(own: httpx.Client) -> None:
    with lines("yinju.request") as logged:
        answer = own.post("/v1/ask", json={"question": "夜校"}, headers={"X-Request-ID": "front-7"})
        (line,) = map(json.loads, logged(1))
    assert answer.headers["x-request-id"] == "front-7"
    assert line.pop("time").endswith("Z")
    assert 0 < line.pop("duration_ms") < 5000
    assert line == {
        "level": "info", "logger": "yinju.request", "message": "request", "request_id": "front-7", "method": "POST",
        "route": "/v1/ask", "status": 200, "bytes": len(answer.content), "client": "127.0.0.1",
    }  # fmt: skip


def test_no_line_repeats_what_was_asked_answered_or_named(own: httpx.Client, fake: FakeLibrary) -> None:
    secret = "密谋"
    with lines("yinju") as logged, lines("uvicorn") as failures:
        own.post("/v1/ask", json={"question": f"夜校{secret}"})
        own.post("/v1/ask", json={"question": f"夜校{secret}", "stream": True})
        own.post("/v1/ask", json={"question": "x", secret: 1})
        own.post("/v1/documents", json={"name": f"{secret}.txt", "text": secret})
        own.get(f"/v1/documents/{REPORT}", params={"q": secret})
        own.get(f"/{secret}")
        fake.fails = RuntimeError(secret)
        own.post("/v1/ask", json={"question": f"夜校{secret}"})
        requests, (crash,) = logged(7), failures(1)
    failure = json.loads(crash)
    assert "builtins.RuntimeError: (message withheld" in failure["exception"]
    assert failure["request_id"] == json.loads(requests[-1])["request_id"]
    for told in (secret, "夜校", REPORT, "报告", "%E5"):
        assert told not in "".join([*requests, crash])


def test_levels_tell_failures_from_what_passes(own: httpx.Client, fake: FakeLibrary) -> None:
    with lines("yinju.request") as logged:
        for error in (NotFound("a-1"), IndexBusy("Another process writes. Try again."), RuntimeError()):
            fake.fails = error
            own.post("/v1/ask", json={"question": "夜校"})
        own.request("LOCK", "/healthz")
        told = [json.loads(line) for line in logged(4)]
    assert [(line["level"], line["status"]) for line in told[:3]] == [("info", 404), ("warning", 503), ("error", 500)]
    assert (told[3]["method"], told[3]["status"]) == ("other", 405)


def test_what_fails_unforeseen_can_be_named(own: httpx.Client, fake: FakeLibrary) -> None:
    fake.fails = RuntimeError()
    answer = own.post("/v1/ask", json={"question": "夜校"}, headers={"X-Request-ID": "front-8"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (500, "front-8")
    assert answer.json()["request_id"] == "front-8"


@pytest.mark.parametrize("path", ["/static/js/strings.js", "/static/nowhere.js"])
def test_files_of_the_page_are_one_route(own: httpx.Client, path: str) -> None:
    with lines("yinju.request") as logged:
        own.get(path)
        (line,) = map(json.loads, logged(1))
    assert line["route"] == "/static"
